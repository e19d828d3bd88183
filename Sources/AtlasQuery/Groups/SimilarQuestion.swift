import AtlasStore
import Circuits
import GRDB

/// Which prompts are most like one.
extension AtlasReader {
    /// How many of a prompt's strongest features look for candidates.
    static let candidateFeatures = 24
    /// How many candidates the exact cosine is computed with at most.
    public static let candidateLimit = 2000

    /// The prompts most like one.
    ///
    /// Where there are at most `candidateLimit` others, all are compared. Otherwise the candidates are found through the
    /// inverted activations of the prompt's 24 strongest features: the prompts where those with the largest summed
    /// squared weight fire. Among them the cosine is exact; a prompt that shares none of these features is not found.
    ///
    /// - Parameters:
    ///   - id: the prompt; see ``promptID(_:)``
    ///   - measure: by what; `nil`: by influence where the prompt has a stored graph, else by activation
    ///   - filter: which prompts may be answered
    ///   - limit: how many are told
    public func similar(
        to id: Int, by measure: SimilarityMeasure? = nil, where filter: PromptFilter = .all, limit: Int = 10,
        candidateLimit: Int = AtlasReader.candidateLimit
    ) throws -> SimilarReport {
        try ask("looking for similar prompts") { db in
            _ = try requirePrompt(id, db)
            let hasGraph = try StoredRow.fetchOne(db, sql: Self.nodesOfPrompt, arguments: [id]) != nil
            let measure = measure ?? (hasGraph ? .influence : .activation)
            if measure == .influence, !hasGraph { throw QuestionError.notAttributed(prompt: id) }
            let vector = try vector(of: id, by: measure, db)
            let others = try prompts(where: filter, needGraphs: measure == .influence, db).filter { $0 != id }
            let candidates =
                others.count <= candidateLimit
                ? others : try candidates(for: vector, among: others, limit: candidateLimit, db)
            typealias Found = (place: Int, cosine: Double, parts: [(feature: FeatureID, part: Double)])
            var found: [Found] = []
            try ReadingProgress.forEach(candidates) { place, candidate in
                let (cosine, parts) = vector.shared(with: try self.vector(of: candidate, by: measure, db))
                if cosine > 0 { found.append((place, cosine, parts)) }
            }
            found.sort { ($1.cosine, $0.place) < ($0.cosine, $1.place) }
            return SimilarReport(
                prompt: id, text: try promptText(id, db), measure: measure, candidateCount: candidates.count,
                isExact: candidates.count == others.count,
                prompts: try found.prefix(limit).map { place, cosine, parts in
                    let strongest = parts.sorted { ($1.part, $0.feature) < ($0.part, $1.feature) }.prefix(5)
                    return SimilarReport.Row(
                        prompt: candidates[place], text: try promptText(candidates[place], db), similarity: cosine,
                        sharedCount: parts.count,
                        shared: try strongest.map {
                            .init(feature: $0.feature, label: try shownLabel(of: $0.feature, db).label, part: $0.part)
                        })
                })
        }
    }

    /// The prompts where most of the vector's strongest features fire, in canonical order.
    private func candidates(
        for vector: FeatureVector, among others: [Int], limit: Int, _ db: Database
    ) throws -> [Int] {
        try requireDerivation(db)
        let strongest = vector.features.indices.sorted {
            (vector.weights[$1].magnitude, vector.features[$0]) < (vector.weights[$0].magnitude, vector.features[$1])
        }.prefix(Self.candidateFeatures)
        let allowed = Set(others)
        var scores: [Int: Double] = [:]
        for place in strongest {
            let square = vector.weights[place] * vector.weights[place]
            var previous = -1
            for firing in try firings(of: vector.features[place], db) where firing.promptID != previous {
                previous = firing.promptID
                if allowed.contains(previous) { scores[previous, default: 0] += square }
            }
        }
        let places = Dictionary(uniqueKeysWithValues: others.enumerated().map { ($1, $0) })
        let ranked = scores.keys.map { (score: scores[$0]!, place: places[$0]!) }
            .sorted { ($1.score, $0.place) < ($0.score, $1.place) }
        return ranked.prefix(limit).map(\.place).sorted().map { others[$0] }
    }

    /// A prompt as a vector over features.
    func vector(of id: Int, by measure: SimilarityMeasure, _ db: Database) throws -> FeatureVector {
        switch measure {
        case .influence: return FeatureVector(SparseGraph.featureInfluence(try storedNodes(of: id, db)))
        case .activation:
            var sums: [FeatureID: Double] = [:]
            try forEachActivations(of: [id], db) { _, _, active in
                for feature in active where feature.activation != 0 {
                    sums[feature.feature, default: 0] += Double(feature.activation)
                }
            }
            return FeatureVector(sums)
        }
    }
}
