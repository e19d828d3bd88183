import ArgumentParser
import AtlasIndexing
import AtlasQuery
import Attribution
import Circuits
import DemoData
import Foundation

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Index the bundled corpus through a small trained model and ask sample questions.",
        discussion: """
            Makes demo.atlas and the folder demo-dashboards. Run again, it resumes or goes straight to the questions.

              atlas demo
              atlas demo --directory /tmp
            """)

    @Option(help: "Where to write.") var directory = "."
    @Option(help: "Prompts computed at once; all cores unless given.") var jobs = ProcessInfo.processInfo
        .activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false

    /// The questions' subject: "the capital of the state containing Dallas is" → " Austin".
    private static let token = " Austin"
    private static let prompt = "Fact: the capital of the state containing Dallas is"
    private static let shownDrivers = 12
    /// Nodes of each prompt that are silenced to measure their effects.
    private static let measuredNodes = 10

    func validate() throws {
        try requireThreads(jobs)
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let data = try DemoData()
        let attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let path = URL(fileURLWithPath: directory).appendingPathComponent("demo.atlas").path
        try index(data, attributor: attributor, path: path, progress: progress)
        let reader = try AtlasReader.open(path)
        let quality = try CorpusEvaluation(attributor).quality(
            of: .file(path: data.corpus), jobs: jobs,
            progress: { progress.show("evaluating", done: $0, total: $1, unit: "prompts") })
        let drivers = try reader.drivers(of: reader.token(Self.token), limit: Self.shownDrivers)
        let feature = strongestWriter(in: drivers)
        let folder = URL(fileURLWithPath: directory).appendingPathComponent("demo-dashboards").path
        try DashboardExport(reader, features: nil).write(to: folder) {
            progress.show("exporting", done: $0, total: $1, unit: "answers")
        }
        progress.end()

        title("The atlas", command: "atlas info \(path)")
        InformationText(try reader.information()).lines.forEach { print($0) }
        title("How good the replacement model is", command: "atlas evaluate \(data.corpus) …")
        QualityText(quality, familyTag: EvaluationOptions().familyTag).lines.forEach { print($0) }
        title("One prompt", command: "atlas query prompt \"\(Self.prompt)\"")
        PromptText(try reader.prompt(reader.promptID(Self.prompt), featureLimit: 8)).lines.forEach { print($0) }
        title("What drives \"\(Self.token)\" across prompts", command: "atlas query drivers --token \"\(Self.token)\"")
        DriversText(drivers).lines.forEach { print($0) }
        if let feature {
            title("One of them", command: "atlas query feature \(feature)")
            FeatureText(try reader.feature(feature)).lines.forEach { print($0) }
        }
        title("Dashboards to look at", command: nil)
        print("\(folder)/index.html" + (feature.map { "#/feature/\($0)" } ?? ""))
    }

    /// The corpus with graphs, then all 10,000 additions with what fires only.
    private func index(_ data: DemoData, attributor: Attributor, path: String, progress: ProgressLine) throws {
        var options = IndexingOptions(jobs: jobs)
        options.measuredNodes = Self.measuredNodes
        let indexer = try Indexer(attributor: attributor, atlasPath: path)
        _ = try indexer.index(
            .file(path: data.corpus), corpusName: "demo", options: options, progress: progress.show)
        let grid = try CorpusTemplate(pattern: "calc: {a}+{b}=", values: ["a": 0...99, "b": 0...99])
        _ = try indexer.index(
            .template(grid), corpusName: "additions", options: IndexingOptions(activationsOnly: true, jobs: jobs),
            progress: progress.show)
    }

    /// The driver with the largest direct effect on the logit: the feature that says it.
    private func strongestWriter(in report: DriversReport) -> FeatureID? {
        report.features.filter { $0.directSupport > 1 }.max { $0.directEffect < $1.directEffect }?.node.feature
    }

    private func title(_ text: String, command: String?) {
        print("\n== \(text)" + (command.map { "   $ \($0)" } ?? ""))
    }
}
