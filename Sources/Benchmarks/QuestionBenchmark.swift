import ArgumentParser
import AtlasQuery
import AtlasStore
import Circuits
import Foundation

/// Asks random questions of a large generated atlas and says how long the answers take.
struct QuestionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "questions", abstract: "Questions to a large generated atlas: time an answer, warm and cold.",
        discussion: """
            Makes the atlas if there is none. Warm: one process asks all questions. Cold: each is asked by a process \
            of its own, whose start is counted.

              swift run -c release Benchmarks questions --atlas generated.atlas
            """)

    @Option(help: "Where the atlas is, or is made.") var atlas: String
    @Option(help: "Prompts of the atlas that is made.") var prompts = GeneratedAtlas.Size().prompts
    @Option(help: "Stored edges of each of its prompts.") var edgesPerPrompt = GeneratedAtlas.Size().edgesPerPrompt
    @Option(help: "Questions of each kind.") var questions = 100
    @Option(help: "Questions of each kind that reads many prompts.") var few = 10
    @Option(help: "Cold questions of each kind; of those that read many prompts one.") var cold = 10
    @Option(parsing: .upToNextOption, help: "Which kinds; all unless given.") var kinds: [Question.Kind] = []
    @OptionGroup var kept: ResultsOptions
    @Option(help: .hidden) var ask: Question.Kind?
    @Option(help: .hidden) var argument: String?

    /// The share of answers whose slowest is told beside the median.
    private static let percentile = 0.95

    func run() throws {
        if let ask { return try Question(kind: ask, argument: argument ?? "").ask(reader()) }
        if !FileManager.default.fileExists(atPath: atlas) { try make() }
        let reader = try reader()
        let picked = try Dictionary(grouping: QuestionChoice(reader).pick(questions, few: few), by: \.kind)
        print("kind           questions   median      95 %    slowest   under 50 ms    cold median   cold slowest")
        var rows: [[String: KeptMeasurement.Value]] = []
        for kind in kinds.isEmpty ? Question.Kind.allCases : kinds {
            let chosen = picked[kind] ?? []
            let warm = try chosen.map { question in try milliseconds { try question.ask(reader) } }.sorted()
            let cold = try chosen.prefix(kind.readsMany ? 1 : cold)
                .map { question in try milliseconds { try askCold(question) } }.sorted()
            guard let slowest = warm.last, let coldSlowest = cold.last else { continue }
            let nearlySlowest = warm[Int(Double(warm.count - 1) * Self.percentile)]
            rows.append([
                "question": .text(kind.title), "median": .number(warm[warm.count / 2]), "slow": .number(nearlySlowest),
                "within_50_ms": .count(warm.count { $0 < 50 }), "count": .count(warm.count),
                "cold_median": .number(cold[cold.count / 2]), "cold_slowest": .number(coldSlowest),
            ])
            let columns = [
                kind.rawValue.padding(toLength: 15, withPad: " ", startingAt: 0), String(format: "%9d", warm.count),
                Self.text(warm[warm.count / 2]), Self.text(nearlySlowest),
                Self.text(slowest), String(format: "%13d", warm.filter { $0 < 50 }.count),
                "    " + Self.text(cold[cold.count / 2]), "    " + Self.text(coldSlowest),
            ]
            print(columns.joined())
        }
        try kept.keep(rows, as: "questions")
    }

    private func reader() throws -> AtlasReader { AtlasReader(try Atlas.open(atlas, mode: .readOnly)) }

    private func make() throws {
        var size = GeneratedAtlas.Size()
        size.prompts = prompts
        size.edgesPerPrompt = edgesPerPrompt
        var generated = GeneratedAtlas(size)
        let start = Date()
        try generated.write(to: atlas) { done, total in
            if done % 10_000 == 0 { print("\(done) of \(total) prompts made") }
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: atlas)[.size] as? Int ?? 0
        print(String(format: "made in %.0f s: %.0f MiB", Date().timeIntervalSince(start), Double(bytes) / 1_048_576))
    }

    /// Asks in a process of its own. Foundation's `Process` notices the end up to 50 ms late, so it is not used here.
    private func askCold(_ question: Question) throws {
        let arguments = [
            CommandLine.arguments[0], "questions", "--atlas", atlas, "--ask", question.kind.rawValue, "--argument",
            question.argument,
        ]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        var status: Int32 = -1
        guard posix_spawn(&process, CommandLine.arguments[0], nil, nil, &pointers, environ) == 0,
            waitpid(process, &status, 0) == process, status == 0
        else { throw ValidationError("\(question.kind.rawValue) \(question.argument): the process failed") }
    }

    private func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now()
        try body()
        return start.secondsPassed * 1e3
    }

    private static func text(_ milliseconds: Double) -> String { String(format: "%8.1f ms", milliseconds) }
}
