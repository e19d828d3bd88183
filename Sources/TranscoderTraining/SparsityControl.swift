import Foundation

/// The weight of the penalty on firing: as given, or steered so that as many features fire as are wanted.
///
/// Steering is by the ratio of what fires to what is wanted, which falls from what fires at first over the ramp: while
/// more fires the weight rises by a small factor a step, while less it falls. Only the mean over layers is steered, so that
/// layers share it as the loss has it.
struct SparsityControl: Codable, Sendable, Equatable {
    /// The present weight, as a share of a layer's mean squared output.
    private(set) var weight: Double
    /// The running mean of features that fire at a token of a layer; nil before the first step.
    private(set) var meanActive: Double?
    /// What fired at first.
    private var initiallyActive: Double?

    /// The weight that steering begins with.
    private static let initialWeight = 1e-4
    /// How much of the running mean is kept a step.
    private static let memory = 0.95
    /// By how much the weight's logarithm changes a step for an excess of a factor e.
    private static let gain = 0.02

    /// Starts with the weight of the settings, or a small one.
    init(_ settings: TrainingSettings) {
        weight = settings.activation == .jumpReLU ? settings.sparsity ?? Self.initialWeight : 0
    }

    /// The weight at a step.
    func weight(step: Int, _ settings: TrainingSettings) -> Double {
        settings.sparsity == nil ? weight : weight * TrainingSchedule(settings: settings).ramp(step: step)
    }

    /// Takes in what fired at a step, on average at a token of a layer.
    mutating func record(active: Double, step: Int, _ settings: TrainingSettings) {
        let mean = meanActive.map { Self.memory * $0 + (1 - Self.memory) * active } ?? active
        meanActive = mean
        let first = initiallyActive ?? active
        initiallyActive = first
        guard settings.activation == .jumpReLU, settings.sparsity == nil, mean > 0, first > 0 else { return }
        let ramp = TrainingSchedule(settings: settings).ramp(step: step)
        let wanted = exp((1 - ramp) * log(max(first, settings.activeFeatures)) + ramp * log(settings.activeFeatures))
        weight *= exp(Self.gain * log(mean / wanted))
    }
}
