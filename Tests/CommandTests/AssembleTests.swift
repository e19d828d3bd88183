import Foundation
import Testing

/// `atlas assemble`, as a person uses it.
@Suite struct `assembled atlases` {
    private let folder: TemporaryFolder
    private let demo: SmallDemo

    init() throws {
        folder = try TemporaryFolder()
        demo = try SmallDemo(in: folder, every: 100)
    }

    private struct Taken: Decodable { let prompts, graphs: Int }

    @Test func `shards that were indexed answer as one, and say that they do`() throws {
        let shards = try (1...3).map { shard in
            let path = folder.path + "/shard-\(shard).atlas"
            let outcome = try Program.run(demo.arguments(atlas: path) + ["--shard", "\(shard)/3"])
            #expect(outcome.status == 0, "\(outcome.error)")
            return path
        }
        let (whole, merged) = (folder.path + "/answers.atlas", folder.path + "/merged.atlas")
        #expect(try Program.run(["merge", merged, "--quiet"] + shards).status == 0)
        let made = try Program.run(["assemble", whole, "--json"] + shards)
        #expect(made.status == 0, "\(made.error)")
        let taken = try JSONDecoder().decode([Taken].self, from: Data(made.output.utf8))
        #expect(taken.count == 3 && taken.allSatisfy { $0.prompts > 0 && $0.graphs == $0.prompts })

        let information = try Program.run(["info", whole])
        #expect(information.output.contains("assembled from 3 shards, which hold the graphs"))
        let verified = try Program.run(["verify", whole, "--derived"])
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        for question in [["drivers", "--token", " Austin"], ["prompt", "two-step-0066"], ["search", "Dallas"]] {
            let asked = ["query"] + question + ["--json", "--atlas"]
            let (one, other) = (try Program.run(asked + [whole]), try Program.run(asked + [merged]))
            #expect(one.status == 0 && one.output.count == other.output.count, "\(question): \(one.error)")
        }
        let graph = ["export", "graph", "--prompt", "two-step-0066", "--atlas"]
        for (atlas, file) in [(whole, "one.json"), (merged, "other.json")] {
            #expect(try Program.run(graph + [atlas, "--output", folder.path + "/" + file]).status == 0)
        }

        let refused = try Program.run(demo.arguments(atlas: whole))
        #expect(refused.status == 1 && refused.complaints.count == 1)
        #expect(refused.complaints[0].contains("expected an atlas that holds its facts itself"))
        #expect(try Program.run(["derive", whole, "--quiet"]).complaints.count == 1)
        #expect(try Program.run(["label", "set", "5/283", "Texas", "--atlas", whole]).status == 0)

        try FileManager.default.removeItem(atPath: shards[1])
        #expect(try Program.run(["query", "drivers", "--token", " Austin", "--atlas", whole]).status == 0)
        let broken = try Program.run(["verify", whole])
        #expect(broken.status == 1 && broken.output.contains("\(shards[1]): expected the shard"))
        let again = try Program.run(["assemble", whole] + shards)
        #expect(again.status == 1 && again.complaints[0].contains("expected no file, found one"))
    }
}
