import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasExperiments
@testable import AtlasQuery
@testable import AtlasStore

/// A wrong question is answered with what there is instead, and a right one through an index.
struct WrongQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture(count: 8) }

    @Test func `an unknown token names those that differ in space, then in a letter`() throws {
        #expect(throws: QuestionError.unknownToken(text: "w3 ", nearest: ["w3", " w3"].sorted())) {
            try fixture.reader.token("w3 ")
        }
        #expect(
            NearestNames.of("Austin", among: ["Boston", " Austin", "austin", " Austen", "x"])
                == [" Austin", "austin", " Austen"])
        // Two changes are offered, whether letters are missing or too many, and three are not.
        #expect(NearestNames.of("austin", among: ["aust", "aus", "austinite", "austinia"]) == ["aust", "austinia"])
    }

    @Test func `a token of this text is found`() throws {
        #expect(try fixture.reader.token(" w3") == 13)
    }

    @Test func `an ambiguous token is named by its ids, unless one is explained`() throws {
        var identity = RandomFacts.identity
        identity.vocabulary[3] = "twin"
        identity.vocabulary[2] = "twin"
        identity.vocabulary[0] = "two"
        identity.vocabulary[1] = "two"
        let test = try TemporaryAtlas([RandomFacts.prompts(2)], identity: identity)
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try AtlasReader(test.atlas).token("twin") == 3)
        #expect(throws: QuestionError.ambiguousToken(text: "two", ids: [0, 1])) {
            try AtlasReader(test.atlas).token("two")
        }
    }

    @Test func `a token that was never explained names those that were`() throws {
        #expect(throws: QuestionError.neverExplained(text: "w2", nearest: [])) { try fixture.reader.drivers(of: 2) }
        #expect(throws: QuestionError.unknownTokenID(id: 20, vocabularySize: 20)) { try fixture.reader.drivers(of: 20) }
    }

    @Test func `a feature outside the set is told its bounds`() {
        let feature = FeatureID(layer: 3, index: 0)
        #expect(throws: QuestionError.unknownFeature(feature: feature, layerCount: 3, featuresPerLayer: 12)) {
            try fixture.reader.feature(feature)
        }
    }

    @Test func `a feature that never fired names the nearest that did`() throws {
        let active = [4, 8, 11].map { ActiveFeature(layer: 0, position: 1, index: $0, activation: 1) }
        var facts = RandomFacts.prompts(1, graphs: false)
        facts[0].activations = active
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        let feature = FeatureID(layer: 0, index: 9)
        let nearest = [8, 11, 4].map { FeatureID(layer: 0, index: $0) }
        #expect(throws: QuestionError.neverFired(feature: feature, nearest: nearest)) {
            try AtlasReader(test.atlas).upstream(of: feature)
        }
    }

    @Test func `an unknown prompt names external ids like it`() {
        let error = #expect(throws: QuestionError.self) { try fixture.reader.promptID("externol-7") }
        guard case .unknownPrompt(_, let nearest) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(nearest.first == "external-7")
    }

    @Test func `a question about derived numbers waits for the derivation`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(1)])
        #expect(throws: QuestionError.notDerived(path: test.path)) { try AtlasReader(test.atlas).drivers(of: 3) }
        #expect(throws: QuestionError.notDerived(path: test.path)) {
            try AtlasReader(test.atlas).feature(FeatureID(layer: 0, index: 0))
        }
    }

    @Test func `a prompt without a graph says so`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(1, graphs: false)])
        #expect(throws: QuestionError.notAttributed(prompt: 1)) { try AtlasReader(test.atlas).graph(ofPrompt: 1) }
        #expect(throws: QuestionError.self) { try AtlasReader(test.atlas).graph(ofPrompt: 2) }
    }

    @Test(arguments: [
        AtlasReader.tokensByText, AtlasReader.isExplained, AtlasReader.explainedToken, AtlasReader.featureDrivers,
        AtlasReader.featureDriversByEffect, AtlasReader.otherDriversByEffect, AtlasReader.otherDrivers,
        AtlasReader.coverOfToken, AtlasReader.raisingFeatures, AtlasReader.loweringFeatures,
        AtlasReader.upstreamEdges, AtlasReader.downstreamEdges, AtlasReader.featureSummary,
        AtlasReader.featureHistogram, AtlasReader.featureExamples, AtlasReader.featureBands,
        AtlasReader.negativeHistogram, AtlasReader.negativeExamples, AtlasReader.negativeBands,
        AtlasReader.featureEffects,
        AtlasReader.firedFeatures, AtlasReader.postingsOfFeature, AtlasReader.promptByID, AtlasReader.promptBlocks,
        AtlasReader.promptsByExternalID, AtlasReader.promptByHash, AtlasReader.labelOfFeature,
        StoredGraphReading.graphOfPrompt,
        StoredGraphReading.targetsOfGraph, AtlasReader.attributedPromptsOfToken, AtlasReader.storedEdgesOfPrompt,
        AtlasReader.statisticsOfFeature,
        AtlasReader.promotedOfFeature, AtlasReader.explainedAnswerOfPrompt, EdgeTotal.inputsOfNode,
        StoredGraphReading.targetsOfGraph, AtlasReader.activationsOfPrompt, AtlasReader.nodesOfPrompt,
        AtlasReader.valuesOfTag, AtlasReader.tagsOfPrompt, AtlasReader.textOfPrompt, AtlasReader.hashOfPrompt,
        AtlasReader.scoredPrompts, AtlasReader.tagsOfPrompts, AtlasReader.operandTags, AtlasReader.tokenCountOfPrompt,
        AtlasReader.namesOfPrompts, AtlasReader.promotersOfToken, AtlasReader.promotedByFeature,
        AtlasReader.explainedPromptsOfToken, AtlasReader.promptsOfToken, AtlasReader.logitListItem,
        AtlasReader.firedOfLayer,
    ])
    func `a question about one thing reads no table from end to end`(sql: String) throws {
        let plan = try fixture.test.atlas.read("explaining") { db in
            // The plan does not depend on the values, but every mark needs one.
            let marks = sql.count { $0 == "?" }
            return try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments([Int](repeating: 1, count: marks))
            ).map { $0["detail"] as String }
        }
        // The one row of the derivation, lists inside one prompt, and a list that was given are read from end to end.
        let small = ["SCAN d", "SCAN (subquery", "SCAN f", "SCAN CONSTANT ROW", "SCAN j VIRTUAL TABLE"]
        let scans = plan.filter { line in line.hasPrefix("SCAN") && !small.contains { line.hasPrefix($0) } }
        #expect(scans == [], "\(plan)")
        #expect(plan.contains { $0.hasPrefix("SEARCH") })
    }

    @Test(arguments: ["feature", "-feature"])
    func `the part of a list by its key begins in the middle of the key's index`(name: String) throws {
        let order = try #require(FeatureOrder(name)).keyset
        let behind = order.behind(.null, key: [1, 2])
        let plan = try fixture.test.atlas.read("explaining") { db in
            try Row.fetchAll(
                db,
                sql: "EXPLAIN QUERY PLAN SELECT s.layer, s.feature_index FROM feature_statistics s WHERE \(behind.sql) "
                    + "\(order.sql) LIMIT 50",
                arguments: StatementArguments(behind.arguments)
            ).map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH"), "\(plan)")
    }

    @Test func `the names of tokens are read in their index alone`() throws {
        let plan = try fixture.test.atlas.read("explaining") { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + AtlasReader.tokensLike, arguments: ["x", "x"]).map {
                $0["detail"] as String
            }
        }
        #expect(plan.allSatisfy { !$0.contains("TEMP") || $0.contains("ORDER BY") }, "\(plan)")
    }
}
