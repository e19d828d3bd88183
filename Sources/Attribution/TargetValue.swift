import Circuits
import LanguageModels
import Tensors

/// Reads targets off a run at one position: what a target's inputs must sum to, found without any graph.
struct TargetValue {
    private let model: LanguageModel
    private let basis: FeatureBasis
    private let trace: ForwardTrace
    private let position: Int
    /// `[vocabularySize]`: before any soft-cap.
    let logits: [Float]
    private let meanLogit: Float

    private let featureValues: [Matrix]?

    /// Reads what `trace` has at `position`.
    ///
    /// - Parameter featureValues: `[layerCount]` of `[positionCount, featureCount]`, of features in this run; found anew
    ///   unless given
    init(
        model: LanguageModel, basis: FeatureBasis, trace: ForwardTrace, position: Int, featureValues: [Matrix]? = nil
    ) {
        self.featureValues = featureValues
        self.model = model
        self.basis = basis
        self.trace = trace
        self.position = position
        logits = model.linearLogits(trace, position: position)
        meanLogit = Float(logits.reduce(0.0) { $0 + Double($1) } / Double(logits.count))
    }

    /// The target's value in the run.
    func value(of target: AttributionTarget) -> Float {
        switch target {
        case .token(let id): return logits[id] - meanLogit
        case .set(let tokens, let combination):
            let sum = tokens.reduce(0) { $0 + Double(logits[$1] - meanLogit) }
            return Float(combination == .sum ? sum : sum / Double(tokens.count))
        case .difference(let token, let other): return logits[token] - logits[other]
        case .direction(_, let vector, _):
            let final = model.finalNorm.applied(
                to: row(trace.finalResidual), denominators: [trace.finalDenominators[position]])
            return dot(vector, final.values, count: vector.count)
        case .feature(let id):
            if let featureValues { return featureValues[id.layer][position, id.index] }
            return basis.layers[id.layer].value(of: id.index, row: position, in: trace.layers[id.layer].reading)
        }
    }

    private func row(_ matrix: Matrix) -> Matrix {
        Matrix(rowCount: 1, columnCount: matrix.columnCount, values: Array(matrix.row(position)))
    }
}
