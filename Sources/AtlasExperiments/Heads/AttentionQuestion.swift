import AtlasBasis
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import GRDB
import Tensors

/// Why a head looks where it looks, in a prompt of the atlas.
extension AtlasReader {
    private static let textAndTokens = "SELECT text, tokens FROM prompts WHERE id = ?"

    /// What is needed to run a stored prompt again.
    ///
    /// - Throws: ``QuestionError`` for a prompt that is not there
    func textAndTokens(ofPrompt id: Int) throws -> (text: String, tokens: [Int]) {
        try ask("reading a prompt") { db in
            _ = try requirePrompt(id, db)
            let row = try StoredRow.fetchExisting(db, "prompts.id", sql: Self.textAndTokens, arguments: [id])
            let reading = StoredGraphReading(identity: atlas.identity)
            return try (row["text"] as String, reading.tokens(row["tokens"], prompt: id))
        }
    }

    /// The pairs of sources that make a head look from one position of a stored prompt to another.
    ///
    /// The prompt is run again; features are named as the atlas names them.
    ///
    /// - Parameters:
    ///   - id: the prompt
    ///   - attributor: of the atlas's replacement model
    ///   - pairs: pairs, and sources of each side, at most
    /// - Throws: ``QuestionError`` for a prompt that is not there; `TargetError` for a head, position or pair that is not
    public func attention(
        ofPrompt id: Int, _ place: ScorePlace, against reference: ScorePlace.Reference? = nil, attributor: Attributor,
        pairs: Int = 20, jobs: Int = 1
    ) throws -> AttentionReport {
        let (text, tokens) = try textAndTokens(ofPrompt: id)
        try place.check(against: reference, model: attributor.model, positionCount: tokens.count)
        let own = try self.attributor(for: text, tokenCount: tokens.count, attributor)
        let local = try own.localReplacementModel(tokens, jobs: jobs)
        let found = try own.attributeScore(place, against: reference, of: local, pairs: pairs, jobs: jobs)
        var features = Set<FeatureID>()
        for node in found.pairs.flatMap({ [$0.query, $0.key] }) + (found.querySources + found.keySources).map(\.node) {
            if case .feature(let layer, _, let index) = node { features.insert(FeatureID(layer: layer, index: index)) }
        }
        let labels = try ask("reading labels") { db in
            try features.reduce(into: [FeatureID: String]()) { $0[$1] = try shownLabel(of: $1, db).label }
        }
        return AttentionReport(found, tokens: tokens.map(self.text)) { labels[$0] }
    }
}
