import Foundation
import Testing

@testable import Benchmarks

@Suite struct `measurements that are kept` {
    private let path = NSTemporaryDirectory() + "results-" + UUID().uuidString + ".json"

    private func kept() throws -> [String: KeptMeasurement] {
        try JSONDecoder().decode([String: KeptMeasurement].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func `one takes the place of that of its name and leaves all others as they are`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let one = try KeptMeasurement(rows: [["shards": 2, "seconds": 45.9, "what": "é / \"x\"", "nothing": .none]])
        let other = try KeptMeasurement(rows: [["seconds": 1.5]])
        try ResultsOptions.merge(one, as: "one", into: path)
        try ResultsOptions.merge(one, as: "other", into: path)
        try ResultsOptions.merge(other, as: "other", into: path)
        #expect(try kept() == ["one": one, "other": other])
    }

    @Test func `a file that holds something else is left as it is`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("[1]".utf8).write(to: URL(fileURLWithPath: path))
        let measured = try KeptMeasurement(rows: [])
        #expect(throws: (any Error).self) { try ResultsOptions.merge(measured, as: "one", into: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "[1]")
    }

    @Test func `it says where it comes from`() throws {
        let measured = try KeptMeasurement(rows: [])
        #expect(measured.date.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil)
        #expect(measured.machine.wholeMatch(of: /\d+ × .+/) != nil)
        #expect(!measured.commit.isEmpty)
    }

    @Test func `its command is told without the words that say where it is kept`() {
        let words = ["joining", "/tmp/a b", "--results", "r.json", "--prompts", "10", "--result-name=x y"]
        #expect(KeptMeasurement.words(words) == "joining \"/tmp/a b\" --prompts 10")
    }

    @Test func `the results that pages show can be read`() throws {
        let results = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Documentation/results.json")
        let kept = try JSONDecoder().decode([String: KeptMeasurement].self, from: Data(contentsOf: results))
        #expect(kept["questions"]?.rows.first?["question"] == "drivers")
        #expect(kept.values.allSatisfy { !$0.rows.isEmpty })
    }
}
