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

/// The orders in which the prompts where a feature fires are listed; `FiringOrder("-strength")` is the order backwards.
public struct FiringOrder: ListOrder {
    /// What the prompts are ordered by.
    public enum Key: String, CaseIterable, Sendable {
        /// The largest activation, by size, the strongest first.
        case strength
        /// The position of the largest activation.
        case position
        /// At how many positions the feature fires, most first.
        case tokens
    }

    /// What the prompts are ordered by; equals by strength, then by content.
    public var key: Key
    /// Whether the order is backwards.
    public var isBackwards: Bool

    /// Orders by `key`.
    public init(_ key: Key = .strength, isBackwards: Bool = false) {
        self.key = key
        self.isBackwards = isBackwards
    }

    /// What the smallest of comes first.
    func rank(_ firing: (position: Int, activation: Double, count: Int)) -> Double {
        let rank =
            switch key {
            case .strength: -firing.activation.magnitude
            case .position: Double(firing.position)
            case .tokens: -Double(firing.count)
            }
        return isBackwards ? -rank : rank
    }
}

/// In which prompts a feature fires.
extension AtlasReader {
    static let firingPrompt = """
        SELECT p.text, p.content_hash, EXISTS (SELECT 1 FROM graphs g WHERE g.prompt_id = p.id) AS has_graph
        FROM prompts p WHERE p.id = ?
        """

    /// The prompts in which a feature fires in an order, as a rule those of the largest activation, by size, first;
    /// equals by strength, then by content.
    public func firingPrompts(
        of feature: FeatureID, order: FiringOrder = FiringOrder(), range: ListRange = ListRange()
    ) throws -> ItemList<FiringPrompt> {
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
            let ranked = strongest.map { (prompt: $0.key, best: $0.value, rank: order.rank($0.value)) }
            let ordered = ranked.sorted { left, right in
                (left.rank, right.best.activation.magnitude, hashes[left.prompt] ?? "")
                    < (right.rank, left.best.activation.magnitude, hashes[right.prompt] ?? "")
            }
            let items = try ordered.dropFirst(range.offset).prefix(range.limit).map { prompt, best, _ in
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
