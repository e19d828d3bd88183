import AtlasStore
import GRDB

/// A token whose logit some stored graph explains.
public struct LogitListItem: Codable, Sendable, Equatable {
    /// The token's id.
    public let token: Int
    /// Its text.
    public let text: String
    /// How many stored graphs explain it.
    public let promptCount: Int
    /// The model's mean probability for it there.
    public let meanProbability: Double
}

/// Which logits there is something to say about.
extension AtlasReader {
    /// The explained tokens, those of most prompts first.
    ///
    /// - Parameter part: only tokens whose text contains this, whatever the case of its letters A to Z
    public func logitList(containing part: String? = nil, range: ListRange = ListRange()) throws -> ItemList<
        LogitListItem
    > {
        try ask("listing logits") { db in
            try requireDerivation(db)
            let pattern = (part ?? "").replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing(
                "_", with: "\\_")
            let tables = """
                FROM logit_statistics s JOIN vocabulary v ON v.token = s.token WHERE v.text LIKE ? ESCAPE '\\'
                """
            let total = try Int.fetchOne(db, sql: "SELECT count(*) \(tables)", arguments: ["%\(pattern)%"])!
            let items = try StoredRow.fetchAll(
                db,
                sql: """
                    SELECT s.token, v.text, s.prompt_count, s.probability_sum / s.prompt_count AS probability \(tables)
                    ORDER BY s.prompt_count DESC, s.token LIMIT ? OFFSET ?
                    """, arguments: ["%\(pattern)%", range.limit, range.offset]
            ).map {
                try LogitListItem(
                    token: $0["token"], text: $0["text"], promptCount: $0["prompt_count"],
                    meanProbability: $0["probability"])
            }
            return ItemList(items: items, total: total, offset: range.offset)
        }
    }
}
