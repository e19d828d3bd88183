import AtlasQuery
import Circuits
import DemoData
import Foundation
import Testing

/// Questions about weights from the command line, on a part of the demo.
@Suite struct `questions about weights` {
    private let folder: TemporaryFolder
    private let atlas: String
    private let model: [String]

    init() throws {
        folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 150)
        atlas = folder.path + "/demo.atlas"
        model = ["--model", demo.data.model, "--transcoders", demo.data.transcoders]
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
    }

    private func ask(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(["query"] + arguments + ["--atlas", atlas])
    }

    private func report<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
        let outcome = try ask(arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    @Test func `without a model the neighbours are stored edges, with one their weights stand beside them`() throws {
        let whole = try report(GlobalNeighbours.self, ["upstream", "5/283"])
        let plain = whole.neighbours
        #expect(whole.filter == nil && whole.scale == nil && whole.graphCount > 0)
        var weighed = try report(GlobalNeighbours.self, ["upstream", "5/283"] + model)
        #expect(weighed.neighbours.contains { $0.weights != nil } && !plain.isEmpty)
        #expect(weighed.neighbours.map(\.node) == plain.map(\.node) && plain.allSatisfy { $0.weights == nil })
        weighed = try report(GlobalNeighbours.self, ["upstream", "5/283", "--by", "virtual"] + model)
        #expect(weighed.neighbours.contains { $0.weights?.flag == .interference })
        let text = try ask(["downstream", "1/37", "--by", "twera"] + model).output
        #expect(text.contains("TWERA") && text.contains("co-activation alone: |V| ≤"))
    }

    @Test func `an edge of a group is told with its examples`() throws {
        let edges = try report(
            EdgeReport.self, ["edge", "5/283", "logit: Austin", "--where", "family=two-step"])
        #expect(edges.target.support > 0 && edges.examplesAreStrongest && !edges.examples.isEmpty)
        #expect(edges.examples.allSatisfy { $0.text.contains("containing") } && edges.filter == "family=two-step")
        let text = try ask(["edge", "5/283", "logit: Austin"]).output
        #expect(text.contains("→ logit \" Austin\"") && text.contains("\" is\"@"))
    }

    @Test func `correlated features and inhibitors are tables with legends`() throws {
        let correlated = try ask(["correlated", "5/283", "--by", "jaccard"])
        #expect(correlated.status == 0 && correlated.output.contains("where both are active / where"))
        let inhibitors = try ask(["inhibitors", "5/170"] + model)
        #expect(inhibitors.status == 0 && inhibitors.output.contains("what may inhibit 5/170"))
    }

    @Test func `a wrong question gets a clear answer`() throws {
        let questions: [(arguments: [String], status: Int32, said: String)] = [
            (["upstream", "5/283", "--by", "twera"], 64, "--by twera needs --model and --transcoders"),
            (
                ["upstream", "5/283", "--model", "folder"], 64,
                "expected --model together with --transcoders or --neurons"
            ),
            (["inhibitors", "5/283"], 1, "needs the replacement model's weights"),
            (["edge", "5/283", "1/37"], 1, "ask the other way round"),
            (["edge", "Dallas", "1/37"], 1, "expected a node as 2/157"),
            (["upstream", "5/283", "--where", "famly=two-step"], 1, "nearest: \"family\""),
            (["upstream", "5/283", "--where", "family"], 64, "--where"),
        ]
        for (arguments, status, said) in questions {
            let outcome = try ask(arguments)
            #expect(outcome.status == status && outcome.error.contains(said), "\(outcome.error)")
            if status == 1 { #expect(outcome.complaints.count == 1, "\(outcome.error)") }
        }
    }

    @Test func `an atlas of other transcoders is refused`() throws {
        let data = try DemoData()
        let copy = folder.path + "/transcoders"
        try FileManager.default.copyItem(atPath: data.transcoders, toPath: copy)
        try retrain(copy)
        let outcome = try ask(["upstream", "5/283", "--model", data.model, "--transcoders", copy])
        #expect(outcome.status == 1 && outcome.error.contains("transcoder fingerprint"), "\(outcome.error)")
    }
}
