import AtlasIndexing
import AtlasStore
import Attribution
import Circuits
import Foundation
import LanguageModels

/// A language model with its replacement, and what is done with both: graphs of single prompts, atlases of corpora.
///
///     let model = try TracedModel(folder: "SmolLM2", transcoders: "transcoders")
///     let graph = try model.graph(of: "The capital of Texas is").graph
///     let atlas = try model.index("corpus.jsonl", into: "my.atlas")
///     print(try atlas.reader.drivers(of: atlas.reader.token(" Austin")))
public struct TracedModel: Sendable {
    /// The model and its replacement, for what is not here.
    public let attributor: Attributor

    /// Takes a replacement model that is there.
    public init(_ attributor: Attributor) {
        self.attributor = attributor
    }

    /// Maps a model and the transcoders that replace its MLPs.
    ///
    /// - Parameters:
    ///   - folder: the model's: config.json, model.safetensors, tokenizer.json
    ///   - transcoders: theirs: config.yaml and weights
    /// - Throws: what `Attributor.init(modelFolder:transcoderFolder:)` throws
    public init(folder: String, transcoders: String) throws {
        self.init(try Attributor(modelFolder: folder, transcoderFolder: transcoders))
    }

    /// Maps a model whose own neurons are the features.
    ///
    /// - Parameters:
    ///   - folder: the model's: config.json, model.safetensors, tokenizer.json
    ///   - neurons: which of them, and what they are measured from; means over groups or a corpus are found by
    ///     ``index(_:into:options:progress:)``
    /// - Throws: what `LanguageModel.init(folder:)` throws
    public init(folder: String, neurons: NeuronOptions) throws {
        self.init(try Attributor(model: LanguageModel(folder: folder), neurons: neurons))
    }

    /// Attributes what follows a text.
    ///
    /// - Parameters:
    ///   - text: the prompt, without a beginning-of-sequence token: the tokenizer puts its own in front
    ///   - options: what to attribute
    ///   - jobs: threads
    /// - Throws: what `Attributor.attribute` throws
    public func graph(
        of text: String, options: AttributionOptions = AttributionOptions(),
        jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws -> Attributor.Result {
        try attributor.attribute(attributor.model.tokenizer.encodePrompt(text), options: options, jobs: jobs)
    }

    /// Indexes a corpus into an atlas, made if there is none; called again, it resumes or adds.
    ///
    /// - Parameters:
    ///   - corpus: a file of texts: JSON lines, CSV, TSV or plain text, told by its ending
    ///   - path: the atlas
    ///   - options: what of each prompt; what is usual for the model's features unless given
    ///   - progress: called often, from the calling thread
    /// - Throws: what `Indexer` throws
    public func index(
        _ corpus: String, into path: String, options: IndexingOptions? = nil,
        progress: (IndexingProgress) -> Void = { _ in }
    ) throws -> TracedAtlas {
        _ = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus), corpusName: URL(fileURLWithPath: corpus).lastPathComponent,
            options: options ?? IndexingOptions(usualFor: attributor.basis), progress: progress)
        return try TracedAtlas(path, model: self)
    }
}
