import AtlasStore
import GRDB
import Texts

/// Which answers to distrust.
extension AtlasReader {
    /// What a table of tags may have as values to be told without being asked for.
    static let tabledValueCount = 2...20
    /// How many prompts a value of such a tag must have on average.
    static let tabledPromptCount = 10
    static let scoredPrompt = """
        SELECT p.text, p.answer, v.text AS predicted, p.predicted_probability AS probability,
            p.answer_token = p.predicted_token AS is_right, 1 - g.replacement_score AS error_influence,
            g.replacement_score, g.completeness_score, g.largest_violation
        FROM prompts p JOIN vocabulary v ON v.token = p.predicted_token LEFT JOIN graphs g ON g.prompt_id = p.id
        WHERE p.id = ?
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
            var scored: [ScoredPrompt] = []
            try ReadingProgress.forEach(ids) { _, id in
                scored.append(
                    try ScoredPrompt(
                        id,
                        StoredRow.fetchExisting(
                            db.cachedStatement(sql: Self.scoredPrompt), "prompts.id", arguments: [id])))
            }
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

    private func tagRows(
        _ prompts: [ScoredPrompt], asked: String?, _ db: Database
    ) throws -> [FailuresReport.TagRow] {
        var groups: [ExactText: [ExactText: [ScoredPrompt]]] = [:]
        for prompt in prompts {
            for tag in try StoredRow.fetchAll(
                db.cachedStatement(sql: Self.tagsOfPrompt), arguments: [prompt.row.prompt])
            {
                let (name, value) = try (ExactText(tag["name"] as String), ExactText(tag["value"] as String))
                groups[name, default: [:]][value, default: []].append(prompt)
            }
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
