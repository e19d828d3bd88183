import Foundation
import Testing

/// Parts of a corpus by content, facts alone, and several programs that make one file at once.
@Suite struct `shards of a corpus` {
    private let folder: TemporaryFolder
    private let demo: SmallDemo

    init() throws {
        folder = try TemporaryFolder()
        demo = try SmallDemo(in: folder, every: 100)
    }

    private func hashes(_ atlas: String) throws -> [String] {
        let found = try Program.run(
            ["sql", atlas, "SELECT hex(content_hash) FROM prompts ORDER BY 1", "--limit", "100000", "--json"])
        #expect(found.status == 0, "\(found.error)")
        struct Answer: Decodable { let rows: [[String]] }
        return try JSONDecoder().decode(Answer.self, from: Data(found.output.utf8)).rows.map { $0[0] }
    }

    private func index(_ corpus: String, _ atlas: String, _ more: [String]) throws -> Program.Outcome {
        var arguments = demo.arguments(atlas: folder.path + "/" + atlas)
        arguments[1] = corpus
        return try Program.run(arguments + more)
    }

    @Test func `shards share no text and leave none out, whatever the corpus's order`() throws {
        let lines = try String(contentsOfFile: demo.corpus, encoding: .utf8).split(separator: "\n")
        let reversed = try folder.file("reversed.jsonl", lines.reversed().map { $0 + "\n" }.joined())
        let flags = ["--activations-only", "--facts-only"]
        #expect(try index(demo.corpus, "whole.atlas", flags).status == 0)
        var all: [String] = []
        for shard in 1...3 {
            let one = try index(demo.corpus, "a\(shard).atlas", flags + ["--shard", "\(shard)/3"])
            let other = try index(reversed, "b\(shard).atlas", flags + ["--shard", "\(shard)/3"])
            #expect(one.status == 0 && other.status == 0, "\(one.error)\(other.error)")
            let found = try hashes(folder.path + "/a\(shard).atlas")
            #expect(try hashes(folder.path + "/b\(shard).atlas") == found)
            #expect(!found.isEmpty)
            // Shards are ranges of hashes: one after the other they are in canonical order.
            all += found
        }
        #expect(try hashes(folder.path + "/whole.atlas") == all)
    }

    @Test(arguments: [
        "0/3", "4/3", "3", "a/b", "1/0", "-1/3", "1/9999999", "1/3/5", " 1/3", "٣/٤", "1/99999999999999999999",
    ])
    func `a shard that is not i of n is refused in one line`(_ shard: String) throws {
        let outcome = try index(demo.corpus, "none.atlas", ["--shard=\(shard)"])
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(
            outcome.complaints.first
                == "Error: --shard: expected i/n with 1 ≤ i ≤ n ≤ 1000000, as in 3/32, found \(shard)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.atlas"))
    }

    @Test func `questions to facts alone say which command derives, and it makes the answers of a whole run`() throws {
        let (facts, whole) = (folder.path + "/facts.atlas", folder.path + "/whole.atlas")
        #expect(try index(demo.corpus, "facts.atlas", ["--facts-only"]).status == 0)
        #expect(try index(demo.corpus, "whole.atlas", []).status == 0)
        let question = ["query", "drivers", "--token", " Austin", "--json", "--atlas"]
        let refused = try Program.run(question + [facts])
        #expect(refused.status != 0)
        #expect(
            refused.error.contains(
                "\(facts): statistics have not been derived from the facts yet; atlas derive \(facts) does that"))
        #expect(try Program.run(["verify", facts]).status == 0)
        #expect(try Program.run(["derive", facts, "--quiet"]).status == 0)
        #expect(try Program.run(question + [facts]).output == Program.run(question + [whole]).output)
    }

    @Test func `a shard without texts is a valid atlas without prompts`() throws {
        let corpus = try folder.file("one.jsonl", #"{"text": "Fact: the capital of Texas is"}"# + "\n")
        var prompts: [Int] = []
        for shard in 1...3 {
            let outcome = try index(corpus, "e\(shard).atlas", ["--shard", "\(shard)/3"])
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(try Program.run(["verify", folder.path + "/e\(shard).atlas"]).status == 0)
            prompts.append(try hashes(folder.path + "/e\(shard).atlas").count)
        }
        #expect(prompts.sorted() == [0, 0, 1])
        let parts = (1...3).map { folder.path + "/e\($0).atlas" }
        let merged = try Program.run(["merge", folder.path + "/merged.atlas"] + parts + ["--quiet"])
        #expect(merged.status == 0, "\(merged.error)")
    }

    @Test func `a shard that is killed leaves no file, and the same command makes it`() throws {
        let atlas = folder.path + "/killed.atlas"
        let arguments = demo.arguments(atlas: atlas) + ["--shard", "1/1"]
        #expect(try Program.kill(arguments, after: 0.3))
        #expect(!FileManager.default.fileExists(atPath: atlas))
        #expect(try Program.run(arguments).status == 0)
        #expect(try Program.run(["verify", atlas]).status == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.filter { $0.hasPrefix(".feature-atlas-part-") }.isEmpty, "\(left)")
    }

    @Test(arguments: [["--shard", "1/2"], []])
    func `programs that make one atlas at once leave one that is whole`(_ more: [String]) async throws {
        let atlas = folder.path + "/raced.atlas"
        let arguments = demo.arguments(atlas: atlas) + ["--jobs", "1", "--json"] + more
        let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
            for _ in 0..<3 { group.addTask { try Program.run(arguments) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.error)") }
        // Of a shard's makers the one whose file has the name does not say that another was first.
        #expect(!outcomes.filter { !$0.output.contains("otherCameFirst") }.isEmpty)
        #expect(try Program.run(["verify", atlas]).status == 0)
        let alone = folder.path + "/alone.atlas"
        #expect(try Program.run(demo.arguments(atlas: alone) + more).status == 0)
        #expect(try hashes(atlas) == hashes(alone))
    }
}
