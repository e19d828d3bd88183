import AtlasStore
import GRDB
import Texts

/// Which answers to distrust.
extension AtlasReader {
    /// What a table of tags may have as values to be told without being asked for.
    static let tabledValueCount = 2...20
    /// How many prompts a value of such a tag must have on average.
    static let tabledPromptCount = 10
    static let scoredPrompts = """
        SELECT j.key AS place, p.text, p.answer, v.text AS predicted, p.predicted_probability AS probability,
            p.answer_token = p.predicted_token AS is_right, 1 - g.replacement_score AS error_influence,
            g.replacement_score, g.completeness_score, g.largest_violation
        FROM json_each(?) j CROSS JOIN prompts p ON p.id = j.value JOIN vocabulary v ON v.token = p.predicted_token
            LEFT JOIN graphs g ON g.prompt_id = p.id
        """
    static let tagsOfPrompts = """
        SELECT j.key AS place, t.name, t.value FROM json_each(?) j CROSS JOIN tags t ON t.prompt_id = j.value
        """

    /// The prompts that the replacement model explains least, the wrong answers, and the scores by tag.
    ///
    /// - Parameters:
    ///   - filter: which prompts
    ///   - tag: the tag whose values are told; `nil`: every tag with 2 to 20 values of ten prompts or more on average
    ///   - limit: how many prompts of each kind are told
    public func failures(
        where filter: PromptFilter = .all, byTag tag: String? = nil, limit: Int = 20
    ) throws -> FailuresReport {
        try ask("asking which answers to distrust") { db in
            if let tag { try requireTagName(tag, db) }
            let ids = try prompts(where: filter, needGraphs: false, db)
            let scored = try scoredPrompts(ids, db)
            let errors = scored.compactMap(\.row.errorInfluence)
            let answered = scored.filter { $0.row.isRight != nil }
            func worst(_ key: (FailuresReport.Row) -> Double?) -> [FailuresReport.Row] {
                let ranked = scored.indices.filter { key(scored[$0].row) != nil }
                    .sorted { (key(scored[$1].row)!, $0) < (key(scored[$0].row)!, $1) }
                return ranked.prefix(limit).map { scored[$0].row }
            }
            return FailuresReport(
                filter: "\(filter)", promptCount: ids.count, graphCount: errors.count,
                meanErrorInfluence: errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count),
                answeredCount: answered.count, wrongCount: answered.count { $0.row.isRight == false },
                byErrorInfluence: worst(\.errorInfluence),
                wrongAnswers: worst { $0.isRight == false ? $0.probability : nil }, byViolation: worst(\.violation),
                tags: try tagRows(scored, asked: tag, db))
        }
    }

    /// The scores of prompts, in the order given.
    private func scoredPrompts(_ ids: [Int], _ db: Database) throws -> [ScoredPrompt] {
        var scored = [ScoredPrompt?](repeating: nil, count: ids.count)
        let rows = try StoredRow.fetchCursor(db, sql: Self.scoredPrompts, arguments: [ids.description])
        try ReadingProgress.forEach(ids) { _, _ in
            guard let row = try rows.next() else { return }
            let place: Int = try row["place"]
            scored[place] = try ScoredPrompt(ids[place], row)
        }
        if let missing = scored.firstIndex(where: { $0 == nil }) {
            throw AtlasError.damaged(path: atlas.path, what: "prompt \(ids[missing]), or its prediction's text")
        }
        return scored.compactMap(\.self)
    }

    private func tagRows(
        _ prompts: [ScoredPrompt], asked: String?, _ db: Database
    ) throws -> [FailuresReport.TagRow] {
        var groups: [ExactText: [ExactText: [ScoredPrompt]]] = [:]
        let ids = prompts.map(\.row.prompt)
        let tags = try StoredRow.fetchCursor(db, sql: Self.tagsOfPrompts, arguments: [ids.description])
        while let tag = try tags.next() {
            let (name, value) = try (ExactText(tag["name"] as String), ExactText(tag["value"] as String))
            groups[name, default: [:]][value, default: []].append(prompts[try tag["place"]])
        }
        return groups.keys.sorted().filter { name in
            let values = groups[name]!.values
            return asked.map { ExactText($0) == name }
                ?? (Self.tabledValueCount.contains(values.count)
                    && values.reduce(0) { $0 + $1.count } >= Self.tabledPromptCount * values.count)
        }.flatMap { name in
            groups[name]!.keys.sorted().map { value in
                let members = groups[name]![value]!
                let right = members.compactMap(\.row.isRight)
                return FailuresReport.TagRow(
                    name: name.string, value: value.string, promptCount: members.count,
                    graphCount: members.count { $0.replacement != nil },
                    meanReplacement: Self.mean(members.compactMap(\.replacement)),
                    meanCompleteness: Self.mean(members.compactMap(\.row.completeness)),
                    rightShare: Self.mean(right.map { $0 ? 1 : 0 }))
            }
        }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

/// A prompt's row and its replacement score as it is stored.
private struct ScoredPrompt {
    let row: FailuresReport.Row
    let replacement: Double?

    init(_ id: Int, _ row: StoredRow) throws {
        replacement = try row["replacement_score"]
        self.row = try FailuresReport.Row(
            prompt: id, text: row["text"], answer: row["answer"], predicted: row["predicted"],
            probability: row["probability"], isRight: row["is_right"], errorInfluence: row["error_influence"],
            completeness: row["completeness_score"], violation: row["largest_violation"])
    }
}
