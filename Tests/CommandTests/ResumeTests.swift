import Foundation
import Testing

@Suite struct `interrupted indexing` {
    /// Questions whose answers must not depend on interruptions; ids are those of the corpus's order.
    static let questions = [
        ["query", "drivers", "--token", " Austin"], ["query", "drivers", "--token", " Texas"],
        ["query", "upstream", "5/283"], ["query", "downstream", "5/283"], ["query", "feature", "5/283"],
        ["query", "feature", "0/228"], ["query", "prompt", "two-step-0066"], ["query", "search", "Dallas"],
        ["query", "search", "capital"],
    ]
    static let tables = [
        "SELECT id, hex(content_hash), text, hex(tokens), hex(activations), predicted_token FROM prompts ORDER BY id",
        "SELECT prompt_id, hex(nodes), hex(edges), hex(target_influence), largest_violation FROM graphs ORDER BY prompt_id",
        "SELECT * FROM tags ORDER BY 1, 2", "SELECT * FROM memberships ORDER BY 1, 2, 3",
        "SELECT graph_id, answer_token, rival_token, gap, hex(total), hex(gradient) FROM node_effects ORDER BY 1",
        "SELECT * FROM logit_targets ORDER BY 1, 2", "SELECT * FROM token_effects ORDER BY 1, 2, 3, 4",
        "SELECT * FROM aggregated_edges ORDER BY 1, 2", "SELECT * FROM logit_drivers ORDER BY 1, 2",
        "SELECT * FROM logit_cover ORDER BY 1, 2", "SELECT * FROM feature_examples ORDER BY 1, 2, 3, 4",
        "SELECT layer, feature_index, active_tokens, maximum, activation_sum, hex(histogram) FROM feature_statistics ORDER BY 1, 2",
        "SELECT * FROM automatic_labels ORDER BY 1, 2",
    ]

    @Test func `ten kills at random moments and a resumption leave the same answers as an undisturbed run`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 12)
        let whole = folder.path + "/whole.atlas"
        let started = Date()
        #expect(try Program.run(demo.arguments(atlas: whole)).status == 0)
        let duration = Date().timeIntervalSince(started)

        let killed = folder.path + "/killed.atlas"
        var moments: [Double] = []
        var interruptions = 0
        var longest = 0.9 * duration
        while interruptions < 10, moments.count < 60 {
            let moment = Double.random(in: 0...longest)
            moments.append(moment)
            if try Program.kill(demo.arguments(atlas: killed), after: moment) {
                interruptions += 1
            } else {
                // It came to its end before: less and less is left to do.
                longest *= 0.7
            }
        }
        #expect(interruptions == 10, "killed at \(moments) of \(duration) s")
        #expect(try Program.run(demo.arguments(atlas: killed)).status == 0)

        for question in Self.questions {
            let expected = try Program.run(question + ["--json", "--atlas", whole])
            let found = try Program.run(question + ["--json", "--atlas", killed])
            #expect(expected.status == 0 && found.status == 0, "\(question): \(expected.error)")
            #expect(found.output == expected.output, "\(question) after kills at \(moments)")
        }
        for query in Self.tables {
            let arguments = ["--limit", "1000000", "--json"]
            let expected = try Program.run(["sql", whole, query] + arguments)
            let found = try Program.run(["sql", killed, query] + arguments)
            #expect(expected.status == 0, "\(expected.error)")
            #expect(found.output == expected.output, "\(query) after kills at \(moments)")
        }
        #expect(try Program.run(["verify", killed]).status == 0)
    }

    @Test func `the same prompts again are not indexed again`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 200)
        let atlas = folder.path + "/twice.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        let again = try Program.run(demo.arguments(atlas: atlas) + ["--json"])
        #expect(again.output.contains("\"addedPrompts\" : 0"))
        #expect(again.output.contains("\"addedGraphs\" : 0"))
    }

    @Test func `graphs can be added to prompts that were indexed for what fires only`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        let atlas = folder.path + "/later.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas) + ["--activations-only"]).status == 0)
        let later = try Program.run(demo.arguments(atlas: atlas) + ["--json"])
        #expect(later.output.contains("\"addedPrompts\" : 0"))
        #expect(!later.output.contains("\"addedGraphs\" : 0"))
        #expect(try Program.run(["verify", atlas]).status == 0)
    }
}
