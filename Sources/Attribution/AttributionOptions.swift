import Circuits
import Tensors

/// What to attribute, and how much of it.
public struct AttributionOptions: Sendable, Equatable, Codable {
    /// Features that become targets, chosen by influence; `nil` for all of them.
    public var maximumFeatureNodes: Int?
    /// What the graph explains, at each of `positions`; the most likely tokens where nothing is given.
    public var targets: [AttributionTarget]
    /// Where targets are read; at the last position where none is given.
    public var positions: [PositionRange]
    /// Logits that become targets at most, at each position, where none is given.
    public var maximumLogits: Int
    /// The probability that the chosen logits are to cover at each position, in 0…1.
    public var desiredLogitProbability: Double
    /// Features attributed between two rankings, divided by `updateInterval`.
    public var batchSize: Int
    /// Batches between two rankings.
    public var updateInterval: Int
    /// How exactly the matrix products of the recursion are computed; the forward pass, the choice of features and the errors
    /// are in Float32 always.
    public var precision: ProductPrecision

    /// The field's defaults: every active feature, logits until 0.95 of the probability or 10.
    public init(
        targets: [AttributionTarget] = [], positions: [PositionRange] = [], maximumFeatureNodes: Int? = nil,
        maximumLogits: Int = 10, desiredLogitProbability: Double = 0.95, batchSize: Int = 512, updateInterval: Int = 4,
        precision: ProductPrecision = .float32
    ) {
        self.targets = targets
        self.positions = positions
        self.maximumFeatureNodes = maximumFeatureNodes
        self.maximumLogits = maximumLogits
        self.desiredLogitProbability = desiredLogitProbability
        self.batchSize = batchSize
        self.updateInterval = updateInterval
        self.precision = precision
    }
}

extension AttributionOptions {
    private enum CodingKeys: String, CodingKey {
        case maximumFeatureNodes, targets, positions, maximumLogits, desiredLogitProbability, batchSize, updateInterval
        case precision
    }

    /// Reads what a run recorded; earlier programs had one precision.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            targets: try container.decode([AttributionTarget].self, forKey: .targets),
            positions: try container.decode([PositionRange].self, forKey: .positions),
            maximumFeatureNodes: try container.decodeIfPresent(Int.self, forKey: .maximumFeatureNodes),
            maximumLogits: try container.decode(Int.self, forKey: .maximumLogits),
            desiredLogitProbability: try container.decode(Double.self, forKey: .desiredLogitProbability),
            batchSize: try container.decode(Int.self, forKey: .batchSize),
            updateInterval: try container.decode(Int.self, forKey: .updateInterval),
            precision: try container.decodeIfPresent(ProductPrecision.self, forKey: .precision) ?? .float32)
    }

    /// Writes it as earlier programs do, unless products are rounded.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(maximumFeatureNodes, forKey: .maximumFeatureNodes)
        try container.encode(targets, forKey: .targets)
        try container.encode(positions, forKey: .positions)
        try container.encode(maximumLogits, forKey: .maximumLogits)
        try container.encode(desiredLogitProbability, forKey: .desiredLogitProbability)
        try container.encode(batchSize, forKey: .batchSize)
        try container.encode(updateInterval, forKey: .updateInterval)
        try container.encodeIfPresent(precision == .float32 ? nil : precision, forKey: .precision)
    }

    /// Where targets are read in a prompt of `count` tokens, ascending.
    ///
    /// - Throws: `TargetError` for a range that names positions beyond the prompt.
    public func targetPositions(count: Int) throws(TargetError) -> [Int] {
        guard !positions.isEmpty else { return [count - 1] }
        for range in positions where range.last ?? range.first >= count {
            throw TargetError("target position", expected: "positions 0 to \(count - 1)", found: "\(range)")
        }
        return Set(positions.flatMap { $0.positions(below: count) }).sorted()
    }
}
