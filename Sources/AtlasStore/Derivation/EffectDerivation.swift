import Circuits
import GRDB

/// Adds up, for each explained token, what each feature, error and token does to it over all prompts: signed effects on its
/// log-odds, by the underlying model's derivative.
///
/// Log-odds, how far a token is ahead of all others together, are one question in every prompt; gaps are not, as rivals
/// differ. Logits less the mean are one too, but their derivative is no guide to what silencing does. A node's positions are taken
/// together, and a token's target positions too. Only graphs with effects take part; a token all of whose graphs have them
/// gets its covering set by them: a feature covers a prompt where it holds at least ``LogitCover/leastShare`` of what
/// speaks for the token there.
struct EffectDerivation {
    /// One prompt in which a token is a target, all its target positions together.
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
        var measured: [Pair: (sum: Double, prompts: Int)] = [:]
        try graphs.forEach(db) { graph in
            guard let effects = graph.effects else { return }
            var byToken: [(token: Int, targets: [Int])] = []
            for (ordinal, target) in graph.targets.enumerated() {
                if let place = byToken.firstIndex(where: { $0.token == target.token }) {
                    byToken[place].targets.append(ordinal)
                } else {
                    byToken.append((target.token, [ordinal]))
                }
            }
            for (token, targets) in byToken {
                var sums: [UInt32: Double] = [:]
                for target in targets {
                    for (node, value) in effects.targets[target].enumerated() where value != 0 {
                        if case .logit = graph.nodes[node].id { continue }
                        sums[graph.denseKeys[node], default: 0] += Double(value)
                    }
                }
                var occurrence = Occurrence(token: token)
                for (node, sum) in sums.sorted(by: { $0.key < $1.key }) {
                    if sum > 0, graphs.keys[Int(node)].kind == .feature { occurrence.positive += sum }
                    pairs.append(UInt64(token) << 32 | UInt64(node))
                    entries.append(Entry(value: Float(sum), occurrence: UInt32(occurrences.count)))
                }
                occurrences.append(occurrence)
                guard token == effects.answer else { continue }
                for (node, sum) in Dictionary(
                    effects.measured.map { (graph.denseKeys[$0.node], Double($0.odds)) }, uniquingKeysWith: +)
                {
                    let pair = Pair(token: token, node: node)
                    let before = measured[pair] ?? (0, 0)
                    measured[pair] = (before.sum + sum, before.prompts + 1)
                }
            }
        }
        var places = Array(0..<UInt32(pairs.count))
        RadixSort.sort(&pairs, moving: &places)
        let byToken = try insertStatistics(occurrences, into: db)
        try insert(
            pairs, places, entries, occurrences, measured: measured, occurrencesOf: byToken, keys: graphs.keys, into: db
        )
        // What has an effect is told, even where no path of a graph gives it influence.
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO logit_drivers (token, node, prompt_count, covered_prompts, influence_sum,
                    direct_sum, direct_square_sum, direct_support, positive_prompts, negative_prompts)
                SELECT token, node, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0 FROM logit_driver_effects
                """)
        try db.execute(
            sql: """
                INSERT INTO effect_derivation (id, effect_count, measured_count)
                SELECT 1, (SELECT count(*) FROM node_effects), (SELECT count(*) FROM measured_effects)
                """)
    }

    /// - Returns: how many occurrences each token has
    private func insertStatistics(_ occurrences: [Occurrence], into db: Database) throws -> [Int: Int] {
        let counts = Dictionary(occurrences.map { ($0.token, 1) }, uniquingKeysWith: +)
        let rows = try BulkInsertion(db, into: "logit_effect_statistics", columns: ["token", "prompt_count"])
        for (token, count) in counts.sorted(by: { $0.key < $1.key }) {
            rows.bind(token)
            rows.bind(count)
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
        // What each node does to all explained tokens, so that one token can be told from the others.
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
                    JOIN logit_effect_statistics e ON e.token = s.token AND e.prompt_count = s.prompt_count
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
