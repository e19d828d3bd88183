import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// How generic or specific the features of a graph are, against counting plainly.
struct GraphFeaturesTests {
    private let fixture: QueryFixture
    private var reader: AtlasReader { fixture.reader }

    init() throws { fixture = try QueryFixture(count: 40) }

    @Test func `shares are those of prompts counted one by one`() throws {
        let facts = fixture.facts
        var compared = 0
        for (place, prompt) in facts.enumerated() {
            guard let graph = prompt.graph, let id = try? reader.promptID(prompt.text) else { continue }
            let report = try reader.graphFeatures(ofPrompt: id)
            let shown = try reader.graphReport(ofPrompt: id)
            #expect(Set(report.features.map(\.feature)) == Set(shown.nodes.compactMap(\.feature)), "\(place)")
            #expect(report.promptCount == facts.count)
            guard let target = graph.targets.max(by: { $0.probability < $1.probability }), target.custom == nil else {
                #expect(report.answer == nil)
                continue
            }
            let alike = facts.filter { $0.predictedToken == target.token }
            #expect(report.answer?.promptCount == alike.count && report.answer?.readPrompts == alike.count)
            for row in report.features {
                func fires(_ facts: PromptFacts) -> Bool { facts.activations.contains { $0.feature == row.feature } }
                let share = Double(facts.count(where: fires)) / Double(facts.count)
                #expect(abs(row.promptShare - share) < 1e-12)
                let answers = alike.isEmpty ? nil : Double(alike.count(where: fires)) / Double(alike.count)
                #expect(row.answerShare == answers)
                if let answers, share > 0 { #expect(abs((row.specificity ?? 0) - answers / share) < 1e-9) }
                compared += 1
            }
        }
        #expect(compared > 50)
    }

    @Test func `densities are those of the features' own reports`() throws {
        let id = try #require(
            try fixture.facts.compactMap { $0.graph == nil ? nil : try reader.promptID($0.text) }.first)
        for row in try reader.graphFeatures(ofPrompt: id).features {
            let report = try reader.feature(row.feature)
            #expect(abs(row.density - Double(report.activeTokens) / Double(report.countedTokens)) < 1e-12)
        }
    }
}
