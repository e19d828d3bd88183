import AtlasStore
import GRDB
import Texts

/// A name under which the corpora say something about prompts, and what they say.
public struct TagSummary: Codable, Sendable, Equatable {
    /// The name, as a filter takes it.
    public let name: String
    /// How many different values there are.
    public let valueCount: Int
    /// The values of most prompts, most first; equals by value.
    public let values: [Value]

    /// One value of a tag.
    public struct Value: Codable, Sendable, Equatable {
        /// What is said.
        public let value: String
        /// Of how many prompts.
        public let promptCount: Int
    }
}

/// What prompts can be filtered by.
extension AtlasReader {
    static let tagCounts = """
        SELECT name, value, count(*) AS prompts FROM tags GROUP BY name, value ORDER BY name, value
        """
    static let corpusCounts = """
        SELECT c.name AS value, count(DISTINCT m.prompt_id) AS prompts
        FROM corpora c JOIN memberships m ON m.corpus_id = c.id GROUP BY c.name ORDER BY c.name
        """
    static let rightCounts = """
        SELECT CASE WHEN answer_token = predicted_token THEN 'yes' ELSE 'no' END AS value, count(*) AS prompts
        FROM prompts WHERE answer_token IS NOT NULL GROUP BY value ORDER BY value
        """

    /// The tags by name, and first the two other names that a filter takes: `corpus` and `right`.
    ///
    /// - Parameter valueLimit: how many values of a tag are told
    public func tags(valueLimit: Int = 200) throws -> ItemList<TagSummary> {
        try ask("listing tags") { db in
            var byName: [(name: String, values: [TagSummary.Value])] = []
            for (name, sql) in [("corpus", Self.corpusCounts), ("right", Self.rightCounts)] {
                let values = try StoredRow.fetchAll(db, sql: sql).map {
                    try TagSummary.Value(value: $0["value"], promptCount: $0["prompts"])
                }
                if !values.isEmpty { byName.append((name, values)) }
            }
            let builtIn = byName.count
            let rows = try StoredRow.fetchCursor(db, sql: Self.tagCounts)
            while let row = try rows.next() {
                let name: String = try row["name"]
                if byName.count == builtIn || ExactText(byName[byName.count - 1].name) != ExactText(name) {
                    byName.append((name, []))
                }
                try byName[byName.count - 1].values.append(.init(value: row["value"], promptCount: row["prompts"]))
            }
            let items = byName.map { name, values in
                let ordered = values.enumerated().sorted {
                    ($1.element.promptCount, $0.offset) < ($0.element.promptCount, $1.offset)
                }
                return TagSummary(
                    name: name, valueCount: values.count, values: ordered.prefix(valueLimit).map(\.element))
            }
            return ItemList(items: items, total: items.count, offset: 0)
        }
    }
}
