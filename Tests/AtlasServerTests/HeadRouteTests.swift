import AtlasExperiments
import AtlasQuery
import Attribution
import Testing

@testable import AtlasInterface

/// Questions about heads over HTTP.
@Suite struct HeadRouteTests {
    @Test func `heads, one head and a feature's heads are told, and agree`() throws {
        let service = try DemoService.reading()
        let heads: HeadsReport = try service.value("heads")
        #expect(heads.heads.count == heads.layerCount * heads.headCount && heads.lackingCount == 0)
        #expect(heads.heads.allSatisfy { 0...1.01 ~= $0.first && 0...1 ~= $0.share })
        let largest = try #require(heads.heads.max { $0.share < $1.share })
        let head: HeadReport = try service.value("heads/\(largest.layer)/\(largest.head)?limit=5")
        #expect(head.head == largest && head.carried.count <= 5)
        let carried = try #require(head.carried.first)
        let feature: FeatureHeadsReport = try service.value("features/\(carried.feature)/heads")
        #expect(feature.heads.contains { $0.layer == largest.layer && $0.head == largest.head })
    }

    @Test func `why a head looks is told with a model, and what is not there is refused in one line`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        let report: AttentionReport = try service.value("prompts/\(prompt)/attention?qk=1.0@3,1&pairs=7")
        #expect(report.pairs.count == 7 && report.largestViolation < 1e-5 && report.key.position == 1)
        let pairs: HeadPairsReport = try service.value("heads/1/0/pairs?prompts=6&limit=8")
        #expect(pairs.scoreCount == 6 && pairs.pairs.count == 8)
        #expect(pairs.pairs.allSatisfy { 1...6 ~= $0.count && !$0.examples.isEmpty && $0.spread >= 0 })
        for (query, status, expected) in [
            ("qk=1.0@1,3", 422, "expected a key at or before the query"), ("qk=99.0@1,1", 422, "expected a layer"),
            ("qk=nonsense", 400, "expected layer.head@query,key"),
            ("qk=1.0@3,1&against=x", 400, "expected a position or mean"),
        ] {
            do {
                _ = try service.answer(.get, "prompts/\(prompt)/attention?\(query)")
                Issue.record("\(query) was answered")
            } catch {
                #expect(error.status == status && "\(error)".contains(expected), "\(query): \(error)")
            }
        }
        #expect(throws: Problem.self) {
            try DemoService.reading().answer(.get, "prompts/\(prompt)/attention?qk=1.0@3,1")
        }
    }

    @Test func `the heads of a graph's links are told of the links that the graph's answer tells`() throws {
        let service = try DemoService.reading()
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        for view in ["", "?nodes=0.6&edges=0.9", "?limit=20&edgeLimit=30"] {
            let graph: GraphReport = try service.value("prompts/\(prompt)/graph\(view)")
            let heads: GraphHeadsReport = try service.value("prompts/\(prompt)/graph/heads\(view)")
            #expect(heads.isComputed && heads.nodes == graph.nodes.map(\.id))
            #expect(heads.edges.map { [$0.source, $0.target] } == graph.edges.map { [$0.source, $0.target] })
            let all = heads.edges.reduce(0) { sum, edge in
                sum + Double(edge.rest) + edge.loadings.reduce(0) { $0 + Double($1.magnitude) }
            }
            for (place, head) in heads.heads.enumerated() {
                let own = heads.edges.compactMap { edge in
                    edge.heads.firstIndex(of: place).map { Double(edge.loadings[$0].magnitude) }
                }
                #expect(own.count == head.edgeCount && abs(own.reduce(0, +) / all - head.share) < 1e-5)
            }
        }
    }

    @Test func `a link between positions goes through heads, and a node's links tell the same heads as the graph's`()
        throws
    {
        let service = try DemoService.reading()
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        let graph: GraphReport = try service.value("prompts/\(prompt)/graph")
        let heads: GraphHeadsReport = try service.value("prompts/\(prompt)/graph/heads")
        var between = 0
        for edge in heads.edges where graph.nodes[edge.source].position != graph.nodes[edge.target].position {
            between += 1
            #expect(!edge.heads.isEmpty)
        }
        #expect(between > 10)
        let logit = try #require(graph.nodes.lastIndex { $0.kind == "logit" })
        let node: GraphNodeReport = try service.value(
            "prompts/\(prompt)/graph/nodes/\(graph.nodes[logit].id)?limit=200")
        let own = Dictionary(uniqueKeysWithValues: node.inputs.map { ($0.node.id, $0) })
        for edge in heads.edges where edge.target == logit {
            let link = try #require(own[heads.nodes[edge.source]])
            #expect(
                link.heads?.map { [$0.layer, $0.head] }
                    == edge.heads.map { [heads.heads[$0].layer, heads.heads[$0].head] })
            #expect(link.heads?.map { Float($0.loading) } == edge.loadings && link.rest.map(Float.init) == edge.rest)
        }
    }

    @Test func `a head's pattern sums to one where everything is told, and leaves out what is small`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        let whole: PatternReport = try service.value("prompts/\(prompt)/patterns/1/3?least=0")
        for (query, row) in whole.queries.enumerated() {
            #expect(row.keys == Array(0...query) && abs(row.weights.reduce(0, +) - 1) < 1e-5)
        }
        let usual: PatternReport = try service.value("prompts/\(prompt)/patterns/1/3")
        for (all, row) in zip(whole.queries, usual.queries) {
            #expect(row.keys == all.keys.filter { all.weights[$0] >= 0.01 })
        }
        let place = try #require(usual.queries.last?.keys.last)
        let reason: AttentionReport = try service.value(
            "prompts/\(prompt)/attention?qk=1.3@\(usual.tokens.count - 1),\(place)")
        #expect(abs(Float(reason.weight) - (usual.queries.last?.weights.last ?? 0)) < 1e-6)
    }

    @Test func `a pattern needs a model, and a head and a prompt that are there`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        for (path, expected) in [
            ("prompts/\(prompt)/patterns/9/0", "9.0"), ("prompts/\(prompt)/patterns/1/4", "1.4"),
            ("prompts/999999/patterns/1/0", "999999"),
        ] {
            do {
                _ = try service.answer(.get, path)
                Issue.record("\(path) was answered")
            } catch {
                #expect(error.status == 404 && error.detail.contains(expected), "\(path): \(error)")
            }
        }
        let reading = try DemoService.reading()
        do {
            _ = try reading.answer(.get, "prompts/\(prompt)/patterns/1/0")
            Issue.record("a pattern without a model")
        } catch {
            #expect(error.status == 409 && error.detail.contains("where a head looks"))
        }
    }
}
