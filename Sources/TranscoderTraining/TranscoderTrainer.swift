import Circuits
import Dispatch
import Files
import Foundation
import LanguageModels
import Tensors
import Transcoders

/// Trains transcoders for a language model on a text.
///
///     var text = TrainingText(tokenizer: model.tokenizer, contextLength: settings.contextLength)
///     for line in lines { text.add(line) }
///     let trainer = try TranscoderTrainer(model, text: text, settings: settings, jobs: 8)
///     let report = try trainer.train(to: "my-transcoders", name: "mine") { print($0.point.loss) }
///
/// The same settings, model and text give the same weights to the last bit, whatever the number of threads and however
/// often the run was interrupted.
public struct TranscoderTrainer: Sendable {
    private let model: LanguageModel
    private let text: TrainingText
    private let settings: TrainingSettings
    private let jobs: Int

    /// Checks the settings and that there is enough text.
    ///
    /// - Parameter jobs: threads
    /// - Throws: `TrainingError`
    public init(_ model: LanguageModel, text: TrainingText, settings: TrainingSettings, jobs: Int) throws(TrainingError)
    {
        if let fault = settings.fault { throw TrainingError(fault) }
        guard settings.contextLength <= model.configuration.contextLength else {
            throw TrainingError(
                "context: expected at most \(model.configuration.contextLength) tokens (the model's context), found "
                    + "\(settings.contextLength)")
        }
        if let fault = model.fault(of: settings.inputHook) { throw TrainingError("input hook: \(fault)") }
        let tokens = text.tokenCount - text.pieceCount
        guard tokens >= settings.batchTokens else {
            throw TrainingError(
                "the text: expected at least \(settings.batchTokens) tokens, those of a step, found \(tokens) in "
                    + "\(text.pieceCount) pieces; take more text or fewer tokens a step")
        }
        let needed = Self.bytes(settings, model.configuration.layerCount, model.configuration.modelWidth)
        let memory = Double(ProcessInfo.processInfo.physicalMemory)
        guard needed <= memory else {
            throw TrainingError(
                "memory: expected at most this machine's \(Self.gigabytes(memory)) GB, found that parameters, their "
                    + "gradients and the waiting tokens take \(Self.gigabytes(needed)) GB; take fewer features or a "
                    + "smaller buffer")
        }
        self.model = model
        self.text = text
        self.settings = settings
        self.jobs = jobs
    }

    /// Trains to the end, or goes on where the folder's checkpoint stands, and writes the set.
    ///
    /// - Parameters:
    ///   - folder: where the set is written; while the run lasts, its checkpoint
    ///   - name: the set's name
    ///   - saveInterval: seconds between two checkpoints at least
    ///   - progress: called after every step, from the calling thread
    /// - Throws: `TrainingInterrupted` when cancelled, after a checkpoint was written; `TrainingError` where the loss
    ///   diverges or the checkpoint is of another run; errors of the model's and of files
    public func train(
        to folder: String, name: String, saveInterval: Double = 300,
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws -> TrainingReport {
        let checkpoint = TrainingCheckpoint(path: folder + "/" + Self.checkpointName)
        let identity = TrainingCheckpoint.Identity(model: model.fingerprint, text: text.digest, settings: settings)
        var (state, supply) = try checkpoint.exists ? resumed(checkpoint, identity) : initial()
        let batch = TrainingBatch(
            tokenCount: settings.batchTokens, layerCount: state.layers.count,
            modelWidth: model.configuration.modelWidth)
        let step = TrainingStep(settings: settings, jobs: jobs)
        let (began, firstStep) = (DispatchTime.now(), state.step)
        var saved: (step: Int?, time: DispatchTime) = (checkpoint.exists ? state.step : nil, began)
        while state.step < settings.steps {
            let started = DispatchTime.now()
            do {
                try Cancellation.check()
                try supply.next(into: batch)
                do {
                    try step.take(&state, batch: batch, scales: supply.scales)
                } catch {
                    supply.putBack()
                    throw error
                }
            } catch is Cancelled {
                try checkpoint.write(state, supply, identity: identity)
                try report(state, identity).write(to: folder)
                throw TrainingInterrupted(done: state.step, total: settings.steps)
            } catch let error as TrainingError {
                throw TrainingError("\(error); \(Self.advice(saved.step, checkpoint, settings))")
            }
            state.seconds += started.secondsPassed
            if let point = state.curve.latest {
                progress(
                    TrainingProgress(
                        step: state.step, steps: settings.steps,
                        tokensPerSecond: Double((state.step - firstStep) * settings.batchTokens)
                            / max(1e-9, began.secondsPassed),
                        point: point))
            }
            if saved.time.secondsPassed >= saveInterval, state.step < settings.steps {
                try checkpoint.write(state, supply, identity: identity)
                try report(state, identity).write(to: folder)
                saved = (state.step, DispatchTime.now())
            }
        }
        // A disk that is full now must not cost the run.
        try checkpoint.write(state, supply, identity: identity)
        try TranscoderExport(
            settings: settings, scales: supply.scales, modelName: model.name, name: name
        ).write(state.layers, leastKept: state.leastKept, to: folder)
        let report = report(state, identity)
        try report.write(to: folder)
        return report
    }

    /// What parameters with gradients and moments, and the rows that wait, take in memory.
    private static func bytes(_ settings: TrainingSettings, _ layerCount: Int, _ modelWidth: Int) -> Double {
        let (layers, width) = (Double(layerCount), Double(modelWidth))
        let slots = settings.architecture == .crossLayer ? layers * (layers + 1) / 2 : layers
        let parameters = Double(settings.featureCount) * width * (layers + slots)
        return 16 * parameters + 8 * layers * width * Double(BatchSupply.capacity(settings) + settings.batchTokens)
    }

    private static func gigabytes(_ bytes: Double) -> String { String(format: "%.1f", bytes / 1e9) }

    /// The checkpoint's name in the folder of a set.
    public static let checkpointName = "checkpoint.safetensors"

    private func initial() throws -> (TrainingState, BatchSupply) {
        var supply = try BatchSupply(source, text: text, settings: settings, jobs: jobs)
        let calibration = TrainingBatch(
            tokenCount: Self.calibrationTokens, layerCount: supply.scales.inputs.count,
            modelWidth: model.configuration.modelWidth)
        try supply.sample(into: calibration)
        let layers = TranscoderInitialization(settings: settings, calibration: calibration).layers()
        return (TrainingState(layers: layers, settings: settings), supply)
    }

    private func resumed(
        _ checkpoint: TrainingCheckpoint, _ identity: TrainingCheckpoint.Identity
    ) throws -> (TrainingState, BatchSupply) {
        try checkpoint.read(
            identity: identity, layerCount: model.configuration.layerCount, modelWidth: model.configuration.modelWidth
        ) { scales, position, numbers, origins in
            BatchSupply(
                source, text: text, settings: settings, jobs: jobs, scales: scales, position: position,
                numbers: numbers, origins: origins)
        }
    }

    private var source: ActivationSource {
        ActivationSource(model: model, inputHook: settings.inputHook, outputHook: settings.outputHook)
    }

    /// Tokens from which first biases are measured.
    private static let calibrationTokens = 2_048

    private static func advice(_ saved: Int?, _ checkpoint: TrainingCheckpoint, _ settings: TrainingSettings) -> String
    {
        let kept = saved.map { "the checkpoint of step \($0) is kept in \(checkpoint.path)" } ?? "nothing was saved"
        return "\(kept); a smaller learning rate may help"
    }

    private func report(_ state: TrainingState, _ identity: TrainingCheckpoint.Identity) -> TrainingReport {
        TrainingReport(
            settings: settings, model: model.name, modelFingerprint: model.fingerprint, textDigest: identity.text,
            textTokens: text.tokenCount,
            passes: Double(settings.steps * settings.batchTokens) / Double(text.tokenCount - text.pieceCount),
            curve: state.curve.points, revivedFeatures: state.revivedFeatures, seconds: state.seconds)
    }
}
