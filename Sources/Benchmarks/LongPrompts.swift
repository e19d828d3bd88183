import AtlasIndexing
import Attribution
import Circuits
import Dispatch
import Foundation
import LanguageModels
import Tensors

/// Attribution of prompts of given lengths, once each: time, memory, and every phase beside its floor.
struct LongPrompts {
    let attributor: Attributor
    /// What prompts are cut from; repeated where it is too short.
    let text: String
    let options: AttributionOptions
    let jobs: Int
    /// Seconds that it took to open the model and its transcoders.
    let loading: Double

    /// A prompt of so many tokens, cut from a text that is repeated where it is too short.
    static func tokens(_ count: Int, of text: String, _ model: LanguageModel) -> [Int] {
        var tokens = model.tokenizer.encodePrompt(text)
        let more = model.tokenizer.encode(text)
        while tokens.count < count, !more.isEmpty { tokens += more }
        return Array(tokens.prefix(count))
    }

    /// What is attributed over.
    private var kind: String { attributor.basis.transcoders?.kind.rawValue ?? attributor.basis.name }

    /// Measures prompts of these lengths; a row for each.
    func measure(_ lengths: [Int], repetitions: Int) throws -> [[String: KeptMeasurement.Value]] {
        var rows: [[String: KeptMeasurement.Value]] = []
        let rate = MachineRate.matrixProduct(jobs: 1, width: attributor.model.configuration.modelWidth)
        let bytes = MachineRate.memory()
        print(
            String(
                format: "one thread: %.1f GFLOP/s in large products (%@ kernels), %.1f GB/s of memory", rate / 1e9,
                matrixProductKernelName, bytes / 1e9))
        print(String(format: "opened in %.2f s", loading))
        var last: (length: Int, seconds: [AttributionPhase: Double])?
        for length in lengths {
            let tokens = Self.tokens(length, of: text, attributor.model)
            for repetition in 0..<max(1, repetitions) {
                let (started, processor) = (DispatchTime.now(), ProcessorTime())
                let result = try attributor.attribute(tokens, options: options, jobs: jobs)
                let (elapsed, spent) = (started.secondsPassed, processor.seconds)
                let graph = result.graph
                print(
                    "\n\(tokens.count) tokens, \(graph.activeFeatures.count) active, "
                        + "\(graph.layout.targetCount) targets: "
                        + String(
                            format:
                                "%.2f s, %.2f s of processors on %d threads, violation %.1e, peak %.0f MiB, of files %.0f MiB",
                            elapsed, spent, jobs, graph.violations().max() ?? 0, PeakMemory.residentMebibytes,
                            PeakMemory.mappedFileMebibytes))
                let table = PhaseTable(
                    counted: AttributionCounts(attributor, result, options: options), measured: result.costs,
                    operationRate: rate, byteRate: bytes)
                table.print()
                let (mixing, projections) = (table.rate(.mixing), table.rate(.projections))
                rows.append([
                    "tokens": .count(tokens.count), "active": .count(graph.activeFeatures.count),
                    "targets": .count(graph.layout.targetCount), "seconds": .number(elapsed),
                    "processor_seconds": .number(spent), "over_floor": .number(table.overFloor),
                    "projections_share": .number(projections.share),
                    "projections_rate": .number(projections.rate / 1e9),
                    "mixing_share": .number(mixing.share), "mixing_rate": .number(mixing.rate / 1e9),
                    "violation": .number(Double(graph.violations().max() ?? 0)),
                    "peak_gibibytes": .number(PeakMemory.residentMebibytes / 1024),
                    "files_gibibytes": .number(PeakMemory.mappedFileMebibytes / 1024),
                    "loading_seconds": .number(loading), "kind": .text(kind),
                    "turn": .text(repetition == 0 ? "first" : "warm"), "precision": .text(options.precision.rawValue),
                ])
                let pruning = ThreadTime.seconds
                let pruned = SparseGraph(
                    graph, nodeThreshold: Pruning.viewingThresholds.node, edgeThreshold: Pruning.viewingThresholds.edge)
                print(
                    String(
                        format: "pruning and scores %.3f s: %ld nodes, %ld edges; peak %.0f MiB",
                        ThreadTime.seconds - pruning, pruned.nodes.count, pruned.edges.count,
                        PeakMemory.residentMebibytes))
                if let last, last.length < tokens.count {
                    let growth = AttributionPhase.allCases.compactMap { phase -> String? in
                        guard let now = result.costs[phase]?.seconds, let before = last.seconds[phase], before > 0.01
                        else { return nil }
                        let power = log(now / before) / log(Double(tokens.count) / Double(last.length))
                        return "\(phase.rawValue) \(String(format: "%.2f", power))"
                    }
                    print("grown since \(last.length) tokens by the power: " + growth.joined(separator: ", "))
                }
                last = (tokens.count, result.costs.mapValues(\.seconds))
            }
        }
        return rows
    }
}
