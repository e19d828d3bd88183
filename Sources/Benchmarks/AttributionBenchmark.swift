import ArgumentParser
import Attribution
import Circuits
import Dispatch
import Foundation
import Tensors

/// Attributes prompts again and again and says what bounds the speed.
struct AttributionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribution", abstract: "Attribution: speed, operations, memory.",
        discussion: """
            Prints one line a prompt and repetition, then a summary. The share of the matrix-product rate says how much
            of the time goes into the products themselves; the rest is memory traffic, gathering and selection.

            Example: swift run -c release Benchmarks attribution --model DIR --transcoders DIR \\
                       --maximum-feature-nodes 1000 "The capital of the state containing Dallas is"
            """)

    @Argument(help: "Prompts; a line of a file each when --file is given.") var prompts: [String] = []
    @Option(help: "The model's folder.") var model: String
    @Option(help: "The transcoders' folder.") var transcoders: String
    @Option(help: "A file with a prompt a line.") var file: String?
    @Option(help: "Features that become targets.") var maximumFeatureNodes: Int?
    @Option(help: "Repetitions of each prompt after one that is not counted.") var repetitions = 3
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        let attributor = try Attributor(modelFolder: model, transcoderFolder: transcoders)
        var texts = prompts
        if let file { texts += try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init) }
        guard !texts.isEmpty else { throw ValidationError("no prompt given") }
        let rate = MachineRate.matrixProduct(jobs: jobs, width: attributor.model.configuration.modelWidth)
        var seconds = 0.0
        var targets = 0
        var operations = 0
        var runs = 0
        for text in texts {
            let tokens = attributor.model.tokenizer.encodePrompt(text)
            for repetition in 0...repetitions {
                let started = DispatchTime.now()
                let result = try attributor.attribute(
                    tokens, options: AttributionOptions(maximumFeatureNodes: maximumFeatureNodes), jobs: jobs)
                let elapsed = started.secondsToNow
                let count = result.graph.layout.targetCount
                print(
                    "\(tokens.count) tokens, \(result.graph.activeFeatures.count) active, \(count) targets: "
                        + String(format: "%.3f s%@", elapsed, repetition == 0 ? " (first, not counted)" : ""))
                if repetition == 0 { continue }
                seconds += elapsed
                targets += count
                operations += result.floatingPointOperations
                runs += 1
            }
        }
        print(
            String(
                format: """
                    prompts a second           %.2f
                    targets a second           %.0f
                    operations a prompt        %.2f GFLOP
                    operations a second        %.1f GFLOP/s
                    matrix-product rate        %.1f GFLOP/s on %d threads, %@ kernels (%.0f %% reached)
                    peak resident memory       %.0f MiB
                    """,
                Double(runs) / seconds, Double(targets) / seconds, Double(operations) / Double(max(1, runs)) / 1e9,
                Double(operations) / seconds / 1e9, rate / 1e9, jobs, matrixProductKernelName, 100 * Double(operations) / seconds / rate,
                PeakMemory.residentMebibytes))
    }
}
