import Circuits
import GRDB

/// Adds up, for each token, what each feature, error and token does to its lead over all prompts that it is the answer of:
/// signed effects on the gap to its strongest rival, by the underlying model's derivative.
///
/// Rivals differ between prompts, so that the mean tells what puts the token ahead of whatever comes next, not of one other
/// token. Logits less their mean have one meaning everywhere, and their derivative is a poor guide to what silencing does;
/// `Benchmarks drivers` measures both. A node's positions are taken together. Only graphs with effects take part. A feature
/// covers a prompt where it holds at least ``LogitCover/leastShare`` of what speaks for the token there.
struct EffectDerivation {
    /// One prompt that a token is the answer of.
    private struct Occurrence {
        let token: Int
        /// `graphs.id`.
        let graph: Int
        /// Sum over features of what speaks for the token.
        var positive = 0.0
    }

    /// What one node does to one occurrence.
    private struct Entry {
        let value: Float
        let occurrence: UInt32
    }

    private struct Pair: Hashable {
        let token: Int
        let node: UInt32
    }

    func run(_ db: Database, graphs: CanonicalGraphs, to place: DerivedSums.Place) throws {
        var occurrences: [Occurrence] = []
        var pairs: [UInt64] = []
        var entries: [Entry] = []
        var known: [Int: Int] = [:]
        var silenced: [Pair: (sum: Double, prompts: Int)] = [:]
        try graphs.forEach(db) { graph in
            guard let effects = graph.effects else { return }
            for token in Set(graph.targets.map(\.token)) { known[token, default: 0] += 1 }
            let token = effects.answer
            var sums: [UInt32: Double] = [:]
            for (node, value) in effects.gap.enumerated() where value != 0 {
                if case .logit = graph.nodes[node].id { continue }
                sums[graph.denseKeys[node], default: 0] += Double(value)
            }
            // What was measured is told also where the derivative is 0.
            let measured = effects.measured.filter {
                if case .logit = graph.nodes[$0.node].id { false } else { true }
            }
            for measurement in measured { sums[graph.denseKeys[measurement.node], default: 0] += 0 }
            var occurrence = Occurrence(token: token, graph: graph.id)
            for (node, sum) in sums.sorted(by: { $0.key < $1.key }) {
                if sum > 0, graphs.keys[Int(node)].kind == .feature { occurrence.positive += sum }
                pairs.append(UInt64(token) << 32 | UInt64(node))
                entries.append(Entry(value: Float(sum), occurrence: UInt32(occurrences.count)))
            }
            occurrences.append(occurrence)
            for (node, sum) in Dictionary(
                measured.map { (graph.denseKeys[$0.node], Double($0.gap)) }, uniquingKeysWith: +)
            {
                let pair = Pair(token: token, node: node)
                let before = silenced[pair] ?? (0, 0)
                silenced[pair] = (before.sum + sum, before.prompts + 1)
            }
        }
        var places = Array(0..<UInt32(pairs.count))
        RadixSort.sort(&pairs, moving: &places)
        try insertStatistics(occurrences, known: known, into: place, db)
        try insert(pairs, places, entries, occurrences, measured: silenced, keys: graphs.keys, into: place, db)
    }

    /// - Parameter known: in how many graphs with effects each token is a target
    private func insertStatistics(
        _ occurrences: [Occurrence], known: [Int: Int], into place: DerivedSums.Place, _ db: Database
    ) throws {
        let counts = Dictionary(occurrences.map { ($0.token, 1) }, uniquingKeysWith: +)
        if !occurrences.isEmpty {
            let total = try BulkInsertion(db, into: place("effect_prompts"), columns: ["id", "prompt_count"])
            for value in [1, occurrences.count] { total.bind(value) }
            try total.step()
        }
        let rows = try BulkInsertion(
            db, into: place("logit_effect_statistics"), columns: ["token", "known_prompts", "prompt_count"])
        for token in Set(counts.keys).union(known.keys).sorted() {
            rows.bind(token)
            rows.bind(known[token] ?? 0)
            rows.bind(counts[token] ?? 0)
            try rows.step()
        }
    }

    /// What is known of one (token, node).
    private struct Total {
        var prompts = 0
        var sum = 0.0
        var squares = 0.0
        var positive = 0
        var negative = 0
        /// The graphs of the prompts that it covers.
        var covered: [Int] = []
        /// What speaks for the token in these, added up.
        var held = 0.0
    }

    private func insert(
        _ pairs: [UInt64], _ places: [UInt32], _ entries: [Entry], _ occurrences: [Occurrence],
        measured: [Pair: (sum: Double, prompts: Int)], keys: [NodeKey], into place: DerivedSums.Place, _ db: Database
    ) throws {
        try insertTotals(pairs, places, entries, keys: keys, into: place, db)
        let rows = try BulkInsertion(
            db, into: place("logit_driver_effects"),
            columns: [
                "token", "node", "prompt_count", "covered_prompts", "effect_sum", "effect_square_sum",
                "positive_prompts", "negative_prompts", "measured_sum", "measured_prompts",
            ])
        let coverage = try CoverageInsertion(db, into: place, byEffect: true)
        var start = 0
        while start < pairs.count {
            let pair = pairs[start]
            let token = Int(pair >> 32)
            let node = UInt32(truncatingIfNeeded: pair)
            let isFeature = keys[Int(node)].kind == .feature
            var total = Total()
            while start < pairs.count, pairs[start] == pair {
                let entry = entries[Int(places[start])]
                let value = Double(entry.value)
                start += 1
                guard value != 0 else { continue }
                total.prompts += 1
                total.sum += value
                total.squares += value * value
                if value > 0 { total.positive += 1 } else { total.negative += 1 }
                let least = LogitCover.leastShare * occurrences[Int(entry.occurrence)].positive
                if isFeature, value > 0, value >= least {
                    total.held += value
                    total.covered.append(occurrences[Int(entry.occurrence)].graph)
                }
            }
            rows.bind(token)
            rows.bind(keys[Int(node)].rawValue)
            for value in [total.prompts, total.covered.count] { rows.bind(value) }
            for value in [total.sum, total.squares] { rows.bind(value) }
            for value in [total.positive, total.negative] { rows.bind(value) }
            let own = measured[Pair(token: token, node: node)] ?? (0, 0)
            rows.bind(own.sum)
            rows.bind(own.prompts)
            try rows.step()
            try coverage.insert(token: token, node: keys[Int(node)], held: total.held, graphs: total.covered)
        }
    }

    /// What each node does to all answers, so that one token can be told from the others.
    private func insertTotals(
        _ pairs: [UInt64], _ places: [UInt32], _ entries: [Entry], keys: [NodeKey], into place: DerivedSums.Place,
        _ db: Database
    ) throws {
        var totals = [Double?](repeating: nil, count: keys.count)
        for (pair, place) in zip(pairs, places) {
            let node = Int(UInt32(truncatingIfNeeded: pair))
            totals[node] = (totals[node] ?? 0) + Double(entries[Int(place)].value)
        }
        let rows = try BulkInsertion(db, into: place("effect_totals"), columns: ["node", "effect_sum"])
        for (key, total) in zip(keys, totals) {
            guard let total else { continue }
            rows.bind(key.rawValue)
            rows.bind(total)
            try rows.step()
        }
    }
}
