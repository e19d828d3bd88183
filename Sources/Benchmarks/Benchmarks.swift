import ArgumentParser

/// Measurements that nothing asserts: run them in release mode on a quiet machine and compare ratios, not seconds.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract:
            """
            Measures attribution, its precisions, indexing, questions, large graphs, circuits of neurons, training, derivation and shards \
            on this machine.
            """,
        subcommands: [
            AttributionBenchmark.self, PrecisionBenchmark.self, IndexingBenchmark.self, QuestionBenchmark.self,
            GraphBenchmark.self,
            AgreementBenchmark.self, DriversBenchmark.self, TrainingBenchmark.self, DerivationBenchmark.self,
            JoiningBenchmark.self,
        ])
}
