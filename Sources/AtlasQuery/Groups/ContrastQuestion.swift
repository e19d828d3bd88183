import AtlasStore
import Circuits
import GRDB
import Texts

/// What tells the members of pairs of prompts apart.
extension AtlasReader {
    static let valuesOfTag = "SELECT prompt_id, value FROM tags WHERE name = ? ORDER BY prompt_id, value"

    /// Compares pairs of prompts, one from each group, that have the same value of a tag.
    ///
    /// A value that several prompts of one group have makes no pair.
    ///
    /// - Parameters:
    ///   - first: the group of first members
    ///   - second: the group of second members
    ///   - tag: the tag that pairs them
    ///   - limit: how many features are told
    public func contrast(
        _ first: PromptFilter, _ second: PromptFilter, pairedBy tag: String, limit: Int = 20
    ) throws -> ContrastReport {
        try ask("comparing pairs of prompts") { db in
            try requireTagName(tag, db)
            let groups = [
                try prompts(where: first, needGraphs: false, db), try prompts(where: second, needGraphs: false, db),
            ]
            var values: [Int: [ExactText]] = [:]
            for row in try StoredRow.fetchAll(db, sql: Self.valuesOfTag, arguments: [tag]) {
                try values[row["prompt_id"], default: []].append(ExactText(row["value"] as String))
            }
            let byValue = groups.map { ids in
                var holders: [ExactText: [Int]] = [:]
                for id in ids { for value in values[id] ?? [] { holders[value, default: []].append(id) } }
                return holders
            }
            let common = byValue[0].keys.filter { byValue[1][$0] != nil }
            let clear = common.filter { byValue[0][$0]!.count == 1 && byValue[1][$0]!.count == 1 }
            let places = Dictionary(uniqueKeysWithValues: groups[0].enumerated().map { ($1, $0) })
            let pairs = clear.map { PromptPair(first: byValue[0][$0]![0], second: byValue[1][$0]![0]) }
                .filter { $0.first != $0.second }.sorted { places[$0.first]! < places[$1.first]! }
            guard !pairs.isEmpty else {
                throw QuestionError.noPairs(
                    reason: "no value of the tag \(tag.debugDescription) belongs to exactly one prompt of each group "
                        + "(\(common.count) values are in both)")
            }
            let paired = Set(pairs.flatMap { [$0.first, $0.second] })
            return try contrast(
                pairs, first: "\(first)", second: "\(second)", pairedBy: tag,
                unpaired: Set(groups.joined()).subtracting(paired).count, ambiguous: common.count - clear.count,
                limit: limit, db)
        }
    }

    /// Compares pairs of prompts that are given by their ids; see ``promptID(_:)``.
    public func contrast(_ pairs: [PromptPair], limit: Int = 20) throws -> ContrastReport {
        try ask("comparing pairs of prompts") { db in
            guard !pairs.isEmpty else { throw QuestionError.noPairs(reason: "none was given") }
            for pair in pairs {
                _ = try requirePrompt(pair.first, db)
                _ = try requirePrompt(pair.second, db)
            }
            let order = Dictionary(
                uniqueKeysWithValues: try prompts(where: .all, needGraphs: false, db).enumerated().map { ($1, $0) })
            let sorted = Set(pairs).sorted {
                (order[$0.first]!, order[$0.second]!) < (order[$1.first]!, order[$1.second]!)
            }
            return try contrast(
                sorted, first: "first of each pair", second: "second of each pair", pairedBy: nil, unpaired: 0,
                ambiguous: 0, limit: limit, db)
        }
    }

    private func contrast(
        _ pairs: [PromptPair], first: String, second: String, pairedBy tag: String?, unpaired: Int, ambiguous: Int,
        limit: Int, _ db: Database
    ) throws -> ContrastReport {
        try requireAllActivations(for: "what tells pairs apart", db)
        let incidence = try featureMaxima(of: pairs.map(\.first) + pairs.map(\.second), db).sorted()
        struct Count {
            var feature: FeatureID
            var onlyFirst: [Int] = []
            var onlySecond: [Int] = []
            var both = 0
        }
        let counts = incidence.keys.indices.map { place in
            let members = Set(incidence[place].map { Int($0.prompt) })
            var count = Count(feature: incidence.keys[place])
            for pair in Set(members.map { $0 % pairs.count }).sorted() {
                switch (members.contains(pair), members.contains(pair + pairs.count)) {
                case (true, true): count.both += 1
                case (true, false): count.onlyFirst.append(pair)
                default: count.onlySecond.append(pair)
                }
            }
            return count
        }.filter { !$0.onlyFirst.isEmpty || !$0.onlySecond.isEmpty }
        let pValues = counts.map { SignTest.pValue($0.onlyFirst.count, $0.onlySecond.count) }
        let qValues = FalseDiscovery.qValues(pValues)
        let order = counts.indices.sorted {
            func excess(_ count: Count) -> Int { abs(count.onlyFirst.count - count.onlySecond.count) }
            return (qValues[$0], -excess(counts[$0]), counts[$0].feature)
                < (qValues[$1], -excess(counts[$1]), counts[$1].feature)
        }
        return ContrastReport(
            first: first, second: second, pairedBy: tag, pairCount: pairs.count, unpairedPrompts: unpaired,
            ambiguousValues: ambiguous, testedFeatures: counts.count,
            significantFeatures: qValues.count { $0 <= 0.05 },
            features: try order.prefix(limit).map { place in
                let count = counts[place]
                let label = try shownLabel(of: count.feature, db)
                return ContrastReport.Row(
                    feature: count.feature, label: label.label, labelIsAutomatic: label.isAutomatic,
                    onlyFirst: count.onlyFirst.count, onlySecond: count.onlySecond.count, both: count.both,
                    neither: pairs.count - count.onlyFirst.count - count.onlySecond.count - count.both,
                    pValue: pValues[place], qValue: qValues[place],
                    examples: (count.onlyFirst + count.onlySecond).sorted().prefix(3).map { pairs[$0] })
            })
    }

    /// Throws unless some prompt has a tag of this name.
    func requireTagName(_ name: String, _ db: Database) throws {
        let names = try String.fetchAll(db, sql: Self.tagNames)
        guard names.containsExactly(name) else {
            let nearest = NearestNames.of(name, among: names)
            throw QuestionError.unknownTag(
                name: name, value: nil, nearest: nearest.isEmpty ? Array(names.prefix(NearestNames.count)) : nearest)
        }
    }
}
