import AtlasQuery
import AtlasStore
import Foundation

/// What is served, and what can be done with it.
public struct ServiceReport: Codable, Sendable, Equatable {
    /// The atlas file's name, without its folder.
    public let name: String
    /// The program's version.
    public let programVersion: String
    /// The replacement model.
    public let identity: Identity
    /// What the atlas holds, and how good it is.
    public let information: AtlasInformation
    /// What can be done.
    public let capabilities: Capabilities

    /// The replacement model that the atlas is about.
    public struct Identity: Codable, Sendable, Equatable {
        /// The language model's name.
        public let modelName: String
        /// The transcoder set's name.
        public let transcoderName: String
        /// `per-layer` or `cross-layer`.
        public let transcoderKind: String
        /// Layers with a transcoder.
        public let layerCount: Int
        /// Features in each.
        public let featuresPerLayer: Int
        /// Tokens in the vocabulary.
        public let vocabularySize: Int
    }

    /// What can be done.
    public struct Capabilities: Codable, Sendable, Equatable {
        /// Whether texts can be run.
        public let modelLoaded: Bool
        /// Whether labels and supernodes can be written.
        public let writable: Bool
        /// Whether writing and running ask for a token.
        public let needsToken: Bool
    }

    init(_ service: AtlasService) throws {
        let identity = service.reader.atlas.identity
        name = URL(fileURLWithPath: service.reader.atlas.path).lastPathComponent
        programVersion = Atlas.programVersion
        self.identity = Identity(
            modelName: identity.modelName, transcoderName: identity.transcoderName,
            transcoderKind: identity.transcoderKind.rawValue, layerCount: identity.layerCount,
            featuresPerLayer: identity.featuresPerLayer, vocabularySize: identity.vocabulary.count)
        information = try service.information.information()
        capabilities = Capabilities(
            modelLoaded: service.jobs != nil, writable: service.writer != nil, needsToken: service.needsToken)
    }
}

extension Route {
    static let atlas = [
        Route("atlas", "What is indexed, how well it is explained, and what can be done here") { _, service in
            try ServiceReport(service)
        },
        Route("openapi.json", "This description") { _, _ in OpenAPIDocument.whole },
        Route(
            "search",
            "Prompts, their names, tokens, features that promote them, labels and supernodes under some words",
            [
                .init("text", .text(limit: 1_000), "words; the last may be the beginning of one", isRequired: true),
                .init("kind", .choice(SearchReport.Kind.allCases.map(\.rawValue)), "only these"),
                .init(
                    "prompt", .integer(0...Int(Int32.max)),
                    "of the features that promote a token only those in this prompt's graph"), .limit,
            ]
        ) { request, service in
            try service.reader.search(
                try request.required("text"), limit: try request.range().limit,
                kind: request.text("kind").flatMap { SearchReport.Kind(rawValue: $0) },
                prompt: request.integer("prompt"))
        },
    ]
}
