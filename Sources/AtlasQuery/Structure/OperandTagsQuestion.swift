import AtlasStore
import GRDB

/// The two tags that make a corpus an operand grid.
public struct OperandTags: Codable, Sendable, Equatable {
    /// The tag of the first operand; `nil` where the corpus is no grid.
    public let rowTag: String?
    /// The tag of the second operand; `nil` where the corpus is no grid.
    public let columnTag: String?
}

/// Whether the corpus is a template with two operands.
extension AtlasReader {
    /// Tags all of whose values are whole numbers of at most six digits, three different ones or more; those of most
    /// prompts first.
    static let numericTags = """
        SELECT name FROM tags GROUP BY name
        HAVING count(DISTINCT value) >= 3
            AND max(ltrim(value, '-') GLOB '*[^0-9]*' OR ltrim(value, '-') = '' OR length(value) > 7) = 0
        ORDER BY count(*) DESC, name LIMIT 2
        """

    /// The two tags of most prompts whose values are whole numbers, by name.
    public func operandTags() throws -> OperandTags {
        try ask("looking for operands") { db in try operandTags(db) }
    }

    func operandTags(_ db: Database) throws -> OperandTags {
        let names = try String.fetchAll(db, sql: Self.numericTags).sorted()
        return OperandTags(rowTag: names.count == 2 ? names[0] : nil, columnTag: names.count == 2 ? names[1] : nil)
    }
}
