import ArgumentParser
import Circuits
import Foundation
import Tensors

/// Feeds damaged inputs to every parser until the time is over: the test suite's fuzzers, without their limit.
@main
struct FuzzParsers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Feed damaged real files and texts to every parser; each must refuse them with one line or work.",
        discussion: """
            The real files are the demo's and the tests' golden data below the package's folder. Parsers take turns so \
            that each gets the same time. They run in a process of its own: one that crashes, hangs or takes too much \
            memory is counted and named, and the next inputs go on. Input N of a parser and a seed is always the same.

              swift run -c release FuzzParsers --seconds 600
              swift run -c release FuzzParsers --inputs 10000000 --json
              swift run -c release FuzzParsers --seed 7 --only corpora --first 1234 --count 1
            """)

    @Option(help: "How long to go on.") var seconds = 60.0
    @Option(help: "How many inputs to feed in all, however long it takes.") var inputs: UInt64?
    @Option(help: "What the damage is drawn from; the time unless given.") var seed: UInt64?
    @Option(help: "The first input of each parser.") var first: UInt64 = 0
    @Option(help: "Inputs of each parser at most.") var count: UInt64?
    @Option(help: "Only the parser of this name.") var only: String?
    @Option(help: "The package's folder.") var package = "."
    @Option(help: "Where inputs are written: memory, where the system has files there.") var scratch =
        (FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm/" : NSTemporaryDirectory()) + "fuzz-parsers"
    @Flag(help: "Print the table as JSON.") var json = false
    @Flag(help: ArgumentHelp("The process that feeds.", visibility: .hidden)) var feeds = false

    func validate() throws {
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds: expected a number above 0") }
        guard first.addingReportingOverflow(count ?? 0).overflow == false else {
            throw ValidationError("--first and --count: expected a sum below 2^64")
        }
    }

    func run() throws {
        // Damaged settings are many models, none of which is worth remembering.
        setenv("FEATURE_ATLAS_CACHE", "off", 1)
        if feeds { return try feed() }
        let seed = seed ?? UInt64(Date().timeIntervalSince1970)
        // A folder of this run's own: what an earlier one left may be of other real files.
        let folder = "\(scratch)/run-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let parsers = try FuzzedParser.all(package: package, scratch: folder)
        guard only == nil || parsers.contains(where: { $0.name == only }) else {
            throw ValidationError("--only: expected one of \(parsers.map(\.name).joined(separator: ", "))")
        }
        note("seed \(seed), scratch folder \(folder)")
        let tally = try FuzzTally(path: folder + "/tally", parserCount: parsers.count)
        for place in parsers.indices { tally[place].next = first }
        let started = Date()
        while try feedInProcess(seed: seed, folder: folder, seconds: seconds - Date().timeIntervalSince(started)) {
            let place = tally.current
            tally[place].failed += 1
            note("FAILED: --seed \(seed) --only \(parsers[place].name) --first \(tally[place].next) --count 1")
            tally[place].next += 1
        }
        let report = FuzzReport(parsers: parsers, tally: tally, first: first)
        print(json ? report.json : report.text)
        try FileManager.default.removeItem(atPath: folder)
        if report.failures > 0 { throw ExitCode.failure }
    }

    /// Runs the process that feeds; whether an input ended it.
    private func feedInProcess(seed: UInt64, folder: String, seconds left: Double) throws -> Bool {
        guard left > 0 || inputs != nil || count != nil else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        if !FileManager.default.isExecutableFile(atPath: CommandLine.arguments[0]) {
            process.executableURL = Bundle.main.executableURL
        }
        var arguments = ["--feeds", "--seed", "\(seed)", "--scratch", folder, "--package", package]
        arguments += ["--first", "\(first)", "--seconds", "\(max(0.001, left))"]
        if let inputs { arguments += ["--inputs", "\(inputs)"] }
        if let count { arguments += ["--count", "\(count)"] }
        if let only { arguments += ["--only", only] }
        process.arguments = arguments
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal || process.terminationStatus != 0
    }

    /// Feeds until the time is over, every input is fed, or one ends the process.
    private func feed() throws {
        let parsers = try FuzzedParser.all(package: package, scratch: scratch)
        let tally = try FuzzTally(path: scratch + "/tally", parserCount: parsers.count)
        let watch = Watch()
        let started = DispatchTime.now()
        let chosen = parsers.indices.filter { only == nil || parsers[$0].name == only }
        func isOpen(_ place: Int) -> Bool { count.map { tally[place].next - first < $0 } ?? true }
        while inputs.map({ tally.inputCount(since: first) < $0 }) ?? (started.secondsPassed < seconds) {
            // Each parser gets the same time, so that those that are quick get millions of inputs.
            guard let place = chosen.filter(isOpen).min(by: { tally[$0].nanoseconds < tally[$1].nanoseconds }) else {
                return
            }
            tally.current = place
            let turn = DispatchTime.now()
            repeat {
                watch.begin()
                feed(parsers[place], place, tally)
                watch.end()
            } while isOpen(place) && turn.secondsPassed < 0.02
            tally[place].nanoseconds += DispatchTime.now().uptimeNanoseconds - turn.uptimeNanoseconds
        }
    }

    private func feed(_ parser: FuzzedParser, _ place: Int, _ tally: FuzzTally) {
        let own = (seed ?? 0) &+ parser.name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }
        var random = SeededNumbers(seed: own, stream: tally[place].next)
        do {
            try parser.feed(&random, scratch)
        } catch let error where parser.isExpected(error) {
            tally[place].refused += 1
        } catch {
            tally[place].failed += 1
            note("FAILED: \(parser.name), input \(tally[place].next): \(type(of: error)): \(error)")
        }
        tally[place].next += 1
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
