import ArgumentParser
import Foundation
import TranscoderTraining

/// Times training steps at a model's shape, and says what they could take at least.
struct TrainingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training", abstract: "Training: tokens a second, and the share of the counted floor.",
        discussion: """
            Steps on random numbers; what the language model takes to read the text is not in them. The floor is the dense \
            and sparse operations at the rate of this machine's matrix products. The same step in PyTorch: \
            Tests/Reference/compare_training.py.

              swift run -c release Benchmarks training
              swift run -c release Benchmarks training --layers 30 --width 576 --features 4096 --architecture plt
            """)

    @Option(help: "Layers; the demo's unless given.") var layers = 6
    @Option(help: "The model's residual width.") var width = 128
    @Option(help: "Features a layer.") var features = 512
    @Option(help: "Features that fire, at first about twice as many.") var activeFeatures = 8.0
    @Option(help: "clt, plt or plt-skip.") var architecture = "clt"
    @Option(help: "Tokens a step.") var batchTokens = 1_024
    @Option(help: "Steps.") var steps = 20
    @OptionGroup var kept: ResultsOptions
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        var settings = TrainingSettings()
        guard let chosen = TrainingSettings.Architecture(rawValue: architecture) else {
            throw ValidationError("--architecture: expected clt, plt or plt-skip, found \(architecture)")
        }
        settings.architecture = chosen
        settings.featureCount = features
        settings.activeFeatures = activeFeatures
        settings.batchTokens = batchTokens
        settings.bufferTokens = batchTokens
        let speed = try TrainingSpeed(settings, layerCount: layers, modelWidth: width, steps: steps, jobs: jobs)
        let rate = MachineRate.matrixProduct(jobs: jobs, width: width)
        let floor = (speed.denseOperations + speed.sparseOperations) / rate
        print(
            String(
                format: """
                    %@, %d layers of %d features, width %d, %d tokens a step, %d parameters
                    seconds a step           %8.4f
                    tokens a second          %8.0f
                    features firing          %8.1f a token and layer, %.1f with those near their thresholds
                    operations a step        %8.2f GFLOP dense, %.2f sparse
                    matrix-product rate      %8.1f GFLOP/s on %d threads
                    share of the floor       %8.0f %%
                    peak resident memory     %8.0f MiB
                    """, architecture, layers, features, width, batchTokens, speed.parameterCount,
                speed.secondsPerStep, Double(batchTokens) / speed.secondsPerStep, speed.activeFeatures, speed.entries,
                speed.denseOperations / 1e9, speed.sparseOperations / 1e9, rate / 1e9, jobs,
                100 * floor / speed.secondsPerStep, PeakMemory.residentMebibytes))
        try kept.keep(
            [
                [
                    "transcoders": .text(
                        "\(architecture), \(layers) layers of \(features) features, width \(width)"),
                    "tokens_a_second": .number(Double(batchTokens) / speed.secondsPerStep),
                    "floor_share": .number(floor / speed.secondsPerStep),
                    "firing": .number(speed.activeFeatures), "visited": .number(speed.entries),
                    "peak_mebibytes": .number(PeakMemory.residentMebibytes),
                ]
            ], as: "training, \(architecture)")
    }
}
