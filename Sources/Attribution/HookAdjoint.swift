import LanguageModels
import Tensors
import Transcoders

extension MLPReading {
    /// The tensor that an encoder at `hook` reads, `[positionCount, modelWidth]`.
    func input(at hook: InputHook) -> Matrix {
        switch hook {
        case .residualMiddle: residual
        case .normalizedBeforeGain:
            RMSNorm(gain: [Float](repeating: 1, count: residual.columnCount), epsilon: 0)
                .applied(to: residual, denominators: denominators)
        case .mlpInput: normalized
        }
    }
}

/// Takes gradients at an input hook back to the residual stream, with the norm's denominator frozen.
///
/// `hook_resid_mid`: `h`; `ln2.hook_normalized`: `h / σ`; `mlp.hook_in`: `gain ⊙ h / σ`.
struct HookAdjoint {
    /// `[modelWidth]`; all ones where the gain has not been applied at the hook.
    private let gain: [Float]
    /// `[positionCount]`: 1 / σ, or 1 where the hook reads the residual stream itself.
    private let scale: [Float]

    init(_ hook: InputHook, norm: RMSNorm, denominators: [Float]) {
        let ones = [Float](repeating: 1, count: norm.gain.count)
        gain = hook == .mlpInput ? norm.gain : ones
        scale = hook == .residualMiddle ? [Float](repeating: 1, count: denominators.count) : denominators.map { 1 / $0 }
    }

    /// Takes `gradient`, `[modelWidth]`, at `position` back into `output`, `[modelWidth]`, overwritten.
    func apply(_ gradient: UnsafePointer<Float>, position: Int, into output: UnsafeMutablePointer<Float>) {
        scaledProduct(scale[position], gradient, gain, into: output, count: gain.count)
    }
}
