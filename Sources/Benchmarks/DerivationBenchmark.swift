import ArgumentParser
import AtlasQuery
import AtlasStore
import Foundation

/// Derives a large generated atlas anew, and adds parts to it: nothing new, 1 % and 10 % of its prompts.
struct DerivationBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derivation", abstract: "A rebuild of what is derived against merges of parts: processor seconds.",
        discussion: """
            The atlas is made in a folder if it is not there yet; each merge is into a copy of it.

              swift run -c release Benchmarks derivation /tmp/derivation
            """)

    @Argument(help: "A folder for the atlases, with room for three times the largest.") var folder: String
    @Option(help: "Prompts of the large atlas.") var prompts = 100_000
    @Option(help: "Edges a prompt.") var edges = 100
    @Option(help: "Activations a prompt.") var activations = 300
    @Option(help: "Parts of so many per cent are merged.") var parts = [0, 1, 10]
    @OptionGroup var kept: ResultsOptions
    @Flag(help: "Compare each with what its facts give, derived anew.") var verify = false

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let whole = folder + "/whole.atlas"
        var generated = GeneratedAtlas(
            .init(prompts: prompts, edgesPerPrompt: edges, activationsPerPrompt: activations))
        let writing = ProcessorTime()
        if !FileManager.default.fileExists(atPath: whole) {
            try generated.writeFacts(to: whole, prompts: 0..<prompts) { done, total in
                if done % 10_000 == 0 { print("\(done) of \(total) prompts") }
            }
        } else {
            generated.skip(prompts)
        }
        for percent in parts where percent > 0 {
            let part = folder + "/part-\(percent).atlas"
            guard !FileManager.default.fileExists(atPath: part) else { continue }
            try generated.writeFacts(to: part, prompts: prompts..<prompts + prompts * percent / 100) { _, _ in }
        }
        print(String(format: "written in %.1f s of processor time", writing.seconds))
        let atlas = try Atlas.open(whole, mode: .readWrite)
        let rebuilding = ProcessorTime()
        try AtlasDerivation(atlas).rebuild()
        let rebuild = rebuilding.seconds
        let edges = try AtlasReader(atlas).information().aggregatedEdgeCount
        try atlas.close()
        print(String(format: "rebuild of %d aggregated edges: %.1f s", edges, rebuild))
        print("part    merged and added  of the rebuild  outcome")
        var row: [String: KeptMeasurement.Value] = [
            "prompts": .count(prompts), "aggregated_edges": .count(edges), "rebuild_seconds": .number(rebuild),
        ]
        for percent in parts {
            row["share_of_\(percent)"] = .number(try merge(percent, whole: whole, rebuild: rebuild))
        }
        try kept.keep([row], as: "derivation")
        print(String(format: "peak memory %.0f MiB", PeakMemory.residentMebibytes))
    }

    /// Merges a part of so many per cent into a copy: its processor time as a share of the rebuild's.
    private func merge(_ percent: Int, whole: String, rebuild: Double) throws -> Double {
        let copy = folder + "/copy.atlas"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: whole, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        var part = folder + "/part-\(percent).atlas"
        if percent == 0 {
            // A part that the whole has: its own first share.
            part = folder + "/part-0.atlas"
            var generated = GeneratedAtlas(
                .init(prompts: prompts, edgesPerPrompt: edges, activationsPerPrompt: activations))
            if !FileManager.default.fileExists(atPath: part) {
                try generated.writeFacts(to: part, prompts: 0..<prompts / 100) { _, _ in }
            }
        }
        let timer = ProcessorTime()
        let added = try AtlasJoin(parts: [part], whole: copy).run()
        let seconds = timer.seconds
        print(
            String(
                format: "+%2d %%   %10.2f s  %12.2f %%    %d prompts", percent, seconds, 100 * seconds / rebuild,
                added[0].added.prompts))
        if verify {
            let report = try AtlasReader(Atlas.open(copy, mode: .readOnly)).verify(derivingAnew: true)
            print(
                report.problems.isEmpty ? "  as derived anew, sums within \(report.largestRounding ?? 0)" : "\(report)")
        }
        return seconds / rebuild
    }
}
