import AtlasStore
import Circuits
import GRDB
import Texts

/// Which prompts the model treats alike.
extension AtlasReader {
    static let tagsOfPrompt = "SELECT name, value FROM tags WHERE prompt_id = ? ORDER BY name, value"

    /// Sorts prompts into families by the cosine of their vectors over features; see ``FamiliesReport``.
    ///
    /// - Parameters:
    ///   - filter: which prompts
    ///   - measure: by what they are compared
    ///   - threshold: the cosine from which two prompts are of one family
    ///   - promptLimit: how many prompts are sorted at most
    ///   - limit: how many families are told
    public func families(
        where filter: PromptFilter = .all, by measure: SimilarityMeasure = .influence, threshold: Double = 0.7,
        promptLimit: Int = 5000, limit: Int = 20
    ) throws -> FamiliesReport {
        precondition(0...1 ~= threshold, "a cosine in 0…1, found \(threshold)")
        return try ask("sorting prompts into families") { db in
            let all = try prompts(where: filter, needGraphs: measure == .influence, db)
            let ids = Array(all.prefix(promptLimit))
            var vectors: [FeatureVector] = []
            try ReadingProgress.forEach(ids) { _, id in vectors.append(try vector(of: id, by: measure, db)) }
            let clustering = try LeaderClustering(vectors, threshold: threshold)
            var members = [[Int]](repeating: [], count: clustering.leaders.count)
            for (place, family) in clustering.families.enumerated() { members[family].append(place) }
            let tags = try ids.map { id in
                try StoredRow.fetchAll(db.cachedStatement(sql: Self.tagsOfPrompt), arguments: [id]).map {
                    try PromptFilter.Condition(name: $0["name"], value: $0["value"])
                }
            }
            let overall = tags.joined().reduce(into: [PromptFilter.Condition: Int]()) { $0[$1, default: 0] += 1 }
            let order = members.indices.sorted { (-members[$0].count, $0) < (-members[$1].count, $1) }
            return FamiliesReport(
                filter: "\(filter)", promptCount: all.count, readPrompts: ids.count, measure: measure,
                threshold: threshold, familyCount: members.count, singleCount: members.count { $0.count == 1 },
                families: try order.prefix(limit).map { family in
                    let places = members[family]
                    let leader = ids[clustering.leaders[family]]
                    let others = places.filter { $0 != clustering.leaders[family] }
                    return FamiliesReport.Family(
                        leader: leader, text: try promptText(leader, db), size: places.count,
                        meanSimilarity: others.isEmpty
                            ? 1 : others.reduce(0) { $0 + clustering.similarities[$1] } / Double(others.count),
                        shared: try sharedFeatures(places.map { vectors[$0] }).prefix(5).map { feature, weight in
                            .init(feature: feature, label: try shownLabel(of: feature, db).label, weight: weight)
                        },
                        tags: Self.commonTags(places.map { tags[$0] }, overall: overall, promptCount: ids.count),
                        examples: places.prefix(5).map { ids[$0] })
                })
        }
    }

    private func sharedFeatures(_ vectors: [FeatureVector]) -> [(FeatureID, Double)] {
        var counts: [FeatureID: Int] = [:]
        var sums: [FeatureID: Double] = [:]
        for vector in vectors where vector.length > 0 {
            for (feature, weight) in zip(vector.features, vector.weights) {
                counts[feature, default: 0] += 1
                sums[feature, default: 0] += weight * weight / (vector.length * vector.length)
            }
        }
        return counts.filter { 10 * $0.value >= 9 * vectors.count }.keys
            .map { ($0, sums[$0]! / Double(vectors.count)) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    private static func commonTags(
        _ tags: [[PromptFilter.Condition]], overall: [PromptFilter.Condition: Int], promptCount: Int
    ) -> [FamiliesReport.TagShare] {
        let counts = tags.joined().reduce(into: [PromptFilter.Condition: Int]()) { $0[$1, default: 0] += 1 }
        let order = counts.keys.sorted {
            (-counts[$0]!, overall[$0]!, ExactText($0.name), ExactText($0.value))
                < (-counts[$1]!, overall[$1]!, ExactText($1.name), ExactText($1.value))
        }
        return order.prefix(3).map { tag in
            FamiliesReport.TagShare(
                name: tag.name, value: tag.value, share: Double(counts[tag]!) / Double(tags.count),
                overallShare: Double(overall[tag]!) / Double(promptCount))
        }
    }
}
