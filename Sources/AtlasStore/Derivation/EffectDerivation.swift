import Circuits
import GRDB

/// Adds up, for each token, what each feature, error and token does to its lead over all prompts that it is the answer of:
/// signed effects on the gap to its strongest rival, by the underlying model's derivative.
///
/// Rivals differ between prompts, so that the mean tells what puts the token ahead of whatever comes next, not of one other
/// token. Logits less their mean have one meaning everywhere, and their derivative is a poor guide to what silencing does;
/// `Benchmarks drivers` measures both. A node's positions are taken together. Only graphs with effects take part; a token
/// all of whose graphs have them gets its covering set by them: a feature covers a prompt where it holds at least
/// ``LogitCover/leastShare`` of what speaks for the token there.
struct EffectDerivation {
    /// One prompt that a token is the answer of.
    private struct Occurrence {
        let token: Int
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

    func run(_ db: Database, graphs: CanonicalGraphs) throws {
        var occurrences: [Occurrence] = []
        var pairs: [UInt64] = []
        var entries: [Entry] = []
        var known: [Int: Int] = [:]
        var measured: [Pair: (sum: Double, prompts: Int)] = [:]
        try graphs.forEach(db) { graph in
            guard let effects = graph.effects else { return }
            for token in Set(graph.targets.map(\.token)) { known[token, default: 0] += 1 }
            let token = effects.answer
            var sums: [UInt32: Double] = [:]
            for (node, value) in effects.gap.enumerated() where value != 0 {
                if case .logit = graph.nodes[node].id { continue }
                sums[graph.denseKeys[node], default: 0] += Double(value)
            }
            var occurrence = Occurrence(token: token)
            for (node, sum) in sums.sorted(by: { $0.key < $1.key }) {
                if sum > 0, graphs.keys[Int(node)].kind == .feature { occurrence.positive += sum }
                pairs.append(UInt64(token) << 32 | UInt64(node))
                entries.append(Entry(value: Float(sum), occurrence: UInt32(occurrences.count)))
            }
            occurrences.append(occurrence)
            for (node, sum) in Dictionary(
                effects.measured.map { (graph.denseKeys[$0.node], Double($0.gap)) }, uniquingKeysWith: +)
            {
                let pair = Pair(token: token, node: node)
                let before = measured[pair] ?? (0, 0)
                measured[pair] = (before.sum + sum, before.prompts + 1)
            }
        }
        var places = Array(0..<UInt32(pairs.count))
        RadixSort.sort(&pairs, moving: &places)
        let byToken = try insertStatistics(occurrences, known: known, into: db)
        try insert(
            pairs, places, entries, occurrences, measured: measured, occurrencesOf: byToken, keys: graphs.keys, into: db
        )
        // What has an effect is told, even where no path of a graph gives it influence.
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO logit_drivers (token, node, prompt_count, covered_prompts, influence_sum,
                    direct_sum, direct_square_sum, direct_support, positive_prompts, negative_prompts)
                SELECT e.token, e.node, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0
                FROM logit_driver_effects e JOIN logit_statistics s ON s.token = e.token
                """)
        try db.execute(
            sql: """
                INSERT INTO effect_derivation (id, effect_count, measured_count)
                SELECT 1, (SELECT count(*) FROM node_effects), (SELECT count(*) FROM measured_effects)
                """)
    }

    /// - Parameter known: in how many graphs with effects each token is a target
    /// - Returns: how many occurrences each token has
    private func insertStatistics(
        _ occurrences: [Occurrence], known: [Int: Int], into db: Database
    ) throws -> [Int: Int] {
        let counts = Dictionary(occurrences.map { ($0.token, 1) }, uniquingKeysWith: +)
        let rows = try BulkInsertion(
            db, into: "logit_effect_statistics", columns: ["token", "known_prompts", "prompt_count"])
        for token in Set(counts.keys).union(known.keys).sorted() {
            rows.bind(token)
            rows.bind(known[token] ?? 0)
            rows.bind(counts[token] ?? 0)
            try rows.step()
        }
        return counts
    }

    /// What is known of one (token, node).
    private struct Total {
        var prompts = 0
        var sum = 0.0
        var squares = 0.0
        var positive = 0
        var negative = 0
        /// What speaks for the token, added up.
        var speaking = 0.0
        var covered: [UInt32] = []
    }

    private func insert(
        _ pairs: [UInt64], _ places: [UInt32], _ entries: [Entry], _ occurrences: [Occurrence],
        measured: [Pair: (sum: Double, prompts: Int)], occurrencesOf: [Int: Int], keys: [NodeKey], into db: Database
    ) throws {
        // What each node does to all answers, so that one token can be told from the others.
        var overall = [Double](repeating: 0, count: keys.count)
        for (pair, place) in zip(pairs, places) {
            overall[Int(UInt32(truncatingIfNeeded: pair))] += Double(entries[Int(place)].value)
        }
        let rows = try BulkInsertion(
            db, into: "logit_driver_effects",
            columns: [
                "token", "node", "prompt_count", "covered_prompts", "effect_sum", "effect_square_sum",
                "positive_prompts", "negative_prompts", "other_sum", "other_prompts", "measured_sum",
                "measured_prompts",
            ])
        let whole = try Set(
            Int.fetchAll(
                db,
                sql: """
                    SELECT s.token FROM logit_statistics s
                    JOIN logit_effect_statistics e ON e.token = s.token AND e.known_prompts = s.prompt_count
                    """))
        var candidates: [LogitCover.Candidate] = []
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
                total.prompts += 1
                total.sum += value
                total.squares += value * value
                if value > 0 { total.positive += 1 } else { total.negative += 1 }
                let least = LogitCover.leastShare * occurrences[Int(entry.occurrence)].positive
                if isFeature, value > 0, value >= least {
                    total.speaking += value
                    total.covered.append(entry.occurrence)
                }
                start += 1
            }
            rows.bind(token)
            rows.bind(keys[Int(node)].rawValue)
            for value in [total.prompts, total.covered.count] { rows.bind(value) }
            for value in [total.sum, total.squares] { rows.bind(value) }
            for value in [total.positive, total.negative] { rows.bind(value) }
            rows.bind(overall[Int(node)] - total.sum)
            rows.bind(occurrences.count - occurrencesOf[token]!)
            let own = measured[Pair(token: token, node: node)] ?? (0, 0)
            rows.bind(own.sum)
            rows.bind(own.prompts)
            try rows.step()
            if !total.covered.isEmpty {
                candidates.append(.init(node: node, influence: total.speaking, prompts: total.covered))
            }
            guard start == pairs.count || Int(pairs[start] >> 32) != token else { continue }
            if whole.contains(token) { try replaceCover(of: token, candidates, keys: keys, in: db) }
            candidates.removeAll(keepingCapacity: true)
        }
    }

    /// Puts the set that covers by effects in the place of the one that covers by influence.
    private func replaceCover(
        of token: Int, _ candidates: [LogitCover.Candidate], keys: [NodeKey], in db: Database
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM logit_cover WHERE token = ?").execute(arguments: [token])
        let row = try db.cachedStatement(
            sql: "INSERT INTO logit_cover (token, rank, node, newly_covered, covered) VALUES (?, ?, ?, ?, ?)")
        for (place, choice) in LogitCover.choose(candidates).enumerated() {
            try row.execute(arguments: [
                token, place + 1, keys[Int(choice.node)].rawValue, choice.newlyCovered, choice.covered,
            ])
        }
    }
}
