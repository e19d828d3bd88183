import ArgumentParser
import Foundation

/// Feeds damaged real files to every parser until the time is over: the test suite's fuzzers, without their limit.
@main
struct FuzzParsers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Feed damaged real files to every parser; each must refuse them with one line or work.",
        discussion: """
            The real files are the demo's and the tests' golden data below the package's folder. Input N of a seed is \
            always the same: what fails is named with both and stays in the scratch folder.

              swift run -c release FuzzParsers --seconds 600
              swift run -c release FuzzParsers --seed 7 --first 1234 --count 1
            """)

    @Option(help: "How long to go on.") var seconds = 60.0
    @Option(help: "What the damage is drawn from; the time unless given.") var seed: UInt64?
    @Option(help: "The first input.") var first: UInt64 = 0
    @Option(help: "Inputs at most.") var count: UInt64?
    @Option(help: "Only the parsers whose name contains this.") var only: String?
    @Option(help: "The package's folder.") var package = "."
    @Option(help: "Where inputs are written.") var scratch = NSTemporaryDirectory() + "fuzz-parsers"

    func run() throws {
        let seed = seed ?? UInt64(Date().timeIntervalSince1970)
        let parsers = try FuzzedParser.all(package: package).filter { only == nil || $0.name.contains(only ?? "") }
        guard !parsers.isEmpty else { throw ValidationError("--only \(only ?? ""): no parser has that in its name") }
        for parser in parsers { print("\(parser.name): \(parser.seeds.count) real files") }
        let missing = FuzzedParser.uncovered(parsers, package: package)
        if !missing.isEmpty, only == nil { print("not covered: \(missing.joined(separator: ", "))") }
        // A folder of this run's own: what an earlier one left may be of other real files.
        let scratch = "\(scratch)/run-\(ProcessInfo.processInfo.processIdentifier)"
        print("seed \(seed), first input \(first), scratch folder \(scratch)")
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let watch = Watch()
        let started = Date()
        var input = first
        var outcomes: [String: (works: Int, refused: Int)] = [:]
        while Date().timeIntervalSince(started) < seconds, input - first < count ?? .max {
            let parser = parsers[Int(input % UInt64(parsers.count))]
            watch.begin("seed \(seed), input \(input), \(parser.name)")
            do {
                try parser.feed(seed: seed, input: input, scratch: scratch)
                outcomes[parser.name, default: (0, 0)].works += 1
            } catch let error as any CustomStringConvertible & Error where parser.isExpected(error) {
                outcomes[parser.name, default: (0, 0)].refused += 1
            } catch {
                print("FAILED: seed \(seed), input \(input), \(parser.name): \(type(of: error)): \(error)")
                throw ExitCode.failure
            }
            watch.end()
            input += 1
        }
        try FileManager.default.removeItem(atPath: scratch)
        for parser in parsers {
            let outcome = outcomes[parser.name] ?? (0, 0)
            print("\(parser.name): \(outcome.works + outcome.refused) inputs, \(outcome.refused) refused")
        }
        print("peak memory \(Watch.peakMebibytes) MiB; the next input would be \(input)")
    }
}
