import AtlasExperiments
import AtlasInterface
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import Tensors
import Testing

/// The same question as a method in Swift, as a command with `--json`, and by its address. Where their usual limits differ the
/// limit is given.
@Suite(.serialized) struct `three ways to ask` {
    private static let prompt = "two-step-0066"
    private static let text = "Fact: the capital of the state containing Dallas is"
    private static let source = FeatureID(layer: 0, index: 228)
    private static let target = FeatureID(layer: 5, index: 283)

    /// What is asked in Swift.
    private struct Asked {
        let reader: AtlasReader
        let attributor: Attributor

        var weights: VirtualWeights { VirtualWeights(attributor) }
        var prompt: Int { get throws { try reader.promptID(`three ways to ask`.prompt) } }
        var austin: Int { get throws { try reader.token(" Austin") } }
    }

    /// A question in its three forms; `MODEL` stands for the options of the model, `PROMPT` and `AUSTIN` for a prompt's and a
    /// token's id. With a body it is a job.
    private struct Question: Sendable {
        let words: [String]
        let address: String
        var body: String?
        let swift: @Sendable (Asked) throws -> any Encodable
    }

    private static let texas = PromptFilter("state=Texas")!
    private static let twoStep = PromptFilter("family=two-step")!

    private static let questions: [Question] = [
        Question(words: ["info"], address: "atlas") { try $0.reader.information() },
        Question(words: ["query", "drivers", "--token", " Austin"], address: "logits/AUSTIN") {
            try $0.reader.drivers(of: $0.austin)
        },
        Question(words: ["query", "upstream", "5/283"], address: "features/5/283/upstream?limit=20") {
            try $0.reader.neighbours(of: target, .upstream)
        },
        Question(
            words: ["query", "downstream", "0/228", "--where", "family=two-step"],
            address: "features/0/228/downstream?where=family%3Dtwo-step&limit=20"
        ) { try $0.reader.neighbours(of: source, .downstream, where: twoStep) },
        Question(
            words: ["query", "upstream", "5/283", "--by", "twera", "MODEL"],
            address: "features/5/283/upstream?by=twera&limit=20"
        ) { try $0.reader.neighbours(of: target, .upstream, by: .twera, weights: $0.weights) },
        Question(words: ["query", "correlated", "5/283"], address: "features/5/283/correlated?limit=20") {
            try $0.reader.correlated(with: target)
        },
        Question(
            words: ["query", "edge", "0/228", "5/283", "MODEL"], address: "edges/0%2F228/5%2F283"
        ) { try $0.reader.edge(from: NodeKey(source), to: NodeKey(target), weights: $0.weights) },
        Question(words: ["query", "inhibitors", "5/283", "MODEL"], address: "features/5/283/inhibitors") {
            try $0.reader.inhibitors(of: target, weights: $0.weights)
        },
        Question(words: ["query", "operands", "5/283"], address: "features/5/283/operands") {
            try $0.reader.operands(of: target)
        },
        Question(words: ["query", "operands", "--all"], address: "operands") { try $0.reader.operandRanking() },
        Question(
            words: ["query", "operand-labels", "5/283", "0/228"], address: "operand-labels?features=5%2F283%200%2F228"
        ) {
            try $0.reader.operandLabels(of: [target, source])
        },
        Question(words: ["query", "features", "--limit", "7"], address: "features?limit=7") {
            try $0.reader.featureList(range: ListRange(limit: 7, offset: 0))
        },
        Question(words: ["query", "prompts", "--limit", "7"], address: "prompts?limit=7") {
            try $0.reader.promptList(range: ListRange(limit: 7, offset: 0))
        },
        Question(words: ["query", "logits", "--limit", "7"], address: "logits?limit=7") {
            try $0.reader.logitList(range: ListRange(limit: 7, offset: 0))
        },
        Question(words: ["query", "prompt", prompt], address: "prompts/PROMPT") { try $0.reader.prompt($0.prompt) },
        Question(words: ["query", "search", "Texas"], address: "search?text=Texas") { try $0.reader.search("Texas") },
        Question(
            words: ["query", "diff", "--a", "family=two-step"], address: "diff?a=family%3Dtwo-step"
        ) { try $0.reader.diff(twoStep, nil) },
        Question(
            words: ["query", "contrast", "--a", "family=two-step", "--b", "family=city-state", "--pair-by", "city"],
            address: "contrast?a=family%3Dtwo-step&b=family%3Dcity-state&by=city"
        ) { try $0.reader.contrast(twoStep, PromptFilter("family=city-state")!, pairedBy: "city") },
        Question(
            words: ["query", "invariant", "--where", "family=two-step"], address: "invariant?where=family%3Dtwo-step"
        ) { try $0.reader.invariant(twoStep) },
        Question(words: ["query", "similar", prompt, "--limit", "10"], address: "prompts/PROMPT/similar") {
            try $0.reader.similar(to: $0.prompt)
        },
        Question(words: ["query", "families"], address: "families") { try $0.reader.families() },
        Question(words: ["query", "failures"], address: "failures") { try $0.reader.failures() },
        Question(words: ["query", "graph-features", prompt], address: "prompts/PROMPT/graph/features") {
            try $0.reader.graphFeatures(ofPrompt: $0.prompt)
        },
        Question(
            words: ["query", "circuit", "--token", " Austin", "--size", "10"], address: "circuits?token=AUSTIN&size=10"
        ) { try $0.reader.circuit(from: .token($0.austin), options: CircuitOptions(size: 10)) },
        Question(
            words: ["query", "circuit", "--prompt", prompt, "--size", "5", "--by", "twera", "MODEL"],
            address: "circuits?prompt=PROMPT&size=5&by=twera"
        ) {
            try $0.reader.circuit(from: .prompt($0.prompt), options: CircuitOptions(size: 5), weights: $0.weights)
        },
        Question(words: ["query", "stable", "--prompt", prompt], address: "prompts/PROMPT/stability") {
            try $0.reader.stability(ofPrompt: $0.prompt)
        },
        Question(
            words: ["query", "stable", "--token", " Austin", "--size", "5"],
            address: "circuits/stability?token=AUSTIN&size=5"
        ) { try $0.reader.stability(ofCircuit: .token($0.austin), options: CircuitOptions(size: 5)) },
        Question(
            words: ["query", "supernodes", "--token", " Austin", "--size", "8"],
            address: "circuits/supernodes?token=AUSTIN&size=8"
        ) { try $0.reader.supernodes(of: .token($0.austin), options: CircuitOptions(size: 8)) },
        Question(
            words: ["query", "motifs", "--rewirings", "5", "--graphs", "3", "--limit", "10"],
            address: "motifs?rewirings=5&graphs=3"
        ) {
            var options = MotifsOptions()
            (options.rewirings, options.graphLimit) = (5, 3)
            return try $0.reader.motifs(options: options)
        },
        Question(words: ["query", "heads"], address: "heads") { try $0.reader.heads() },
        Question(words: ["query", "heads", "--feature", "0/228"], address: "features/0/228/heads") {
            try $0.reader.heads(carrying: source)
        },
        Question(words: ["query", "head", "1.0"], address: "heads/1/0?limit=20") {
            try $0.reader.head(layer: 1, head: 0)
        },
        Question(
            words: ["query", "head", "1.0", "--pairs", "MODEL", "--prompts", "2"],
            address: "heads/1/0/pairs?prompts=2&limit=20"
        ) { try $0.reader.pairs(layer: 1, head: 0, attributor: $0.attributor, prompts: 2) },
        Question(
            words: ["query", "attention", prompt, "--qk", "1.0@5,2", "MODEL"],
            address: "prompts/PROMPT/attention?qk=1.0%405%2C2"
        ) {
            try $0.reader.attention(
                ofPrompt: $0.prompt, ScorePlace(layer: 1, head: 0, query: 5, key: 2), attributor: $0.attributor)
        },
        Question(words: ["query", "run", text, "MODEL"], address: "runs", body: #"{"text": "\#(text)"}"#) {
            try $0.reader.run(text, attributor: $0.attributor)
        },
        Question(
            words: ["query", "steer-text", text, "--set", "5/283@3-=x2", "--count", "2", "MODEL"],
            address: "steered-texts",
            body: """
                {"text": "\(text)", "count": 2, "settings": [{"features": ["5/283"], "multiple": 2, "positions": "3-"}]}
                """
        ) {
            var options = SteeredTextOptions()
            options.count = 2
            return try $0.reader.steeredText(
                text, tokens: $0.attributor.model.tokenizer.encodePrompt(text),
                interventions: [
                    Intervention(feature: target, positions: PositionRange(first: 3, last: nil), setting: .multiple(2))
                ],
                attributor: $0.attributor, options: options)
        },
        Question(
            words: ["query", "steer", "5/283", "--prompts", "1", "--limit", "10", "MODEL"], address: "steerings",
            body: #"{"feature": "5/283", "prompts": 1}"#
        ) {
            var options = SteeringOptions()
            options.prompts = 1
            return try $0.reader.steered(target, attributor: $0.attributor, options: options)
        },
        Question(
            words: ["query", "validate-heads", "1.0", "--prompts", "2", "--quiet", "MODEL"],
            address: "head-validations",
            body: #"{"heads": ["1.0"], "prompts": 2}"#
        ) {
            var options = HeadValidationOptions()
            options.promptLimit = 2
            return try $0.reader.validateHeads(
                [HeadID(layer: 1, head: 0)], attributor: $0.attributor, options: options)
        },
        Question(
            words: [
                "query", "exchange", "--by", "family", "--where", "state=Texas", "--trials", "2", "--quiet", "MODEL",
            ],
            address: "exchanges", body: #"{"by": "family", "where": "state=Texas", "trials": 2}"#
        ) {
            var options = ExchangeOptions()
            options.trialLimit = 2
            return try $0.reader.exchange(by: "family", where: texas, attributor: $0.attributor, options: options)
        },
    ]

    @Test(arguments: questions.indices)
    func `give one answer`(question: Int) throws {
        let question = Self.questions[question]
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let asked = Asked(reader: service.reader, attributor: try DemoService.attributor())
        let bySwift = try Self.parsed(AtlasService.json(question.swift(asked)))

        let address = question.address.replacing("PROMPT", with: "\(try asked.prompt)")
            .replacing("AUSTIN", with: "\(try asked.austin)")
        var byAddress = try Self.parsed(Self.answer(address, body: question.body, service))
        // The address tells beside it what can be done here.
        if address == "atlas" { byAddress = try #require(byAddress["information"] as? NSDictionary) }
        #expect(byAddress == bySwift, "\(address) is not what Swift answers")

        let data = try DemoData()
        let model = ["--model", data.model, "--transcoders", data.transcoders]
        let place = question.words == ["info"] ? [service.reader.atlas.path] : ["--atlas", service.reader.atlas.path]
        let arguments = question.words.flatMap { $0 == "MODEL" ? model : [$0] } + place + ["--json"]
        let byCommand = try Self.parsed(Self.printed(arguments))
        #expect(byCommand == bySwift, "\(question.words) is not what Swift answers")
    }

    /// The result of a job, or an answer.
    private static func answer(_ address: String, body: String?, _ service: AtlasService) throws -> Data {
        guard let body else { return try service.answer(.get, address).bytes }
        let ticket = try JSONDecoder().decode(
            JobTicket.self, from: service.answer(.post, address, body: Data(body.utf8)).bytes)
        try service.waitForJob(ticket.job)
        let report = try JSONSerialization.jsonObject(with: service.answer(.get, "jobs/\(ticket.job)").bytes)
        let result = try #require((report as? [String: Any])?["result"] as? [String: Any])
        return try JSONSerialization.data(withJSONObject: result)
    }

    /// What the program prints.
    private static func printed(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("atlas")
        process.arguments = arguments
        let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(arguments)")
        return try Data(contentsOf: output)
    }

    /// JSON as it compares.
    private static func parsed(_ json: Data) throws -> NSDictionary {
        let value = try JSONSerialization.jsonObject(with: json)
        return try #require(value as? NSDictionary ?? (value as? NSArray).map { ["": $0] })
    }
}
