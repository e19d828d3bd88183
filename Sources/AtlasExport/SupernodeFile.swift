import Circuits
import Foundation
import Texts

/// Supernodes as the field's viewers keep them: `[[label, id, …], …]`, alone or under `qParams` in a graph's file.
public struct SupernodeFile: Sendable {
    /// In the order of the file.
    public let supernodes: [Supernode]

    private struct Graph: Decodable {
        struct Parameters: Decodable { let supernodes: [[String]]? }
        let qParams: Parameters?
    }

    /// Reads a list of supernodes, or those of a graph.
    ///
    /// - Throws: `ExportError` for another kind of file, a supernode without features or with nodes that are none, and
    ///   a label that is there twice; errors of the file system.
    public init(contentsOf file: URL) throws {
        try self.init(json: ExportError.bytes(of: file), place: file.lastPathComponent)
    }

    /// Reads them from JSON; `place` is what errors call it.
    public init(json: Data, place: String) throws(ExportError) {
        let bytes = [UInt8](json)
        let lists =
            (try? JSONDecoding.decode([[String]].self, from: bytes))
            ?? (try? JSONDecoding.decode(Graph.self, from: bytes))?.qParams?.supernodes
        guard let lists else {
            throw ExportError(
                place: place, expected: "[[label, id, …], …], or a graph with qParams.supernodes", found: "neither")
        }
        var supernodes: [Supernode] = []
        for list in lists {
            let supernode = try Self.supernode(list, place: place)
            guard !supernodes.contains(where: { ExactText($0.label) == ExactText(supernode.label) }) else {
                throw ExportError(place: place, expected: "each label once", found: "'\(supernode.label)' twice")
            }
            supernodes.append(supernode)
        }
        self.supernodes = supernodes
    }

    private static func supernode(_ list: [String], place: String) throws(ExportError) -> Supernode {
        guard let label = list.first, list.count > 1 else {
            throw ExportError(place: place, expected: "a label and node ids in each supernode", found: "\(list)")
        }
        var members: [Supernode.Member] = []
        for id in list.dropFirst() {
            guard
                case .feature(let feature, let position)? = try? GraphNodeName(
                    id: id, featureType: GraphNodeName.feature(FeatureID(layer: 0, index: 0), position: 0).featureType)
            else {
                throw ExportError(
                    place: "\(place), supernode '\(label)'", expected: "features, as layer_index_position", found: id,
                    advice: "only features can be set")
            }
            members.append(Supernode.Member(feature: feature, positions: PositionRange(position)))
        }
        return Supernode(label: label, members: members)
    }
}
