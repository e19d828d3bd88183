import LanguageModels
import Tensors
import Transcoders

extension OutputHook {
    /// Where a reconstruction at this hook stands in for the MLP.
    public var site: MLPSite {
        switch self {
        case .mlpOutput: .output
        case .residualAddition: .addition
        }
    }
}

extension LanguageModel {
    /// Why encoders cannot read at a hook of this model; `nil` where they can.
    package func fault(of hook: InputHook) -> String? {
        guard hook == .residualMiddle, blocks.contains(where: \.isParallel) else { return nil }
        return "expected a hook after the MLP's norm, found \(hook.rawValue): \(configuration.architecture) runs "
            + "attention and MLP side by side, with no residual stream between them"
    }
}

extension MLPReading {
    /// The tensor that an encoder at `hook` reads, `[positionCount, modelWidth]`.
    public func input(at hook: InputHook) -> Matrix {
        switch hook {
        case .residualMiddle: residual
        case .normalizedBeforeGain: norm.withoutGain.applied(to: residual, denominators: denominators)
        case .mlpInput: normalized
        }
    }
}

/// Takes gradients at a norm's output back to its input, with the denominators frozen unless their movement is given.
///
/// RMSNorm: `gain ⊙ h / σ`; LayerNorm: the same, less its mean.
public struct NormAdjoint: Sendable {
    /// `[modelWidth]`.
    private let gain: [Float]
    /// `[modelWidth]`, where the norm adds one.
    let bias: [Float]?
    /// `[positionCount]`: 1 / σ.
    private let scale: [Float]
    private let removesMean: Bool
    private let movement: NormMovement?

    /// The adjoint of `norm` with its denominators at each position.
    ///
    /// - Parameter movement: how the denominators move with what the norm reads; `nil` where they are frozen
    public init(_ norm: Norm, denominators: [Float], moving movement: NormMovement? = nil) {
        self.movement = movement
        gain = norm.gain
        bias = norm.bias
        scale = denominators.map { 1 / $0 }
        removesMean = norm.removesMean
    }

    /// The adjoint of what lies between the residual stream and an input hook.
    ///
    /// `hook_resid_mid`: nothing; `ln2.hook_normalized`: the norm without its gain; `mlp.hook_in`: the norm.
    public init(_ hook: InputHook, norm: Norm, denominators: [Float], moving movement: NormMovement? = nil) {
        switch hook {
        case .mlpInput: self.init(norm, denominators: denominators, moving: movement)
        case .normalizedBeforeGain: self.init(norm.withoutGain, denominators: denominators, moving: movement)
        case .residualMiddle:
            self.init(
                .rootMeanSquare(gain: norm.withoutGain.gain, epsilon: 0), denominators: denominators.map { _ in 1 })
        }
    }

    /// Takes `gradient`, `[modelWidth]`, at `position` back into `output`, `[modelWidth]`, overwritten.
    public func apply(_ gradient: UnsafePointer<Float>, position: Int, into output: UnsafeMutablePointer<Float>) {
        scaledProduct(scale[position], gradient, gain, into: output, count: gain.count)
        if removesMean { subtract(sum(output, count: gain.count) / Float(gain.count), from: output, count: gain.count) }
        movement?.apply(to: output, position: position)
    }

    /// What the norm's bias adds along `gradient`, `[modelWidth]`, whatever the norm reads.
    func constant(_ gradient: UnsafePointer<Float>) -> Float {
        bias.map { dot(gradient, $0, count: $0.count) } ?? 0
    }
}
