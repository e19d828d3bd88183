import Circuits

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

    /// The field's defaults: every active feature, logits until 0.95 of the probability or 10.
    public init(
        targets: [AttributionTarget] = [], positions: [PositionRange] = [], maximumFeatureNodes: Int? = nil,
        maximumLogits: Int = 10, desiredLogitProbability: Double = 0.95, batchSize: Int = 512, updateInterval: Int = 4
    ) {
        self.targets = targets
        self.positions = positions
        self.maximumFeatureNodes = maximumFeatureNodes
        self.maximumLogits = maximumLogits
        self.desiredLogitProbability = desiredLogitProbability
        self.batchSize = batchSize
        self.updateInterval = updateInterval
    }
}

extension AttributionOptions {
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
