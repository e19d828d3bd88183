import AtlasBasis
import AtlasExperiments
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation

/// An atlas and the model that it is about, checked to be that: what is stored, and what the model does when something in it
/// is changed.
///
/// Questions of what is stored are ``reader``'s. Experiments that are not here are the reader's too, with ``model``'s
/// attributor, and check the model again.
public struct TracedAtlas: Sendable {
    /// Asks what is stored.
    public let reader: AtlasReader
    /// The model that was indexed.
    public let model: TracedModel

    /// Opens an atlas beside its model.
    ///
    /// - Throws: `AtlasError` where there is no atlas, or one about another replacement model
    public init(_ path: String, model: TracedModel) throws {
        let atlas = try Atlas.open(path, mode: .readOnly)
        try atlas.requireSame(as: AtlasIdentity(model.attributor))
        reader = AtlasReader(atlas)
        self.model = model
    }

    /// Opens an atlas and maps its model.
    ///
    /// - Parameters:
    ///   - modelFolder: the language model's
    ///   - transcoders: the transcoders' folder; `nil` for an atlas of neurons, measured as the atlas has them
    /// - Throws: `AtlasError` where there is no atlas, or one about another replacement model; what loading throws
    public init(_ path: String, modelFolder: String, transcoders: String?) throws {
        let identity = try Atlas.open(path, mode: .readOnly).identity
        let attributor =
            try transcoders.map { try Attributor(modelFolder: modelFolder, transcoderFolder: $0) }
            ?? Attributor(modelFolder: modelFolder, neuronsOf: identity)
        try self.init(path, model: TracedModel(attributor))
    }

    /// Runs a text that need not be stored, and tells its graph in the names that the atlas has.
    ///
    /// - Throws: what `AtlasReader.run` throws
    public func run(_ text: String, maximumFeatureNodes: Int? = nil, jobs: Int = cores) throws -> RunReport {
        try reader.run(
            text, attributor: model.attributor, maximumFeatureNodes: maximumFeatureNodes, jobs: jobs)
    }

    /// Runs a text as it is and with features set.
    ///
    /// - Parameters:
    ///   - interventions: what is set
    ///   - mode: what recomputes after them
    ///   - continuation: how the text goes on both times; not at all unless given
    /// - Throws: what `AtlasReader.intervene` throws
    public func intervene(
        _ text: String, _ interventions: [Intervention], mode: InterventionMode = .free,
        continuation: InterventionReport.Continuation? = nil
    ) throws -> InterventionReport {
        try reader.intervene(
            text, tokens: model.attributor.model.tokenizer.encodePrompt(text), interventions: interventions, mode: mode,
            attributor: model.attributor, continuation: continuation)
    }

    /// Holds what the atlas says of answers against interventions in prompts that it had no part in.
    ///
    /// - Parameter answers: the tokens' texts; all that a stored prompt is answered by unless given
    /// - Throws: what `AtlasReader.validate` throws
    public func validate(
        _ answers: [String]? = nil, options: ValidationOptions = ValidationOptions(), jobs: Int = cores
    ) throws -> ValidationReport {
        let tokens = try answers.map { try $0.map { try reader.token($0) } } ?? reader.answerTokens(of: .all)
        return try reader.validate(tokens: tokens, attributor: model.attributor, options: options, jobs: jobs)
    }

    /// Exchanges the features of one value of a tag for another's, and tells whether answers follow.
    ///
    /// - Throws: what `AtlasReader.exchange` throws
    public func exchange(by tag: String, options: ExchangeOptions = ExchangeOptions()) throws -> ExchangeReport {
        try reader.exchange(by: tag, attributor: model.attributor, options: options)
    }

    /// Steers a feature in prompts where it fires, and tells what rises and falls.
    ///
    /// - Throws: what `AtlasReader.steered` throws
    public func steered(
        _ feature: FeatureID, options: SteeringOptions = SteeringOptions(), jobs: Int = cores
    ) throws -> SteeredFeature {
        try reader.steered(feature, attributor: model.attributor, options: options, jobs: jobs)
    }

    /// All cores of the machine.
    public static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
}
