import Tensors

/// Averages neurons' activations over prompts, for a baseline.
///
///     var mean = NeuronMean(.byPosition)
///     for prompt in group { mean.add(try model.neuronActivations(prompt)) }
///     let measured = try attributor.measuring(from: mean.baseline ?? .zero)
///
/// Sums are kept in double precision, so that the order of prompts hardly matters.
public struct NeuronMean: Sendable, Equatable {
    /// What is averaged.
    public enum Scope: Sendable {
        /// Like prompts, position by position: all of as many tokens.
        case byPosition
        /// Every counted token of every prompt.
        case everywhere
    }

    /// What is averaged.
    public let scope: Scope
    /// Prompts so far, or tokens where the mean is over these.
    public private(set) var count = 0
    /// `[layerCount]` of the shape averaged, row after row.
    private var sums: [[Double]] = []
    /// How many positions each sum has; 1 where tokens are averaged.
    private var rowCount = 0

    /// Averages over nothing so far.
    public init(_ scope: Scope) { self.scope = scope }

    /// Adds one prompt.
    ///
    /// - Parameters:
    ///   - activations: `[layerCount]` of `[positionCount, neuronCount]`, see `LanguageModel.neuronActivations`
    ///   - firstPosition: tokens before it are left out of a mean over tokens
    /// - Throws: `TargetError` for another number of tokens than those before, where positions are averaged.
    public mutating func add(_ activations: [Matrix], firstPosition: Int = 1) throws(TargetError) {
        guard let positionCount = activations.first?.rowCount else { return }
        let rows = scope == .byPosition ? positionCount : 1
        if sums.isEmpty {
            rowCount = rows
            sums = activations.map { [Double](repeating: 0, count: rows * $0.columnCount) }
        }
        guard rows == rowCount else {
            throw TargetError(
                "mean of neurons by position", expected: "prompts of \(rowCount) tokens", found: "\(positionCount)")
        }
        precondition(sums.count == activations.count)
        let first = scope == .byPosition ? 0 : min(firstPosition, positionCount)
        for (layer, matrix) in activations.enumerated() {
            let width = matrix.columnCount
            precondition(sums[layer].count == rows * width)
            for position in first..<positionCount {
                let row = scope == .byPosition ? position * width : 0
                for index in 0..<width { sums[layer][row + index] += Double(matrix.values[position * width + index]) }
            }
        }
        count += scope == .byPosition ? 1 : positionCount - first
    }

    /// `[layerCount]` of `[positionCount × neurons]`, or `[neurons]` where tokens are averaged; `nil` of nothing.
    public var means: [[Float]]? { count > 0 ? sums.map { $0.map { Float($0 / Double(count)) } } : nil }

    /// The mean of what was added; `nil` of nothing.
    public var baseline: NeuronBaseline? {
        guard let means else { return nil }
        switch scope {
        case .everywhere: return .everywhere(means)
        case .byPosition:
            return .byPosition(
                means.map { Matrix(rowCount: rowCount, columnCount: $0.count / rowCount, values: $0) })
        }
    }
}
