import Circuits
import Foundation
import GRDB

/// A target that is no single token as it stands in `custom_targets`.
public struct CustomTargetRow: Sendable, Equatable {
    /// What people read.
    let description: String
    /// All of it, as a JSON object with sorted keys.
    let definition: String

    init(_ target: AttributionTarget, vocabulary: [String]) throws {
        description = target.name { vocabulary[$0] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        definition = String(decoding: try encoder.encode(target), as: UTF8.self)
    }

    /// The custom targets of one graph, to be bound to its id.
    public static let ofGraph = """
        SELECT graph_id, ordinal, definition, weight, position FROM custom_targets WHERE graph_id = ? ORDER BY ordinal
        """
    /// The custom targets of the graphs with ids above one.
    static let ofGraphs = """
        SELECT graph_id, ordinal, definition, weight, position FROM custom_targets WHERE graph_id > ?
        ORDER BY graph_id, ordinal
        """

    /// Enters the targets that `rows` tell among the tokens of their graph, `tokens`, each at its place in the list.
    ///
    /// - Parameters:
    ///   - rows: of one graph, ascending by ordinal, with the columns of ``ofGraph``
    ///   - tokens: the graph's targets that are tokens, in order
    /// - Throws: `AtlasError.damagedBlock` for a definition that cannot be read and for a gap in the list.
    public static func merge(
        _ rows: [StoredRow], into tokens: [LogitTarget], vocabularySize: Int
    ) throws(AtlasError) -> [LogitTarget] {
        var targets = tokens
        for row in rows {
            let (graph, ordinal): (Int, Int) = try (row["graph_id"], row["ordinal"])
            func damaged(_ expected: String, _ found: String) -> AtlasError {
                .damagedBlock(table: "custom_targets", row: graph, expected: expected, found: found)
            }
            guard 0...targets.count ~= ordinal else {
                throw damaged("targets numbered without a gap", "ordinal \(ordinal) after \(targets.count) targets")
            }
            let definition: String = try row["definition"]
            guard let target = try? JSONDecoder().decode(AttributionTarget.self, from: Data(definition.utf8)),
                target.kind != "token", target.tokens.allSatisfy((0..<vocabularySize).contains)
            else {
                throw damaged("a target of this vocabulary", String(definition.prefix(80)))
            }
            targets.insert(
                try LogitTarget(
                    target, virtualToken: vocabularySize + ordinal, weight: Float(row["weight"] as Double),
                    position: row["position"]), at: ordinal)
        }
        return targets
    }
}
