/// Agglomerative clustering by average linkage, the same for the same input.
///
/// The two clusters of largest mean similarity over their pairs of items merge, as long as it reaches the threshold; of
/// equals the pair of clusters whose first items come first.
///
/// - SeeAlso: Sokal and Michener 1958 (UPGMA).
public struct AverageLinkage: Sendable {
    /// The clusters, singletons too, each ascending, in the order of their first items.
    public let clusters: [[Int]]

    /// Clusters the items that a symmetric matrix of similarities is about.
    ///
    /// - Parameters:
    ///   - similarity: `[items][items]`
    ///   - mayMerge: asked before two clusters merge; a pair that was refused is asked about again after other merges
    /// - Complexity: O(items³)
    public init(similarity: [[Double]], threshold: Double, mayMerge: ([Int], [Int]) -> Bool = { _, _ in true }) {
        precondition(similarity.allSatisfy { $0.count == similarity.count })
        var clusters = similarity.indices.map { [$0] }
        /// Sums of similarities between clusters.
        var sums = similarity
        while true {
            var pairs: [(mean: Double, first: Int, second: Int)] = []
            for first in clusters.indices {
                for second in clusters.indices where second > first {
                    let mean = sums[first][second] / Double(clusters[first].count * clusters[second].count)
                    if mean >= threshold { pairs.append((mean, first, second)) }
                }
            }
            pairs.sort { ($1.mean, $0.first, $0.second) < ($0.mean, $1.first, $1.second) }
            guard let (_, first, second) = pairs.first(where: { mayMerge(clusters[$0.first], clusters[$0.second]) })
            else { break }
            clusters[first] = (clusters[first] + clusters[second]).sorted()
            for other in clusters.indices {
                sums[first][other] += sums[second][other]
                sums[other][first] = sums[first][other]
            }
            clusters.remove(at: second)
            sums.remove(at: second)
            for row in sums.indices { sums[row].remove(at: second) }
        }
        self.clusters = clusters
    }
}
