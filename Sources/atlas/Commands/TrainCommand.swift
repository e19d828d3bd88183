import ArgumentParser
import AtlasIndexing
import Attribution
import Files
import Foundation
import LanguageModels
import Texts
import Tokenizers
import TranscoderTraining
import Transcoders

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train transcoders for a model of your own.",
        discussion: """
            Reads texts through the model and trains sparse features that stand in for its MLPs: a cross-layer transcoder, \
            or one a layer. The folder that is written is what --transcoders takes everywhere else. Texts are prompts (the \
            formats of atlas index, answers among them) or, with --long-text, whole files that are cut into pieces.

            While it runs the folder holds a checkpoint; interrupted, the same command goes on from there, and its weights \
            are the same to the last bit as if it had not been interrupted. training.svg shows the curves, training.json \
            holds them and the settings: --settings FOLDER/training.json reproduces a run.

            Without --sparsity the penalty is steered so that --active-features fire at a token of a layer on average.

              atlas train corpus.jsonl --model MODEL --output DIR
              atlas train book.txt.gz --long-text --model MODEL --output DIR --architecture plt --features 4096 --evaluate
              atlas train corpus.jsonl --model MODEL --output DIR --settings OTHER/training.json --seed 1
            """)

    @Argument(help: "Files of texts: .jsonl, .txt (a prompt a line), .csv or .tsv, each plain or .gz.")
    var files: [String]
    @Flag(help: "Each file is one long text.") var longText = false
    @Option(help: "The format where the files' names do not tell: jsonl, txt, csv, tsv.") var format: String?
    @Option(help: "The column that holds the text of .csv and .tsv.") var textColumn = "text"
    @Option(
        help: ArgumentHelp(
            "The language model's folder (config.json, model.safetensors, tokenizer.json).", valueName: "dir"))
    var model: String
    @Option(help: ArgumentHelp("The folder that the transcoders are written to.", valueName: "dir"))
    var output: String
    @Option(help: "The set's name; the folder's unless given.") var name: String?
    @OptionGroup(title: "Training") var choices: TrainingArguments
    @Option(help: "The share of the text that is not trained on, for --evaluate.") var heldOut = 0.02
    @Flag(help: "Judge the replacement model on the held-out text at the end.") var evaluate = false
    @Option(help: "Seconds between two checkpoints at least.") var saveInterval = 300.0
    @Option(help: "Threads; all cores unless given.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var json: JSONOutput

    func validate() throws {
        try OutputPlace.requireFolder(output)
        try requireThreads(jobs)
        guard !files.isEmpty else { throw ValidationError("expected files of texts, found none") }
        guard heldOut >= 0, heldOut < 1 else {
            throw ValidationError("--held-out: expected a share from 0 to below 1, found \(heldOut)")
        }
        guard !evaluate || heldOut > 0 else {
            throw ValidationError("--evaluate: expected a share of the text that is held out, found --held-out 0")
        }
        guard saveInterval >= 0 else {
            throw ValidationError("--save-interval: expected 0 or more seconds, found \(saveInterval)")
        }
        try CorpusFormat.requireName(format)
    }

    func run() throws {
        // A checkpoint has gigabytes for a large model.
        InterruptionRequest.wait(seconds: InterruptionRequest.long)
        InterruptionRequest.canBeResumed()
        let settings = try choices.chosen()
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        try requireOwnFolder()
        let language = try LanguageModel(folder: model)
        var text = TrainingText(tokenizer: language.tokenizer, contextLength: settings.contextLength)
        for file in files { try read(file, into: &text) }
        let held = text.split(share: heldOut)
        let trainer = try TranscoderTrainer(language, text: text, settings: settings, jobs: jobs)
        try makeFolder()
        do {
            let report = try trainer.train(
                to: output, name: name ?? URL(fileURLWithPath: output).lastPathComponent, saveInterval: saveInterval
            ) { progress.show($0) }
            progress.end()
            let quality = try evaluate ? judged(on: held, progress) : nil
            progress.end()
            try json.print(TrainingSummary(report: report, heldOut: quality)) {
                TrainingSummaryText(report, quality, folder: output).lines.forEach { print($0) }
            }
        } catch let error as TrainingInterrupted {
            progress.end()
            throw Interrupted(message: "\(error), saved in \(output); the same command goes on from there")
        }
    }

    /// Refuses a folder that holds a set which this command did not train.
    private func requireOwnFolder() throws {
        let isSet = FileManager.default.fileExists(atPath: output + "/config.yaml")
        let isOwn = FileManager.default.fileExists(atPath: output + "/" + TranscoderTrainer.checkpointName)
        guard !isSet || isOwn else {
            throw ValidationError("\(output): expected a new folder or one of this command's, found other transcoders")
        }
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw ValidationError("\(output): cannot be made: \(error.localizedDescription)")
        }
    }

    private func read(_ file: String, into text: inout TrainingText) throws {
        let known =
            longText ? .plainText : try CorpusFormat(named: format, path: file, textColumn: textColumn)
        let records = try CorpusSource.file(path: file, format: known).records(onMalformed: .fail)
        guard longText else {
            while let record = try records.next() { text.add(record.text + (record.answer ?? "")) }
            return
        }
        // Tokens are found for a part at a time; each part begins with a line.
        var part = ""
        while let line = try records.next() {
            part += line.text + "\n"
            if part.utf8.count >= Self.partBytes {
                text.add(part)
                part = ""
            }
        }
        if !part.isEmpty { text.add(part) }
    }

    private static let partBytes = 1 << 16

    private func judged(on held: TrainingText, _ progress: ProgressLine) throws -> ReplacementQuality {
        guard held.pieceCount > 0 else {
            throw ValidationError(
                "--evaluate: expected text that is held out, found too little: take a larger --held-out")
        }
        let attributor = try Attributor(modelFolder: model, transcoderFolder: output)
        return try HeldOutEvaluation(attributor, text: held).quality(jobs: jobs) {
            progress.show("evaluating", done: $0, total: $1, unit: "pieces")
        }
    }
}
