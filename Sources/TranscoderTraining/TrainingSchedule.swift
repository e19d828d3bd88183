import Foundation
import Tensors

/// How learning rate and sparsity change over a run.
struct TrainingSchedule {
    /// The settings.
    let settings: TrainingSettings

    /// Adam's running means, Kingma and Ba's own constants.
    private static let firstDecay = 0.9
    private static let secondDecay = 0.999
    private static let floor: Float = 1e-8

    /// The learning rate of a step, counted from 0: it rises, stays, and falls to zero at the end.
    func learningRate(step: Int) -> Double {
        let steps = Double(settings.steps)
        let rising = settings.warmUpShare * steps
        let falling = settings.decayShare * steps
        let rise = rising > 0 ? min(1, Double(step + 1) / rising) : 1
        let fall = falling > 0 ? min(1, (steps - Double(step)) / falling) : 1
        return settings.learningRate * min(rise, fall)
    }

    /// How far the ramp of sparsity has come at a step, from 0 to 1.
    func ramp(step: Int) -> Double {
        let ramping = settings.rampShare * Double(settings.steps)
        return ramping > 0 ? min(1, Double(step) / ramping) : 1
    }

    /// Whether dead features are revived after a step: not in the first steps, and not while the learning rate falls.
    func revives(after step: Int) -> Bool {
        settings.revivalInterval > 0 && (step + 1) % settings.revivalInterval == 0
            && Double(step + 1) < (1 - settings.decayShare) * Double(settings.steps)
    }

    /// The constants of Adam at a step.
    ///
    /// - Parameter gradientNorm: of all gradients together
    func adamStep(step: Int, gradientNorm: Double) -> AdamStep {
        let count = Double(step + 1)
        return AdamStep(
            firstDecay: Float(Self.firstDecay), secondDecay: Float(Self.secondDecay),
            stepSize: Float(learningRate(step: step) / (1 - pow(Self.firstDecay, count))),
            secondCorrection: Float((1 / (1 - pow(Self.secondDecay, count))).squareRoot()), floor: Self.floor,
            gradientScale: Float(min(1, settings.gradientLimit / max(gradientNorm, .leastNormalMagnitude))))
    }
}
