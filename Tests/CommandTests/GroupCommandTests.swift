import AtlasQuery
import AtlasStore
import Circuits
import Foundation
import Testing

/// Questions about groups of prompts from the command line, on a part of the demo.
@Suite("questions about groups, asked from the command line", .serialized)
struct GroupCommandTests {
    private let folder: TemporaryFolder
    private let atlas: String
    private let reader: AtlasReader

    init() throws {
        folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 200)
        atlas = folder.path + "/small.atlas"
        try #require(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        reader = AtlasReader(try Atlas.open(atlas, mode: .readOnly))
    }

    private func ask(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(["query"] + arguments + ["--atlas", atlas])
    }

    private func report<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
        let outcome = try ask(arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    @Test func `a command's JSON is the library's answer`() throws {
        let (cities, two) = (PromptFilter("family=city-state")!, PromptFilter("family=two-step")!)
        #expect(
            try report(DiffReport.self, ["diff", "--a", "family=two-step", "--b", "family=city-state"])
                == reader.diff(two, cities))
        #expect(
            try report(
                ContrastReport.self,
                ["contrast", "--a", "family=two-step", "--b", "family=city-state", "--pair-by", "city"])
                == reader.contrast(two, cities, pairedBy: "city"))
        #expect(
            try report(InvariantReport.self, ["invariant", "--where", "family=two-step", "--share", "0.8"])
                == reader.invariant(two, share: 0.8))
        #expect(try report(SimilarReport.self, ["similar", "1", "--limit", "3"]) == reader.similar(to: 1, limit: 3))
        #expect(try report(FamiliesReport.self, ["families"]) == reader.families())
        #expect(try report(FailuresReport.self, ["failures", "--by", "family"]) == reader.failures(byTag: "family"))
        var options = MotifsOptions()
        options.rewirings = 5
        options.limit = 20
        #expect(try report(MotifsReport.self, ["motifs", "--rewirings", "5"]) == reader.motifs(options: options))
        let ranking = try report(OperandRanking.self, ["operands", "--all"])
        #expect(try ranking == reader.operandRanking())
        let feature = try #require(ranking.features.first?.feature)
        #expect(try report(OperandsReport.self, ["operands", "\(feature)"]) == reader.operands(of: feature))
    }

    @Test func `a table says what its numbers are`() throws {
        for (arguments, legend) in [
            (["diff", "--a", "family=two-step"], "q: after control of the false-discovery rate"),
            (["contrast", "--a", "family=two-step", "--b", "family=city-state", "--pair-by", "city"], "sign test"),
            (["invariant", "--where", "family=two-step"], "lift: share inside over share outside"),
            (["similar", "1"], "other prompts were compared"),
            (["families"], "tags: share of the family"),
            (["failures"], "error influence: 1 − replacement score"),
            (["motifs", "--rewirings", "3"], "two inputs of one feature"),
            (["operands", "--all"], "sum defect: squared difference"),
        ] {
            let outcome = try ask(arguments)
            #expect(outcome.status == 0 && outcome.output.contains(legend), "\(arguments) \(outcome.error)")
        }
    }

    @Test func `an operand grid is drawn`() throws {
        let feature = try #require(try reader.operandRanking().features.first?.feature)
        let lines = try ask(["operands", "\(feature)"]).output.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("mean by last digits") })
        let digits = (0..<10).map { Substring("\($0)") }
        let columns: [Substring] = lines[start + 1].split(separator: " ")
        let rows: [Substring] = lines[(start + 2)...].prefix(10).map { $0.prefix(1) }
        #expect(columns == digits)
        #expect(rows == digits)
        #expect(lines[(start + 2)...].prefix(10).contains { $0.contains("@") })
    }

    @Test func `pairs may stand in a file`() throws {
        let prompts = try reader.prompts(where: PromptFilter("family=addition")!)
        let file = try folder.file("pairs.tsv", "\(prompts[0])\t\(prompts[1])\n\(prompts[2]),\(prompts[3])\n")
        #expect(try report(ContrastReport.self, ["contrast", "--pairs", file]).pairCount == 2)
        let bad = try folder.file("bad.tsv", "1\t2\n3\n")
        let outcome = try ask(["contrast", "--pairs", bad])
        #expect(outcome.status != 0 && outcome.error.contains("line 2: expected two prompts"))
    }

    @Test func `a wrong question gets one line and exit code 1`() throws {
        for (arguments, message) in [
            (["diff", "--a", "family=two-stp"], "nearest: \"family=two-step\""),
            (["diff", "--a", "family=two-step", "--b", "right=yes"], "compare groups that share none"),
            (["contrast", "--a", "family=two-step", "--b", "family=addition", "--pair-by", "city"], "can be paired"),
            (["invariant", "--where", "famly=two-step"], "nearest: \"family\""),
            (["similar", "no such prompt"], "no prompt has the id or the text"),
            (["failures", "--by", "famly"], "nearest: \"family\""),
            (["motifs", "--where", "right=no,family=addition"], "is in the group"),
            (["operands", "--all", "--rows", "family"], "no prompt has a number for both tags"),
            (["operands", "9/1"], "there is no feature 9/1"),
        ] {
            let outcome = try ask(arguments)
            #expect(outcome.status == 1 && outcome.error.contains(message), "\(arguments) \(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count == 1)
        }
    }

    @Test func `options that make no question are a usage error`() throws {
        for arguments in [
            ["diff", "--a", "family"], ["diff", "--a", "a=1", "--core-share", "2"], ["contrast", "--a", "a=1"],
            ["operands"], ["operands", "1/2", "--all"], ["operands", "1/2", "--class", "bar"],
            ["motifs", "--rewirings", "0"],
        ] {
            #expect(try ask(arguments).status == 64, "\(arguments)")
        }
    }
}
