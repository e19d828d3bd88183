import ArgumentParser
import AtlasQuery
import AtlasStore
import Foundation

/// One generated corpus in 2, 8, 32 and 128 shards, merged and assembled, against one run over all of it.
struct JoiningBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "joining", abstract: "Shards merged and assembled: processor seconds and bytes, against one run.",
        discussion: """
            The shards are made in a folder, each with its statistics; merges and assemblies are of all of them. What is \
            compared is what comes after the facts: one run derives once.

              swift run -c release Benchmarks joining /tmp/joining
            """)

    @Argument(help: "A folder for the atlases, with room for four times the whole.") var folder: String
    @Option(help: "Prompts of the corpus.") var prompts = 20_000
    @Option(help: "Edges a prompt.") var edges = 100
    @Option(help: "Activations a prompt.") var activations = 300
    @Option(help: "In so many shards.") var shards = [2, 8, 32, 128]
    @OptionGroup var kept: ResultsOptions
    @Flag(help: "Compare each result with what its facts give, derived anew.") var verify = false

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let whole = try make(1)
        print("one run: derived in \(whole.seconds.oneDecimal) s, \(whole.bytes.mebibytes) MiB")
        try FileManager.default.removeItem(atPath: whole.paths[0])
        print("shards   in shards: s   MiB   merged: s  of one run   MiB   assembled: s  of one run   MiB  peak MiB")
        var rows: [[String: KeptMeasurement.Value]] = []
        for count in shards {
            let made = try make(count)
            let merged = try measured("merged.atlas") { try AtlasJoin(parts: made.paths, whole: $0).run() }
            let assembled = try measured("assembled.atlas") {
                try AtlasAssembly(shards: made.paths, whole: $0).run()
            }
            print(
                String(
                    format: "%6d %14@ %5@ %11@ %9.0f %% %5@ %14@ %9.0f %% %5@ %9.0f", count, made.seconds.oneDecimal,
                    made.bytes.mebibytes, merged.seconds.oneDecimal, 100 * merged.seconds / whole.seconds,
                    merged.bytes.mebibytes, assembled.seconds.oneDecimal, 100 * assembled.seconds / whole.seconds,
                    assembled.bytes.mebibytes, PeakMemory.residentMebibytes))
            rows.append([
                "shards": .count(count), "deriving_seconds": .number(made.seconds),
                "shards_mebibytes": .number(mebibytes(made.bytes)),
                "merged_seconds": .number(merged.seconds), "merged_mebibytes": .number(mebibytes(merged.bytes)),
                "assembled_seconds": .number(assembled.seconds),
                "assembled_mebibytes": .number(mebibytes(assembled.bytes)),
            ])
            for path in made.paths { try FileManager.default.removeItem(atPath: path) }
        }
        try kept.keep(rows, as: "joining")
        try kept.keep(
            [
                [
                    "prompts": .count(prompts), "deriving_seconds": .number(whole.seconds),
                    "mebibytes": .number(mebibytes(whole.bytes)),
                ]
            ], as: "joining, one run")
    }

    /// Writes the corpus in some shards and derives each: the processor time of deriving, and the bytes of all.
    private func make(_ count: Int) throws -> (paths: [String], seconds: Double, bytes: Int) {
        var generated = GeneratedAtlas(
            .init(prompts: prompts, edgesPerPrompt: edges, activationsPerPrompt: activations))
        var (paths, seconds, bytes): ([String], Double, Int) = ([], 0, 0)
        for number in 0..<count {
            let path = "\(folder)/shard-\(number)-of-\(count).atlas"
            try? FileManager.default.removeItem(atPath: path)
            try generated.writeFacts(
                to: path, prompts: prompts * number / count..<prompts * (number + 1) / count
            ) { _, _ in }
            let atlas = try Atlas.open(path, mode: .readWrite)
            let timer = ProcessorTime()
            try AtlasDerivation(atlas).rebuild()
            seconds += timer.seconds
            try atlas.close()
            bytes += try size(path)
            paths.append(path)
        }
        return (paths, seconds, bytes)
    }

    /// Makes an atlas, looks at what that took, and removes it.
    private func measured(_ name: String, _ body: (String) throws -> Void) throws -> (seconds: Double, bytes: Int) {
        let path = folder + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        let timer = ProcessorTime()
        try body(path)
        let seconds = timer.seconds
        if verify {
            let report = try AtlasReader(Atlas.open(path, mode: .readOnly)).verify(derivingAnew: true)
            print(
                report.problems.isEmpty
                    ? "  \(name): as derived anew, sums within \(report.largestRounding ?? 0)" : "\(report)")
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return (seconds, try size(path))
    }

    private func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

extension Double {
    fileprivate var oneDecimal: String { String(format: "%.1f", self) }
}

extension Int {
    fileprivate var mebibytes: String { String(format: "%.0f", Double(self) / 1_048_576) }
}
