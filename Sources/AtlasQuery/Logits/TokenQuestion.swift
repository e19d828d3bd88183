import GRDB

/// Which token has a text.
extension AtlasReader {
    static let tokensByText = "SELECT token FROM vocabulary WHERE text = ? ORDER BY token"
    static let isExplained = "SELECT EXISTS (SELECT 1 FROM logit_statistics WHERE token = ?)"
    static let explainedTokens = "SELECT v.text FROM logit_statistics s JOIN vocabulary v ON v.token = s.token"

    /// The id of the token that decodes to exactly this text; where several do, the one whose logit was explained.
    public func token(_ text: String) throws -> Int {
        try ask("looking up a token") { db in
            let ids = try Int.fetchAll(db, sql: Self.tokensByText, arguments: [text])
            if ids.isEmpty {
                throw QuestionError.unknownToken(
                    text: text, nearest: NearestNames.of(text, among: atlas.identity.vocabulary.filter { !$0.isEmpty }))
            }
            if ids.count == 1 { return ids[0] }
            let explained = try ids.filter { try Bool.fetchOne(db, sql: Self.isExplained, arguments: [$0]) == true }
            guard explained.count == 1 else { throw QuestionError.ambiguousToken(text: text, ids: ids) }
            return explained[0]
        }
    }

    /// The token that decodes to exactly `name`, or has the id of `#ID`.
    public func tokenNamed(_ name: String) throws -> Int {
        do {
            return try token(name)
        } catch QuestionError.unknownToken(let text, let nearest) {
            guard name.hasPrefix("#"), let id = Int(name.dropFirst()) else {
                throw QuestionError.unknownToken(text: text, nearest: nearest)
            }
            guard atlas.identity.vocabulary.indices ~= id else {
                throw QuestionError.unknownTokenID(id: id, vocabularySize: atlas.identity.vocabulary.count)
            }
            return id
        }
    }

    /// Throws unless there is such a token and some stored graph explains it.
    func requireExplained(_ token: Int, _ db: Database) throws {
        guard atlas.identity.vocabulary.indices ~= token else {
            throw QuestionError.unknownTokenID(id: token, vocabularySize: atlas.identity.vocabulary.count)
        }
        guard try Bool.fetchOne(db, sql: Self.isExplained, arguments: [token]) == true else {
            let explained = try String.fetchAll(db, sql: Self.explainedTokens)
            throw QuestionError.neverExplained(
                text: text(of: token), nearest: NearestNames.of(text(of: token), among: explained))
        }
    }
}
