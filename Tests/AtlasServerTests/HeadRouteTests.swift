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
        for (query, expected) in [
            ("qk=1.0@1,3", "expected a key at or before the query"), ("qk=99.0@1,1", "expected a layer"),
            ("qk=nonsense", "expected layer.head@query,key"), ("qk=1.0@3,1&against=x", "expected a position or mean"),
        ] {
            do {
                _ = try service.answer(.get, "prompts/\(prompt)/attention?\(query)")
                Issue.record("\(query) was answered")
            } catch {
                #expect(error.status == 400 && "\(error)".contains(expected), "\(query): \(error)")
            }
        }
        #expect(throws: Problem.self) {
            try DemoService.reading().answer(.get, "prompts/\(prompt)/attention?qk=1.0@3,1")
        }
    }
}
