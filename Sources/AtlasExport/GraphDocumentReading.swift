import Foundation
import Texts

extension GraphDocument {
    /// Reads a graph that this package or the reference implementation has written.
    ///
    /// Error nodes of older files are renamed. There, the error of layer `l` shares its id with the feature `l` of layer
    /// 0 at the same position. A link to such an id goes to the feature, since an error has no input. A link from it is
    /// told by its place where the links to a node are in the order of the nodes; `ambiguousLinks` lists the rest.
    /// - Throws: `ExportError` that says where the file departs from the format; errors of the file system.
    public init(contentsOf file: URL) throws {
        try self.init(json: ExportError.bytes(of: file), place: file.lastPathComponent)
    }

    /// Reads a graph from JSON; `place` is what errors call it.
    public init(json: Data, place: String) throws(ExportError) {
        let raw: RawGraph
        do {
            raw = try JSONDecoding.decode(RawGraph.self, from: [UInt8](json), keepsNUL: true)
        } catch {
            throw ExportError(place: place, expected: "an attribution graph", found: Self.explain(error))
        }
        guard raw.metadata.schemaVersion ?? 1 == Metadata.schemaVersion else {
            throw ExportError(
                place: place, expected: "schema_version \(Metadata.schemaVersion)",
                found: "\(raw.metadata.schemaVersion ?? 0)")
        }
        var nodes: [Node] = []
        for node in raw.nodes {
            do {
                var read = Node(
                    name: try GraphNodeName(id: node.nodeID, featureType: node.featureType),
                    tokenProbability: node.tokenProbability ?? 0, isTargetLogit: node.isTargetLogit ?? false,
                    label: node.clerp ?? "", influence: node.influence, activation: node.activation)
                read.labelIsAutomatic = node.labelIsAutomatic ?? false
                nodes.append(read)
            } catch {
                throw ExportError(place: "\(place), \(error.place)", expected: error.expected, found: error.found)
            }
        }
        let resolver = LinkResolver(ids: raw.nodes.map(\.nodeID), names: nodes.map(\.name))
        let resolved = try resolver.resolve(raw.links, place: place)
        self.init(metadata: raw.metadata.value, nodes: nodes, links: resolved.links)
        ambiguousLinks = resolved.ambiguous
        view.pinnedIDs = raw.qParams?.pinnedIds?.map(resolver.currentID) ?? []
        view.supernodes = raw.qParams?.supernodes?.map { $0.prefix(1) + $0.dropFirst().map(resolver.currentID) } ?? []
    }

    private static func explain(_ error: any Error) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context)?: return "no field \(path(context.codingPath + [key]))"
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?:
            return "another type at \(context.codingPath.isEmpty ? "the top" : path(context.codingPath))"
        case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
            return "at \(path(context.codingPath)) another value: \(context.debugDescription)"
        default: return "invalid JSON"
        }
    }
}

/// The fields that are read, under their names in the file.
private struct RawGraph: Decodable {
    struct Metadata: Decodable {
        struct Pruning: Decodable {
            let edgeThreshold: Double?

            enum CodingKeys: String, CodingKey {
                case edgeThreshold = "edge_threshold"
            }
        }
        struct FeatureDetails: Decodable {
            let sourceSet: String?

            enum CodingKeys: String, CodingKey {
                case sourceSet = "neuronpedia_source_set"
            }
        }
        struct Information: Decodable {
            let sourceSet: String?
            let transcoderSet: String?
            let sourceURLs: [String]?
            let vocabularySize: Int?

            enum CodingKeys: String, CodingKey {
                case sourceSet = "neuronpedia_source_set"
                case vocabularySize = "vocabulary_size"
                case transcoderSet = "transcoder_set"
                case sourceURLs = "source_urls"
            }
        }
        enum CodingKeys: String, CodingKey {
            case slug, scan, prompt, info
            case featureDetails = "feature_details"
            case transcoderList = "transcoder_list"
            case promptTokens = "prompt_tokens"
            case nodeThreshold = "node_threshold"
            case schemaVersion = "schema_version"
            case pruningSettings = "pruning_settings"
        }
        let slug: String
        let scan: String
        let transcoderList: [String]?
        let promptTokens: [String]
        let prompt: String
        let nodeThreshold: Double?
        let schemaVersion: Int?
        let pruningSettings: Pruning?
        let featureDetails: FeatureDetails?
        let info: Information?

        var value: GraphDocument.Metadata {
            var metadata = GraphDocument.Metadata(
                slug: slug, scan: scan, transcoderList: transcoderList ?? [],
                sourceSet: featureDetails?.sourceSet ?? info?.sourceSet, promptTokens: promptTokens, prompt: prompt,
                nodeThreshold: nodeThreshold, edgeThreshold: pruningSettings?.edgeThreshold)
            metadata.transcoderSet = info?.transcoderSet
            metadata.sourceURLs = info?.sourceURLs ?? []
            metadata.vocabularySize = info?.vocabularySize
            return metadata
        }
    }
    struct View: Decodable {
        let pinnedIds: [String]?
        let supernodes: [[String]]?
    }
    struct Node: Decodable {
        enum CodingKeys: String, CodingKey {
            case clerp, influence, activation
            case nodeID = "node_id"
            case featureType = "feature_type"
            case tokenProbability = "token_prob"
            case isTargetLogit = "is_target_logit"
            case labelIsAutomatic = "label_is_automatic"
        }
        let nodeID: String
        let featureType: String
        let tokenProbability: Float?
        let isTargetLogit: Bool?
        let clerp: String?
        let influence: Float?
        let activation: Float?
        let labelIsAutomatic: Bool?
    }

    let metadata: Metadata
    let qParams: View?
    let nodes: [Node]
    let links: [RawLink]
}

/// One link as it is written.
struct RawLink: Decodable {
    let source: String
    let target: String
    /// `null` where the weight was not finite.
    let weight: Float?
}
