import Circuits
import GRDB

/// Adds up, for each explained token, what its logit owes to each feature, error and token over all prompts.
///
/// The same plan as ``EdgeDerivation``: flat arrays, one sort by (token, node), one walk.
struct DriverDerivation {
    /// One prompt in which a token is a target, all its target positions together.
    private struct Occurrence {
        var token: Int
        /// `graphs.id`.
        var graph: Int
        /// The model's probability, summed over the token's target positions.
        var probability: Double
        /// Sum over features of probability × influence.
        var featureInfluence: Double
    }

    /// One influence or one direct edge of one node on one token's logit.
    private struct Contribution {
        /// Probability × influence, or the edge's weight.
        var value: Double
        /// The occurrence's number; in the highest bit whether the value is an edge's weight, in the next whether the
        /// node is a feature whose activation is negative.
        private var occurrenceAndKind: UInt32

        init(value: Double, occurrence: Int, isDirect: Bool, isNegative: Bool) {
            precondition(occurrence < 1 << 30, "more explained tokens than can be numbered")
            self.value = value
            occurrenceAndKind = UInt32(occurrence) | (isDirect ? 1 << 31 : 0) | (isNegative ? 1 << 30 : 0)
        }

        var occurrence: UInt32 { occurrenceAndKind & 0x3FFF_FFFF }
        var isDirect: Bool { occurrenceAndKind >> 31 == 1 }
        var isNegative: Bool { occurrenceAndKind >> 30 & 1 == 1 }
    }

    func run(_ db: Database, graphs: CanonicalGraphs, to place: DerivedSums.Place) throws {
        var occurrences: [Occurrence] = []
        var pairs: [UInt64] = []
        var contributions: [Contribution] = []
        try graphs.forEach(db) { graph in
            // A token that is a target at several positions is one occurrence.
            var numbers: [Int: Int] = [:]
            let occurrenceOfTarget = graph.targets.map { target in
                let number = numbers[target.token] ?? occurrences.count
                if number == occurrences.count {
                    numbers[target.token] = number
                    occurrences.append(
                        Occurrence(token: target.token, graph: graph.id, probability: 0, featureInfluence: 0))
                }
                occurrences[number].probability += Double(target.probability)
                return number
            }
            func add(_ value: Double, node: Int, target: Int, isDirect: Bool) {
                var isNegative = false
                if case .feature = graph.nodes[node].id { isNegative = graph.nodes[node].activation < 0 }
                pairs.append(UInt64(graph.targets[target].token) << 32 | UInt64(graph.denseKeys[node]))
                contributions.append(
                    Contribution(
                        value: value, occurrence: occurrenceOfTarget[target], isDirect: isDirect,
                        isNegative: isNegative))
            }
            for (target, row) in graph.influence.enumerated() {
                let probability = Double(graph.targets[target].probability)
                for (node, influence) in row.enumerated() where influence != 0 {
                    let value = probability * Double(influence)
                    switch graph.nodes[node].id {
                    case .feature: occurrences[occurrenceOfTarget[target]].featureInfluence += value
                    case .error, .token: break
                    case .logit, .bias: continue
                    }
                    add(value, node: node, target: target, isDirect: false)
                }
            }
            for edge in graph.edges {
                guard case .logit(let target) = graph.nodes[edge.target].id else { continue }
                if case .logit = graph.nodes[edge.source].id { continue }
                add(Double(edge.weight), node: edge.source, target: target, isDirect: true)
            }
        }
        var places = Array(0..<UInt32(pairs.count))
        RadixSort.sort(&pairs, moving: &places)
        try insertStatistics(occurrences, into: place, db)
        try insertDrivers(pairs, places, contributions, occurrences, keys: graphs.keys, into: place, db)
    }

    private func insertStatistics(
        _ occurrences: [Occurrence], into place: DerivedSums.Place, _ db: Database
    ) throws {
        var totals: [Int: (count: Int, probability: Double)] = [:]
        for occurrence in occurrences {
            totals[occurrence.token, default: (0, 0)].count += 1
            totals[occurrence.token]!.probability += occurrence.probability
        }
        let rows = try BulkInsertion(
            db, into: place("logit_statistics"), columns: ["token", "prompt_count", "probability_sum"])
        for (token, total) in totals.sorted(by: { $0.key < $1.key }) {
            rows.bind(token)
            rows.bind(total.count)
            rows.bind(total.probability)
            try rows.step()
        }
    }

    /// What is known of one (token, node).
    private struct Total {
        var prompts = 0
        var influence = 0.0
        var direct = 0.0
        var directSquare = 0.0
        var directSupport = 0
        var positive = 0
        var negative = 0
        /// The graphs of the prompts that it covers.
        var covered: [Int] = []
        /// Sum over these of influence.
        var held = 0.0
        /// The part from places where the node's activation is negative; `nil` where there is none.
        var negativeTail: NegativeTail?
    }

    private struct NegativeTail {
        var prompts = 0
        var influence = 0.0
        var direct = 0.0
        var directSupport = 0

        /// Adds one prompt's part.
        mutating func add(influence: Double, direct: Double?) {
            if influence != 0 { prompts += 1 }
            self.influence += influence
            if let direct {
                self.direct += direct
                directSupport += 1
            }
        }
    }

    private func insertDrivers(
        _ pairs: [UInt64], _ places: [UInt32], _ contributions: [Contribution], _ occurrences: [Occurrence],
        keys: [NodeKey], into place: DerivedSums.Place, _ db: Database
    ) throws {
        let rows = try BulkInsertion(
            db, into: place("logit_drivers"),
            columns: [
                "token", "node", "prompt_count", "covered_prompts", "influence_sum", "direct_sum", "direct_square_sum",
                "direct_support", "positive_prompts", "negative_prompts",
            ])
        let tails = try BulkInsertion(
            db, into: place("logit_driver_negative_tails"),
            columns: ["token", "node", "prompt_count", "influence_sum", "direct_sum", "direct_support"])
        let coverage = try CoverageInsertion(db, into: place, byEffect: false)
        var start = 0
        while start < pairs.count {
            let pair = pairs[start]
            let token = Int(pair >> 32)
            let node = UInt32(truncatingIfNeeded: pair)
            var end = start
            while end < pairs.count, pairs[end] == pair { end += 1 }
            let isFeature = keys[Int(node)].kind == .feature
            let total = add(places[start..<end], contributions, occurrences, isFeature: isFeature)
            rows.bind(token)
            rows.bind(keys[Int(node)].rawValue)
            rows.bind(total.prompts)
            rows.bind(total.covered.count)
            for value in [total.influence, total.direct, total.directSquare] { rows.bind(value) }
            for value in [total.directSupport, total.positive, total.negative] { rows.bind(value) }
            try rows.step()
            if let tail = total.negativeTail {
                tails.bind(token)
                tails.bind(keys[Int(node)].rawValue)
                tails.bind(tail.prompts)
                for value in [tail.influence, tail.direct] { tails.bind(value) }
                tails.bind(tail.directSupport)
                try tails.step()
            }
            try coverage.insert(token: token, node: keys[Int(node)], held: total.held, graphs: total.covered)
            start = end
        }
    }

    /// Adds up the contributions of one (token, node), prompt after prompt.
    private func add(
        _ places: ArraySlice<UInt32>, _ contributions: [Contribution], _ occurrences: [Occurrence], isFeature: Bool
    ) -> Total {
        var total = Total()
        var next = places.startIndex
        while next < places.endIndex {
            let occurrence = contributions[Int(places[next])].occurrence
            var (influence, direct, hasDirect) = (0.0, 0.0, false)
            var (negativeInfluence, negativeDirect, isNegative) = (0.0, Double?.none, false)
            while next < places.endIndex, contributions[Int(places[next])].occurrence == occurrence {
                let contribution = contributions[Int(places[next])]
                if contribution.isDirect {
                    direct += contribution.value
                    hasDirect = true
                } else {
                    influence += contribution.value
                }
                if contribution.isNegative {
                    isNegative = true
                    if contribution.isDirect {
                        negativeDirect = (negativeDirect ?? 0) + contribution.value
                    } else {
                        negativeInfluence += contribution.value
                    }
                }
                next += 1
            }
            if isNegative {
                var tail = total.negativeTail ?? NegativeTail()
                tail.add(influence: negativeInfluence, direct: negativeDirect)
                total.negativeTail = tail
            }
            if influence != 0 { total.prompts += 1 }
            total.influence += influence
            let least = LogitCover.leastShare * occurrences[Int(occurrence)].featureInfluence
            if isFeature, influence > 0, influence >= least {
                total.covered.append(occurrences[Int(occurrence)].graph)
                total.held += influence
            }
            if hasDirect {
                total.directSupport += 1
                total.direct += direct
                total.directSquare += direct * direct
                if direct > 0 { total.positive += 1 }
                if direct < 0 { total.negative += 1 }
            }
        }
        return total
    }
}
