import AtlasExperiments
import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Testing

/// What heads do across prompts, against plain sums over the facts.
struct HeadQuestionTests {
    private let facts = RandomFacts.withHeads(RandomFacts.prompts(10))

    private func reader(_ facts: [PromptFacts]) throws -> AtlasReader {
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        return AtlasReader(test.atlas)
    }

    @Test func `a head's share, edges and pattern are plain sums over the graphs`() throws {
        let test = try TemporaryAtlas([facts])
        let report = try AtlasReader(test.atlas).heads()
        #expect(report.graphCount == 10 && report.lackingCount == 0 && report.heads.count == 12)
        let all = facts.compactMap { $0.graph?.heads }
        let total = all.reduce(0.0) { sum, heads in
            heads.loadings.reduce(heads.rests.reduce(sum) { $0 + Double($1) }) { $0 + Double($1.loading.magnitude) }
        }
        let queries = facts.reduce(0.0) { $0 + Double($1.tokens.count - 1) }
        for head in report.heads {
            let own = all.flatMap(\.loadings).filter { $0.layer == head.layer && $0.head == head.head }
            #expect(head.edgeCount == own.count)
            let share = own.reduce(0.0) { $0 + Double($1.loading.magnitude) } / total
            #expect(abs(head.share - share) < 0.01 * share)
            let first = facts.reduce(0.0) { sum, facts in
                let pattern = facts.graph?.heads?.patterns[head.layer * 4 + head.head].first ?? 0
                return sum + Double(facts.tokens.count - 1) * Double(pattern)
            }
            #expect(abs(head.first - first / queries) < 0.01)
            #expect(abs(head.distance - Double(head.layer * 4 + head.head)) < 0.1)
        }
    }

    @Test func `the heads that carry a feature are those of its outgoing edges`() throws {
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        var sums: [FeatureID: [Int: Double]] = [:]
        for graph in facts.compactMap(\.graph) {
            guard let heads = graph.heads else { continue }
            for (place, edge) in graph.edges.enumerated() {
                guard case .feature(let layer, _, let index) = graph.nodes[edge.source].id else { continue }
                var own = sums[FeatureID(layer: layer, index: index)] ?? [:]
                for entry in heads[place] {
                    own[entry.layer * 4 + entry.head, default: 0] += Double(entry.loading.magnitude)
                }
                sums[FeatureID(layer: layer, index: index)] = own
            }
        }
        #expect(sums.count > 5)
        for (feature, own) in sums.sorted(by: { $0.key < $1.key }).prefix(6) {
            let report = try reader.heads(carrying: feature)
            #expect(Set(report.heads.map { $0.layer * 4 + $0.head }) == Set(own.keys))
            #expect(report.heads.allSatisfy { $0.promptCount <= $0.edgeCount && $0.edgeCount <= report.edgeCount })
            #expect(report.heads.map(\.share) == report.heads.map(\.share).sorted(by: >))
            let first = try #require(report.heads.first)
            let largest = try #require(own.values.max())
            #expect(abs((own[first.layer * 4 + first.head] ?? 0) - largest) < 0.02 * largest)
        }
    }

    @Test func `a feature without outgoing edges has no heads and no share of them`() throws {
        let facts = [self.facts[0]]
        let test = try TemporaryAtlas([facts])
        var sources = Set<FeatureID>()
        for graph in facts.compactMap(\.graph) {
            for edge in graph.edges {
                guard case .feature(let layer, _, let index) = graph.nodes[edge.source].id else { continue }
                sources.insert(FeatureID(layer: layer, index: index))
            }
        }
        let identity = test.atlas.identity
        let other = try #require(
            (0..<identity.layerCount).lazy.flatMap { layer in
                (0..<identity.featuresPerLayer).lazy.map { FeatureID(layer: layer, index: $0) }
            }
            .first { identity.contains($0) && !sources.contains($0) })
        let report = try AtlasReader(test.atlas).heads(carrying: other)
        #expect(report.edgeCount == 0 && report.heads.isEmpty && report.ownPositionShare == 0)
    }

    @Test func `before heads are tested an answer is ahead by what the model says`() throws {
        let texas = try TexasAtlas()
        var options = HeadValidationOptions()
        options.promptLimit = 4
        let head = HeadID(layer: 1, head: 3)
        let report = try texas.reader.validateHeads([head], attributor: texas.attributor, options: options)
        #expect(!report.trials.isEmpty)
        // Prompts that the model answers right: its answer is the likeliest token, ahead of the second.
        let model = texas.attributor.model
        for trial in report.trials {
            let tokens = model.tokenizer.encodePrompt(trial.text)
            let logits = model.logits(try model.run(tokens), position: tokens.count - 1).sorted(by: >)
            #expect(abs(trial.before.gap - Double(logits[0] - logits[1])) < 1e-4)
        }
    }

    @Test func `pairs of a head are summed over its scores, with the largest of either sign as examples`() throws {
        let texas = try TexasAtlas(options: IndexingOptions(heads: true))
        let report = try texas.reader.pairs(
            layer: 1, head: 3, attributor: texas.attributor, prompts: 6, limit: 1000)
        #expect(report.layer == 1 && report.head == 3 && report.scoreCount == 6 && report.pairs.count > 50)
        var last = Double.infinity
        for pair in report.pairs {
            let contributions = pair.examples.map(\.contribution)
            let sizes = contributions.map(\.magnitude)
            #expect(sizes.count == min(3, pair.count) && sizes == sizes.sorted(by: >))
            #expect(Set(pair.examples.map(\.prompt)).count == sizes.count)
            guard pair.count <= 3 else { continue }
            // All of its scores are examples.
            let mean = contributions.reduce(0, +) / Double(pair.count)
            let variance = contributions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pair.count)
            #expect(agree(pair.mean, mean) && agree(pair.spread, variance.squareRoot()))
            let size = sizes.reduce(0, +)
            #expect(size <= last * (1 + 1e-9))
            last = size
        }
        #expect(report.pairs.contains { $0.examples.count { $0.contribution < 0 } > 1 })
    }

    @Test func `what a head carries is named with its strongest edges`() throws {
        let reader = try reader(facts)
        let report = try reader.head(layer: 1, head: 2, limit: 5)
        #expect(report.head.layer == 1 && report.head.head == 2 && report.graphCount == 10)
        #expect(report.carried.count == 5 && !report.served.isEmpty && report.examples.count == 5)
        let loadings = report.examples.map(\.loading.magnitude)
        #expect(loadings == loadings.sorted(by: >))
        #expect(report.carried.allSatisfy { 0...1 ~= $0.share && 0...1 ~= $0.shareOfFeature })
        #expect(try reader.heads().heads[6] == report.head)
    }

    @Test func `an atlas without heads says so, and a head that there is not is refused`() throws {
        let without = try TemporaryAtlas([RandomFacts.prompts(2)])
        #expect(throws: QuestionError.noHeads) { try AtlasReader(without.atlas).heads() }
        #expect("\(QuestionError.noHeads)".contains("not computed"))
        let test = try TemporaryAtlas([facts])
        #expect(throws: QuestionError.unknownHead(layer: 3, head: 0, layerCount: 3, headCount: 4)) {
            try AtlasReader(test.atlas).head(layer: 3, head: 0)
        }
    }
}
