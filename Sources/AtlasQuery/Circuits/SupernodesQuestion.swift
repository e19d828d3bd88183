import AtlasStore
import Circuits
import GRDB
import Tensors

/// Which features of a circuit may be treated as one.
extension AtlasReader {
    static let promptsInCanonicalOrder = "SELECT id FROM prompts ORDER BY content_hash"
    static let promotedOfFeature = """
        SELECT token, value FROM token_effects
        WHERE kind = 'output' AND layer = ? AND feature_index = ? AND rank BETWEEN 1 AND 5 ORDER BY rank
        """

    /// Suggests supernodes for the features of a circuit.
    ///
    /// Two features are alike by the mean of two numbers: the correlation of their strongest activations a prompt (0
    /// where a feature is silent) over the prompts of the options' group, or all prompts; and the cosine of their edge
    /// profiles, the signed flows from and to every other node of the circuit. Groups grow by average linkage. A merge
    /// that would close a cycle is refused.
    ///
    /// - Parameter threshold: the mean similarity that two groups must have to be merged
    public func supernodes(
        of seed: CircuitSeed, options: CircuitOptions = CircuitOptions(), threshold: Double = 0.5
    ) throws -> SupernodesReport {
        try ask("asking for supernodes") { db in
            try requireDerivation(db)
            let grown = try GrownCircuit(try circuitBasis(seed, options: options, db), options: options, db)
            let pruning = grown.pruned(nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold)
            let circuit = CircuitFlows(pruning, grown)
            let signatures = try ActivationSignatures(circuit.features, group: options.group, self, db)
            let correlation = signatures.correlations()
            let cosine = circuit.profileCosines()
            let similarity = correlation.indices.map { row in
                correlation.indices.map { (correlation[row][$0] + cosine[row][$0]) / 2 }
            }
            var merges: [[Int]] = []
            let clusters = AverageLinkage(similarity: similarity, threshold: threshold) { left, right in
                // Where the running work is cancelled the rest goes by quickly.
                guard Cancellation.current?.reason == nil else { return false }
                let without = merges.filter { $0 != left && $0 != right }
                let joined = without + [left + right]
                guard circuit.merged(joined).order != nil else { return false }
                merges = joined.map { $0.sorted() }
                return true
            }.clusters
            try Cancellation.check()
            let groups = clusters.filter { $0.count > 1 }
            let members = try circuit.features.map { feature in
                SupernodesReport.Member(
                    feature: feature, label: try shownLabel(of: feature, db).label,
                    influence: grown.growth.influence(of: NodeKey(feature)))
            }
            func mean(_ matrix: [[Double]], _ group: [Int]) -> Double {
                var sum = 0.0
                for (place, row) in group.enumerated() { for column in group[..<place] { sum += matrix[row][column] } }
                return sum / Double(group.count * (group.count - 1) / 2)
            }
            let told = try groups.map { group in
                let features = group.map { members[$0] }
                return SupernodesReport.Group(
                    name: try suggestedName(features, db), members: features, similarity: mean(similarity, group),
                    correlation: mean(correlation, group), edgeCosine: mean(cosine, group),
                    influence: features.reduce(0) { $0 + $1.influence })
            }
            return SupernodesReport(
                seed: seed, seedName: try name(of: seed, db), promptCount: signatures.promptCount,
                threshold: threshold,
                groups: told.enumerated().sorted {
                    ($1.element.influence, $0.offset) < ($0.element.influence, $1.offset)
                }.map(\.element),
                alone: clusters.filter { $0.count == 1 }.map { members[$0[0]] }, before: circuit.graph.scores!,
                after: circuit.merged(groups).scores!)
        }
    }

    /// The token that most members promote, if at least half do; else words of the first label.
    private func suggestedName(_ members: [SupernodesReport.Member], _ db: Database) throws -> String {
        var promoted: [Int: (count: Int, value: Double)] = [:]
        for member in members {
            let statement = try db.cachedStatement(sql: Self.promotedOfFeature)
            for row in try StoredRow.fetchAll(statement, arguments: [member.feature.layer, member.feature.index]) {
                let token = try storedToken(row["token"])
                var sums = promoted[token] ?? (0, 0)
                sums.count += 1
                sums.value += try row["value"] as Double
                promoted[token] = sums
            }
        }
        let best = promoted.max { left, right in
            (left.value.count, left.value.value, right.key) < (right.value.count, right.value.value, left.key)
        }
        if let best, best.value.count >= 2, 2 * best.value.count >= members.count {
            return "→ \(text(of: best.key).debugDescription)"
        }
        return members.lazy.compactMap(\.label).first ?? members.map { "\($0.feature)" }.joined(separator: ", ")
    }
}
