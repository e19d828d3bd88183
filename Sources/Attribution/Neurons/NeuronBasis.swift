import Circuits

/// A model's own MLP neurons as features.
///
/// - SeeAlso: Arora et al. 2025, "Language Model Circuits Are Sparse in the Neuron Basis".
public struct NeuronBasis: Sendable, Equatable {
    /// What stands in the place of a set's name.
    static let name = "neurons"

    /// Which neurons become nodes, and the kind of the baseline.
    public let options: NeuronOptions
    /// The baseline itself; `nil` until one is given, where the options ask for activations.
    public let baseline: NeuronBaseline?

    init(_ options: NeuronOptions, baseline: NeuronBaseline?) {
        self.options = options
        self.baseline = baseline ?? (options.baseline == .zero ? .zero : nil)
    }

    /// The settings as a line, in the place of a set's fingerprint: the neurons themselves are the model's.
    var settings: String {
        let maximum = options.maximumNeurons.map(String.init) ?? "all"
        return "neurons maximum=\(maximum) coverage=\(options.coverage) baseline=\(options.baseline.rawValue)"
            + (options.groupTag.map { " tag=\($0)" } ?? "")
    }

    /// Refuses a prompt that the baseline does not fit.
    func check(positionCount: Int) throws(TargetError) {
        guard let baseline else {
            throw TargetError(
                "neuron baseline \(options.baseline.rawValue)", expected: "the activations to measure from",
                found: "none: give them with measuring(from:)")
        }
        if let expected = baseline.positionCount, expected != positionCount {
            throw TargetError(
                "neuron baseline \(options.baseline.rawValue)", expected: "a prompt of \(expected) tokens",
                found: "\(positionCount)")
        }
    }
}
