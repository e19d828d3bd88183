import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Feature statistics, examples and postings against the plain way.
struct FeatureDerivationTests {
    private let facts = RandomFacts.prompts(60)
    private let oracle: PlainOracle
    private let test: TemporaryAtlas

    init() throws {
        oracle = PlainOracle(facts)
        test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
    }

    private func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try test.atlas.read("testing") { db in try Row.fetchAll(db, sql: sql, arguments: arguments) }
    }

    @Test func `every feature that fired has exact statistics`() throws {
        let found = try rows("SELECT * FROM feature_statistics ORDER BY layer, feature_index")
        #expect(found.map { FeatureID(layer: $0["layer"], index: $0["feature_index"]) } == oracle.features)
        for row in found {
            let active = oracle.activations(of: FeatureID(layer: row["layer"], index: row["feature_index"]))
            let values = active.flatMap { $0.map { Double($0.value) } }
            #expect(row["active_tokens"] == values.count)
            #expect(row["active_prompts"] == active.count { !$0.isEmpty })
            #expect(row["maximum"] == values.max()!)
            #expect(row["activation_sum"] == values.reduce(0, +))
            #expect(row["activation_square_sum"] == values.map { $0 * $0 }.reduce(0, +))
        }
    }

    @Test func `a histogram counts every activation in its bin`() throws {
        for row in try rows("SELECT * FROM feature_statistics") {
            let active = oracle.activations(of: FeatureID(layer: row["layer"], index: row["feature_index"]))
            let maximum: Double = row["maximum"]
            let histogram = try HistogramBlock.decode(row["histogram"])
            let counts = (0..<50).map { bin in
                active.joined().count {
                    let place = Double($0.value) / maximum * 50
                    return Double(bin) < place && place <= Double(bin + 1)
                }
            }
            #expect(histogram == counts)
        }
    }

    @Test func `top examples are the strongest prompts, each once, ties by content hash`() throws {
        for feature in oracle.features {
            let strongest = oracle.activations(of: feature).enumerated().compactMap { ordinal, entries in
                entries.max { ($0.value, $1.position) < ($1.value, $0.position) }
                    .map { (ordinal: ordinal, position: $0.position, value: $0.value) }
            }.sorted { ($1.value, $0.ordinal) < ($0.value, $1.ordinal) }.prefix(20)
            let found = try rows(
                """
                SELECT p.text, e.position, e.activation FROM feature_examples e JOIN prompts p ON p.id = e.prompt_id
                WHERE layer = ? AND feature_index = ? AND band = 0 ORDER BY rank
                """, [feature.layer, feature.index])
            #expect(found.map { $0["text"] as String } == strongest.map { oracle.prompts[$0.ordinal].text })
            #expect(found.map { $0["position"] as Int } == strongest.map(\.position))
            #expect(found.map { $0["activation"] as Double } == strongest.map { Double($0.value) })
        }
    }

    @Test func `an interval counts the prompts whose strongest activation lies in it`() throws {
        for feature in oracle.features {
            let maxima = oracle.activations(of: feature).compactMap { $0.map { Double($0.value) }.max() }
            for band in 1...5 {
                let lower = Double(band - 1) / 5
                let count = maxima.count {
                    let share = $0 / maxima.max()!
                    return lower < share && share * 5 <= Double(band)
                }
                let found = try rows(
                    "SELECT prompt_count FROM feature_bands WHERE layer = ? AND feature_index = ? AND band = ?",
                    [feature.layer, feature.index, band])
                #expect(found.first?["prompt_count"] ?? 0 == count)
                let samples = try rows(
                    "SELECT DISTINCT prompt_id FROM feature_examples WHERE layer = ? AND feature_index = ? AND band = ?",
                    [feature.layer, feature.index, band])
                #expect(samples.count == min(5, count))
            }
        }
    }

    @Test func `a sample is the prompts with the smallest seeded hashes`() throws {
        let feature = oracle.features[0]
        let maxima = oracle.activations(of: feature).map { $0.map(\.value).max() ?? 0 }
        let members = maxima.indices.filter {
            maxima[$0] > 0 && HistogramBlock.bin(of: maxima[$0], maximum: maxima.max()!, binCount: 5) == 4
        }
        let expected = members.map { ordinal in
            let text = oracle.prompts[ordinal].text
            return (ExampleChoice.hash(feature: NodeKey(feature), content: ContentHash(of: text).prefix), text)
        }.sorted { $0.0 < $1.0 }.prefix(5).map(\.1)
        let found = try rows(
            """
            SELECT p.text FROM feature_examples e JOIN prompts p ON p.id = e.prompt_id
            WHERE layer = ? AND feature_index = ? AND band = 5 ORDER BY rank
            """, [feature.layer, feature.index])
        #expect(found.map { $0["text"] as String } == expected)
    }

    @Test func `samples are uniform`() {
        // 200 features sample 5 of 100 prompts each: 1,000 draws, 10 expected a prompt, standard deviation 3.1.
        let prefixes = (0..<100).map { ContentHash(of: "text \($0)").prefix }
        let maxima = (0..<100).map { PromptExtreme(ordinal: $0, position: 0, activation: 1) }
        var drawn = [Int](repeating: 0, count: 100)
        for index in 0..<200 {
            let choice = ExampleChoice(
                maxima, size: 1, feature: NodeKey(FeatureID(layer: 0, index: index)), hashPrefixes: prefixes)
            for example in choice.bands[5] { drawn[example.ordinal] += 1 }
        }
        #expect(drawn.reduce(0, +) == 1000)
        #expect(drawn.allSatisfy { 10 - 5 * 3.1 < Double($0) && Double($0) < 10 + 5 * 3.1 })
    }

    @Test func `postings hold every activation once, sorted`() throws {
        var found: [Posting] = []
        for row in try rows("SELECT * FROM feature_postings ORDER BY block") {
            let postings = try PostingBlock.decode(row["entries"])
            #expect(row["first_feature"] == postings[0].feature && row["last_feature"] == postings.last!.feature)
            #expect(row["entry_count"] == postings.count)
            found += postings
        }
        var ids: [String: Int64] = [:]
        for row in try rows("SELECT id, text FROM prompts") { ids[row["text"]] = row["id"] }
        let expected = oracle.prompts.flatMap { facts in
            facts.activations.map {
                Posting(
                    feature: NodeKey($0.feature).rawValue, prompt: ids[facts.text]!, position: $0.position,
                    activation: $0.activation)
            }
        }.sorted { ($0.feature, $0.prompt, $0.position) < ($1.feature, $1.prompt, $1.position) }
        #expect(found == expected)
    }
}
