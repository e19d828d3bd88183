import Circuits
import LanguageModels
import Tensors

/// One layer's features, of whichever basis: when they are active, and what they write.
///
/// A feature's *value* is what its row of a graph sums to: the pre-activation of a transcoder's feature, a neuron's
/// activation. Layers are stateless: what a prompt holds is given as the run's reading, or as values.
public protocol FeatureLayer: Sendable {
    /// Features of this layer.
    var featureCount: Int { get }
    /// The layers that features of this layer write to.
    var outputLayers: Range<Int> { get }
    /// Whether every number of its decoder rows is a bfloat16 number, as where they are stored so.
    var decoderRowsAreBFloat16: Bool { get }

    /// `[positionCount, featureCount]`: the values of every feature.
    ///
    /// - Throws: an error that names the weights that make one NaN or infinite.
    func values(_ reading: MLPReading) throws -> Matrix

    /// One feature's value in a row of `reading`.
    func value(of index: Int, row: Int, in reading: MLPReading) -> Float

    /// One feature's activation in a row of `values`, `[rows, featureCount]`.
    func activation(of index: Int, row: Int, values: Matrix) -> Float

    /// The activation that a feature's contributions are measured from, and that silencing gives it back.
    ///
    /// - Throws: `TargetError` where it is not known at that position of the prompt.
    func restingActivation(of index: Int, position: Int) throws(TargetError) -> Float

    /// The features that are active, by position, then index.
    ///
    /// - Parameters:
    ///   - values: `[positionCount, featureCount]`
    ///   - firstPosition: positions before it are left out
    func activeFeatures(_ values: Matrix, firstPosition: Int) -> [ActiveFeature]

    /// Copies what units of some features write to `outputLayer`, each into a row of `output`, `[modelWidth]` each.
    func copyDecoderRows(_ places: [DecoderPlace], outputLayer: Int, into output: UnsafeMutablePointer<Float>)

    /// The layer's features, linear in what they read, as they are at one prompt.
    func frozen(at reading: MLPReading) throws -> any FrozenFeatureLayer
}

/// A feature, and the row that its decoder is copied to.
public struct DecoderPlace: Sendable {
    /// The feature.
    public let index: Int
    /// Counted in rows of `modelWidth` numbers.
    public let row: Int

    /// Pairs the two.
    public init(index: Int, row: Int) {
        self.index = index
        self.row = row
    }
}

extension FeatureLayer {
    /// Not known to be.
    public var decoderRowsAreBFloat16: Bool { false }

    /// Copies what a unit of one feature writes to `outputLayer`, `[modelWidth]`.
    public func copyDecoderRow(_ index: Int, outputLayer: Int, into output: UnsafeMutablePointer<Float>) {
        copyDecoderRows([DecoderPlace(index: index, row: 0)], outputLayer: outputLayer, into: output)
    }
}

/// One layer's features with everything frozen at one prompt: each value is an encoder row, which may depend on the
/// position, times what the input hook holds, plus a constant.
public protocol FrozenFeatureLayer: Sendable {
    /// Copies a feature's encoder at `position`, `[modelWidth]`, at the basis's input hook.
    func copyEncoderRow(_ index: Int, position: Int, into output: UnsafeMutablePointer<Float>)

    /// What is added to that row's product, whatever the input hook holds.
    func encoderConstant(_ index: Int, position: Int) -> Float

    /// `[positionCount, featureCount]`: the values over another reading of the same positions.
    func values(_ reading: MLPReading) throws -> Matrix
}
