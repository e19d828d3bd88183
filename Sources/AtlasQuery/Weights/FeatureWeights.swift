import AtlasStore
import Circuits

/// What features' weights alone say about each other, as questions about an atlas read it.
///
/// `VirtualWeights` of a replacement model is one; questions know no other part of the model.
public protocol FeatureWeights: Sendable {
    /// Throws unless these are weights of the model and the transcoders that an atlas was indexed with.
    func requireModel(of atlas: Atlas) throws(AtlasError)

    /// The weights of all features of earlier layers into one feature, by layer and index.
    ///
    /// - Parameter jobs: threads that read weights
    func sources(of target: FeatureID, jobs: Int) throws -> [[Float]]

    /// The weights of one feature into all features of later layers, by index: the first list is of the layer after its own.
    ///
    /// - Parameter jobs: threads that read weights
    func targets(of source: FeatureID, jobs: Int) throws -> [[Float]]
}
