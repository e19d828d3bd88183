import AtlasStore
import Circuits
import GRDB

/// A prompt in which a feature fires.
public struct FiringPrompt: Codable, Sendable, Equatable {
    /// The prompt's id.
    public let promptID: Int
    /// Its text, up to 2,000 characters of it.
    public let text: String
    /// Where the feature is strongest, either side of zero; the first of equals.
    public let position: Int
    /// The activation there, with its sign.
    public let activation: Double
    /// At how many positions it fires.
    public let positionCount: Int
    /// Whether an attribution graph of the prompt is stored.
    public let hasGraph: Bool
}

/// In which prompts a feature fires.
extension AtlasReader {
    static let firingPrompt = """
        SELECT p.text, p.content_hash, EXISTS (SELECT 1 FROM graphs g WHERE g.prompt_id = p.id) AS has_graph
        FROM prompts p WHERE p.id = ?
        """

    /// The prompts in which a feature fires, those of the largest activation, by size, first; equals by content.
    public func firingPrompts(of feature: FeatureID, range: ListRange = ListRange()) throws -> ItemList<FiringPrompt> {
        try ask("asking in which prompts a feature fires") { db in
            try requireFired(feature, db)
            var strongest: [Int: (position: Int, activation: Double, count: Int)] = [:]
            for firing in try firings(of: feature, db) {
                var best = strongest[firing.promptID] ?? (firing.position, firing.activation, 0)
                if firing.activation.magnitude > best.activation.magnitude {
                    (best.position, best.activation) = (firing.position, firing.activation)
                }
                best.count += 1
                strongest[firing.promptID] = best
            }
            // Only prompts that share an activation need their hashes compared.
            let hashes = try contentRanks(of: strongest, db)
            let ordered = strongest.sorted { left, right in
                (right.value.activation.magnitude, hashes[left.key] ?? "")
                    < (left.value.activation.magnitude, hashes[right.key] ?? "")
            }
            let items = try ordered.dropFirst(range.offset).prefix(range.limit).map { prompt, best in
                let row = try StoredRow.fetchExisting(
                    db.cachedStatement(sql: Self.firingPrompt), "prompts.id", arguments: [prompt])
                return try FiringPrompt(
                    promptID: prompt, text: (row["text"] as String).shortened(to: String.excerptLimit),
                    position: best.position, activation: best.activation,
                    positionCount: best.count, hasGraph: row["has_graph"])
            }
            return ItemList(items: Array(items), total: ordered.count, offset: range.offset)
        }
    }

    private func contentRanks(
        of prompts: [Int: (position: Int, activation: Double, count: Int)], _ db: Database
    ) throws -> [Int: String] {
        let tied = Dictionary(grouping: prompts.keys) { prompts[$0]!.activation.magnitude }.values.filter {
            $0.count > 1
        }
        let statement = try db.cachedStatement(sql: "SELECT hex(content_hash) FROM prompts WHERE id = ?")
        return try tied.joined().reduce(into: [:]) { hashes, prompt in
            hashes[prompt] = try String.fetchOne(statement, arguments: [prompt])
        }
    }
}
