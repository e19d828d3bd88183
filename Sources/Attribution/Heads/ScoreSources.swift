import Circuits

/// Both sides of a head's score, each as a sum over the graph's sources: what every pair of sources adds to it.
public struct ScoreSources: Sendable {
    /// Which score.
    public let place: ScorePlace
    /// What the key is compared with; `nil`: nothing.
    public let reference: ScorePlace.Reference?
    /// The score as the model computes it, before any soft-cap; less that of the reference where there is one.
    public let score: Float
    /// What scores approach and never reach, where the model has a cap.
    public let softCap: Float?
    /// How much of the query's attention the key has, in 0…1.
    public let weight: Float
    let queries: ScoreVectors
    let keys: ScoreVectors
    let scale: Float

    /// The strongest sources and pairs in words.
    ///
    /// - Parameter count: pairs, and sources of each side
    public func attribution(_ count: Int) -> ScoreAttribution { ScoreAttribution(self, count: count) }

    /// The sources on the side of the key that add most to the score, the strongest first, whatever their sign.
    public func keySources(_ count: Int) -> [ScoreAttribution.Share] {
        keys.strongest(count, along: queries.total, scale: scale)
    }

    /// The pairs that raise the score most, the strongest first; fewer than `count` where no more raise it.
    public func raisingPairs(_ count: Int) -> [ScoreAttribution.Pair] {
        ScoreVectors.strongestPairs(queries, keys, count: count, scale: scale, onlyRaising: true)
    }

    /// Pairs drawn from all alike, each at most once; fewer than `count` where there are no more.
    public func randomPairs(_ count: Int, using numbers: inout SeededNumbers) -> [ScoreAttribution.Pair] {
        let all = queries.nodes.count * keys.nodes.count
        var drawn: Set<Int> = []
        // Floyd's choice of distinct numbers (Bentley and Floyd 1987).
        for last in max(0, all - count)..<all {
            let number = numbers.below(last + 1)
            drawn.insert(drawn.contains(number) ? last : number)
        }
        return drawn.sorted().map { number in
            let (query, key) = number.quotientAndRemainder(dividingBy: keys.nodes.count)
            let product = zip(queries.vectors.row(query), keys.vectors.row(key)).reduce(0) { $0 + $1.0 * $1.1 }
            return ScoreAttribution.Pair(
                query: queries.nodes[query], key: keys.nodes[key], contribution: scale * product)
        }
    }
}

extension ScoreAttribution {
    fileprivate init(_ sources: ScoreSources, count: Int) {
        let (queries, keys, scale) = (sources.queries, sources.keys, sources.scale)
        func product(_ x: [Double], _ y: [Double]) -> Double {
            Double(scale) * zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        }
        place = sources.place
        reference = sources.reference
        score = sources.score
        softCap = sources.softCap
        weight = sources.weight
        pairs = ScoreVectors.strongestPairs(queries, keys, count: count, scale: scale)
        pairCount = queries.nodes.count * keys.nodes.count
        groups = Kind.allCases.flatMap { query in
            Kind.allCases.map { key in
                Group(
                    query: query, key: key,
                    contribution: Float(product(queries.sums[query] ?? [], keys.sums[key] ?? [])))
            }
        }
        let (query, key) = (queries.total, keys.total)
        querySources = queries.strongest(count, along: key, scale: scale)
        keySources = sources.keySources(count)
        largestViolation = Float(abs(product(query, key) - Double(score))) / max(1, abs(score))
    }
}
