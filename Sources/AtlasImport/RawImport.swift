import AtlasStore
import Attribution
import Circuits
import Foundation
import Safetensors
import Texts

/// Takes unpruned graphs into an atlas, without a model, and prunes them as indexing does.
///
///     let summary = try RawImport(atlasPath: "found.atlas", corpus: "found").run(files)
///
/// A raw graph holds every active feature, so that what asks where a feature is silent can be answered too.
public struct RawImport {
    /// What files leave out.
    public struct Defaults: Sendable {
        /// The language model's name.
        public var modelName: String?
        /// The transcoder set's name.
        public var transcoderName: String?
        /// What the transcoders' features write to.
        public var kind: TranscoderKind

        /// Describes a model that files do not name.
        public init(
            modelName: String? = nil, transcoderName: String? = nil, kind: TranscoderKind = .perLayer
        ) {
            self.modelName = modelName
            self.transcoderName = transcoderName
            self.kind = kind
        }
    }

    private let files: FileImport
    private let nodeThreshold: Double
    private let edgeThreshold: Double
    private let defaults: Defaults

    /// Imports into the atlas at `atlasPath`, which is made when there is a graph for it.
    ///
    /// - Parameters:
    ///   - nodeThreshold: the share of influence that stored nodes cover
    ///   - edgeThreshold: the share of edge scores that stored edges cover
    /// - Throws: `AtlasError` where no corpus may be called this
    public init(
        atlasPath: String, corpus: String, nodeThreshold: Double, edgeThreshold: Double, defaults: Defaults = Defaults()
    ) throws(AtlasError) {
        files = try FileImport(
            atlasPath: atlasPath, corpus: corpus,
            options: #"{"edgeThreshold":\#(edgeThreshold),"import":"raw","nodeThreshold":\#(nodeThreshold)}"#)
        self.nodeThreshold = nodeThreshold
        self.edgeThreshold = edgeThreshold
        self.defaults = defaults
    }

    /// Imports files, then rebuilds what is derived.
    ///
    /// - Parameter progress: told how many files are done
    /// - Throws: `AtlasError` for the atlas itself; ``ImportInterrupted``
    public func run(_ graphs: [URL], progress: (_ done: Int) -> Void = { _ in }) throws -> ImportSummary {
        try files.run(graphs, progress: progress) { file, _ in
            let raw = try RawGraphReading(path: file.path)
            // Before an atlas is made for it.
            _ = try required(of: raw, file)
            return FileImport.Reading(identity: try identity(raw, file)) { identity in
                try prompt(raw, file, vocabularySize: identity.vocabulary.count)
            }
        }
    }

    private func identity(_ raw: RawGraphReading, _ file: URL) throws(SafetensorsError) -> AtlasIdentity {
        let said = raw.description
        guard let model = said.modelName ?? defaults.modelName,
            let transcoders = said.transcoderName ?? defaults.transcoderName
        else {
            throw SafetensorsError(
                file: file.path, place: "metadata",
                "expected model_name and transcoder_name, found not both; say them with --model-name and --transcoder-name"
            )
        }
        let tokens = raw.graph.tokens + raw.plainTargets.map(\.token)
        let seen = (tokens.max() ?? 0) + 1
        guard max(seen, said.vocabularySize ?? 1) <= AtlasIdentity.importedTokenLimit else {
            throw SafetensorsError(
                file: file.path, place: "input_ids, logit_tokens",
                "expected token ids below \(AtlasIdentity.importedTokenLimit), found \(seen - 1)")
        }
        let features = (raw.graph.activeFeatures.map(\.index).max() ?? 0) + 1
        let identity = AtlasIdentity(
            importedModel: model, transcoders: transcoders,
            kind: said.transcoderKind ?? defaults.kind,
            layerCount: raw.graph.layerCount, featuresSeen: max(features, said.featuresPerLayer ?? 1),
            tokensSeen: max(seen, said.vocabularySize ?? 1))
        guard identity.featureCount <= AtlasIdentity.importedFeatureLimit else {
            throw SafetensorsError(
                file: file.path, place: "active_features",
                "expected at most \(AtlasIdentity.importedFeatureLimit) features in all layers, found "
                    + "\(identity.layerCount) layers of \(identity.featuresPerLayer)")
        }
        return identity
    }

    /// The prompt's text and the likeliest next token, without which nothing is stored.
    private func required(
        of raw: RawGraphReading, _ file: URL
    ) throws(SafetensorsError) -> (text: String, predicted: LogitTarget) {
        guard let text = raw.description.prompt else {
            throw SafetensorsError(
                file: file.path, place: "metadata prompt", "expected the prompt's text, found none")
        }
        guard let predicted = raw.plainTargets.max(by: { $0.probability < $1.probability }) else {
            throw SafetensorsError(
                file: file.path, place: "logit_tokens", "expected at least one target that is a token, found none")
        }
        return (text, predicted)
    }

    private func prompt(
        _ raw: RawGraphReading, _ file: URL, vocabularySize: Int
    ) throws(SafetensorsError) -> ImportedPrompt {
        let said = raw.description
        let (text, predicted) = try required(of: raw, file)
        var dense = raw.graph
        var texts: [Int: String] = [:]
        for (place, token) in dense.tokens.enumerated() { texts[token] = said.tokenTexts?[place] ?? texts[token] ?? "" }
        for (place, target) in dense.targets.enumerated() {
            let text = said.targetTexts?[place]
            if raw.isToken(target) {
                if texts[target.token] == nil { texts[target.token] = text ?? "" }
            } else {
                dense.targets[place] = LogitTarget(
                    importedName: text, place: place, vocabularySize: vocabularySize, weight: target.probability,
                    position: target.position)
            }
        }
        let answerPlace = dense.targets.indices.first { place in
            guard let answer = said.answer, let texts = said.targetTexts else { return false }
            return raw.isToken(raw.graph.targets[place]) && ExactText(texts[place]) == ExactText(answer)
        }
        let graph = SparseGraph(dense, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold)
        let active = dense.activeFeatures.filter { $0.activation != 0 }
        let isFirstCounted = dense.tokens.count == 1 || active.contains { $0.position == 0 }
        let facts = PromptFacts(
            text: text, tokens: dense.tokens, countedTokens: dense.tokens.count - (isFirstCounted ? 0 : 1),
            externalID: said.externalID ?? file.deletingPathExtension().lastPathComponent, answer: said.answer,
            answerToken: answerPlace.map { dense.targets[$0].token },
            answerProbability: answerPlace.map { Double(dense.targets[$0].probability) }, tags: said.tags,
            predictedToken: predicted.token, predictedProbability: Double(predicted.probability), activations: active,
            graph: graph)
        return ImportedPrompt(facts: facts, tokenTexts: texts)
    }
}

extension RawGraphReading {
    /// Whether a target is a token, and nothing that the reference numbers behind the vocabulary.
    fileprivate func isToken(_ target: LogitTarget) -> Bool {
        description.vocabularySize.map { target.token < $0 } ?? true
    }

    /// The targets that are tokens.
    fileprivate var plainTargets: [LogitTarget] { graph.targets.filter(isToken) }
}
