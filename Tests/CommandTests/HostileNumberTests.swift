import Foundation
import Testing

/// Numbers that no one means, as values of every option that takes one.
///
/// The program itself lists its commands and options, so that a new one is tried without being entered here. The suite tries
/// the largest whole number with a sixth of them; `make hostile-numbers` tries all numbers with all options.
@Suite struct `numbers on the command line` {
    private static let whole = ["9223372036854775807", "-9223372036854775808", "0", "-1", "4611686018427387904"]
    private static let real = ["nan", "inf", "-inf", "-1", "1e308", "1e-320"]
    private static let triesAll = ProcessInfo.processInfo.environment["FEATURE_ATLAS_HOSTILE_NUMBERS"] != nil

    /// What a command needs beside the option; `ATLAS`, `MODEL` and others are filled in.
    private static let needed: [String: [String]] = [
        "index": ["CORPUS", "--quiet"] + model + ["--atlas", "NEW"], "attribute": ["calc: 1+2="] + model,
        "intervene": ["calc: 1+2=", "--set", "5/283=0"] + model, "generate": ["calc: 1+2=", "--model", "MODEL"],
        "evaluate": ["CORPUS", "--quiet"] + model,
        "train": [
            "CORPUS", "--quiet", "--model", "MODEL", "--output", "TRAINED", "--steps", "2", "--features", "8",
            "--active-features", "2", "--batch-tokens", "4", "--buffer-tokens", "8",
        ], "demo": ["--quiet", "--directory", "/none/none"],
        "serve": ["/none/none.atlas"], "mcp": ["/none/none.atlas"], "sql": ["ATLAS", "SELECT 1"],
        "query drivers": austin, "query circuit": austin,
        "query stable": austin, "query supernodes": austin, "query upstream": feature, "query downstream": feature,
        "query correlated": feature, "query inhibitors": feature, "query prompt": ["two-step-0066"] + atlas,
        "query similar": ["two-step-0066"] + atlas, "query search": ["Dallas"] + atlas,
        "query features": atlas, "query prompts": atlas, "query logits": atlas,
        "query edge": ["5/283", "logit: Austin"] + atlas, "query families": atlas, "query failures": atlas,
        "query operands": ["--all"] + atlas, "query motifs": ["--rewirings", "20"] + atlas,
        "query invariant": ["--where", "family=two-step"] + atlas, "query diff": groups, "query contrast": groups,
        "query validate": austin + model + ["--interventions", "3"],
        "query exchange": ["--by", "state", "--trials", "2", "--quiet"] + model + atlas,
        "query graph-features": ["two-step-0066"] + atlas,
        "query steer-text": ["calc: 1+2=", "--set", "5/283@1-=x0", "--doses", "0,1"] + model + atlas,
        "query steer": feature + model, "query steer-predict": ["--features", "1"] + model + atlas,
        "query run": ["calc: 1+2="] + model + atlas, "query heads": atlas, "query head": ["1.0"] + atlas,
        "query validate-heads": ["1.0", "--prompts", "2", "--quiet"] + model + atlas,
        "query attention": ["two-step-0066", "--qk", "1.0@5,2"] + model + atlas,
        "import raw": ["/none.safetensors", "--quiet", "--atlas", "/none/none.atlas"],
        "export graph": ["--prompt", "two-step-0066", "--output", "OUT"] + atlas,
        "export dashboards": ["--output", "OUT", "--quiet"] + atlas,
    ]
    private static let model = ["--model", "MODEL", "--transcoders", "TRANSCODERS"]
    private static let atlas = ["--atlas", "ATLAS"]
    private static let austin = ["--token", " Austin"] + atlas
    private static let feature = ["5/283"] + atlas
    private static let groups = ["--a", "family=two-step", "--b", "family=city-state"] + atlas

    /// Options whose values are no numbers.
    private static let others: Set<String> = [
        "template", "values", "format", "text-column", "model", "transcoders", "baseline", "baseline-prompt",
        "baseline-tag", "atlas", "name", "target", "target-set", "target-mean", "target-difference", "target-direction",
        "target-feature", "at", "set", "supernode", "supernodes", "mode", "layers", "file", "family-tag", "state",
        "token", "tokens", "by", "where", "output", "tokens-file", "readout", "a", "b", "pair-by", "pairs", "class",
        "rows", "columns", "position", "rank-by", "positions", "judgement", "group", "note", "host", "token-file",
        "other-name", "slug", "compare", "directory", "prompt", "feature", "from", "to", "progress", "settings",
        "architecture", "activation", "input-hook", "output-hook", "qk", "against", "corpus", "scan", "model-name",
        "transcoder-name", "model-id", "source-set", "creator", "creator-id", "list", "shard",
        "minus", "doses", "watch",
        "kind", "search", "sort", "expand",
    ]

    private struct Help: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { let name: String }
                let kind: String
                let names: [Name]?
            }
            let commandName: String
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        let command: Command
    }

    /// Every option that may take a number, with its command.
    private static func options() throws -> [(command: String, option: String)] {
        let help = try JSONDecoder().decode(
            Help.self, from: Data(Program.run(["--experimental-dump-help"]).output.utf8))
        func list(_ command: Help.Command, _ path: [String]) -> [(command: String, option: String)] {
            let own = (command.arguments ?? []).filter { $0.kind == "option" }.compactMap { $0.names?.first?.name }
            return own.filter {
                !others.contains($0) && !(["dashboards", "features", "bundle"].contains(path.last) && $0 == "features")
            }.map {
                (path.joined(separator: " "), $0)
            }
                + (command.subcommands ?? []).flatMap { list($0, path + [$0.commandName]) }
        }
        return list(help.command, [])
    }

    @Test func `no number crashes: each is answered, or refused in a line`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 600)
        let path = folder.path + "/numbers.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        let names = [
            "ATLAS": path, "MODEL": demo.data.model, "TRANSCODERS": demo.data.transcoders,
            "CORPUS": try folder.file("two.txt", "calc: 1+2=\ncalc: 3+4=\n"), "OUT": folder.path + "/out",
        ]
        let options = try Self.options()
        #expect(options.count > 80)
        for (place, (command, option)) in options.enumerated() {
            // `max-neurons` means all of them by any large number, which takes its time.
            let values = (Self.whole + Self.real).filter {
                option != "max-neurons" || !$0.hasSuffix("7") && $0.count < 19
            }
            let chosen = Self.triesAll ? values : place % 6 == 0 ? [values[0]] : []
            let needed = try #require(Self.needed[command], "\(command) is not known to this test")
            for (number, value) in chosen.enumerated() {
                var arguments = command.split(separator: " ").map(String.init) + needed.map { names[$0] ?? $0 }
                if ["max-neurons", "neuron-coverage"].contains(option) {
                    arguments.removeAll { $0 == "--transcoders" || $0 == demo.data.transcoders }
                    arguments.append("--neurons")
                }
                if option == "token-id" { arguments.removeAll { $0 == "--token" || $0 == " Austin" } }
                arguments = arguments.map { $0 == "TRAINED" ? folder.path + "/trained-\(place)-\(number)" : $0 }
                arguments = arguments.map { $0 == "NEW" ? folder.path + "/new-\(place)-\(number).atlas" : $0 }
                let outcome = try Program.run(arguments + ["--\(option)=\(value)"])
                let told = "\(command) --\(option)=\(value): status \(outcome.status) \(outcome.error.prefix(300))"
                #expect([0, 1, 64].contains(outcome.status), "\(told)")
                if outcome.status != 0 { #expect(outcome.complaints.contains { $0.hasPrefix("Error:") }, "\(told)") }
            }
        }
    }
}
