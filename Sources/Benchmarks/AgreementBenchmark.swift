import ArgumentParser
import Circuits
import Foundation
import LanguageModels
import Synchronization

/// How few neurons carry the agreement of subject and verb.
struct AgreementBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement",
        abstract: "Subject-verb agreement: what a circuit of n neurons keeps, and is needed for.",
        discussion: """
            Neurons, each at its position, are chosen by their mean total effect on the right verb's logit less the wrong \
            one's, over the sentences that the corpus tags split=fit. On those held out all other neurons are set to \
            rest (keep), then the chosen ones (silence), and the same with as many neurons at random. A share is the mean \
            difference of the logits by that of the whole model, with a 95 % bootstrap interval over pairs of sentences.

              swift run -c release Benchmarks agreement --model DIR --corpus Sources/RealModels/corpus/corpus.jsonl
            """)

    @Option(help: "The model's folder.") var model: String
    @Option(help: "Sentences with the tags kind, pair, split and other_answer.") var corpus: String
    @Option(parsing: .upToNextOption, help: "Sizes of circuits; with none kept, everything is at rest.")
    var sizes = [0, 10, 30, 100, 300, 1000]
    @Option(parsing: .upToNextOption, help: "Sizes of random circuits.") var randomSizes = [100, 1000]
    @Option(help: "Sentences held out that are tried, a kind at most.") var heldOut = 80
    @Option(parsing: .upToNextOption, help: "What rest is: the group's mean, or the pair's other sentence.")
    var rest = AgreementCircuit.Rest.allCases
    @Option(parsing: .upToNextOption, help: "Only these kinds.") var kinds: [String] = []
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var kept: ResultsOptions
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard heldOut >= 2, jobs >= 1, (sizes + randomSizes).allSatisfy({ $0 >= 0 }) else {
            throw ValidationError("expected 2 or more sentences, 1 or more jobs, and sizes of 0 or more")
        }
    }

    func run() throws {
        let model = try LanguageModel(folder: model)
        let all = try AgreementSentences.read(
            corpus, tokenizer: model.tokenizer.encode, start: { model.tokenizer.encodePrompt($0) }, limit: heldOut
        ).filter { kinds.isEmpty || kinds.contains($0.kind) }
        var curves: [AgreementCurve] = []
        for sentences in all where !sentences.fitted.isEmpty && !sentences.heldOut.isEmpty {
            for rest in rest {
                let started = Date()
                let circuit = try AgreementCircuit(
                    sentences, model: model, rest: rest, count: (sizes + randomSizes).max() ?? 0, jobs: jobs)
                let done = Mutex(0)
                let outcomes = try circuit.outcomes(sizes: sizes, randomSizes: randomSizes) {
                    let now = done.withLock { done in
                        done += 1
                        return done
                    }
                    guard now % 10 == 0 else { return }
                    FileHandle.standardError.write(
                        Data("\(sentences.kind), \(rest): \(now) of \(sentences.heldOut.count) sentences\n".utf8))
                }
                let curve = AgreementCurve(
                    sentences, circuit, rest: rest, sizes: sizes, randomSizes: randomSizes, outcomes, started: started)
                curves.append(curve)
                if !json { curve.print() }
                try kept.keep(curve.rows, as: "agreement, \(sentences.kind), \(rest.rawValue)")
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(curves), as: UTF8.self))
        }
    }
}

extension AgreementCircuit.Rest: ExpressibleByArgument {}

/// What circuits of one kind of sentences keep, by size.
private struct AgreementCurve: Encodable {
    /// A share of the whole model's mean difference, with what 95 % of resampled sentences give.
    struct Share: Encodable {
        let share: Double
        let low: Double
        let high: Double
        /// The share of sentences whose right verb is likelier.
        let accuracy: Double
    }

    struct Point: Encodable {
        let neurons: Int
        let keep: Share
        let silence: Share
        let byLayer: [Int]
        let byPosition: [Int]
    }

    struct RandomPoint: Encodable {
        let neurons: Int
        let keep: Share
        let silence: Share
    }

    let kind: String
    let rest: AgreementCircuit.Rest
    let fittedSentences: Int
    let heldOutSentences: Int
    let tokens: Int
    let meanDifference: Double
    let accuracy: Double
    let seconds: Double
    let points: [Point]
    let random: [RandomPoint]

    init(
        _ sentences: AgreementSentences, _ circuit: AgreementCircuit, rest: AgreementCircuit.Rest, sizes: [Int],
        randomSizes: [Int], _ outcomes: [AgreementCircuit.Outcome], started: Date
    ) {
        kind = sentences.kind
        self.rest = rest
        fittedSentences = sentences.fitted.count
        heldOutSentences = sentences.heldOut.count
        tokens = sentences.heldOut[0].tokens.count
        let whole = outcomes.map(\.whole)
        meanDifference = whole.reduce(0, +) / Double(whole.count)
        accuracy = Double(whole.count { $0 > 0 }) / Double(whole.count)
        seconds = Date().timeIntervalSince(started)
        // Both sentences of a pair are drawn together: they are no two independent ones.
        let pairs = Dictionary(grouping: sentences.heldOut.indices) { sentences.heldOut[$0].pair }
            .sorted { $0.value[0] < $1.value[0] }.map(\.value)
        func share(_ values: [Double]) -> Share {
            func ratio(_ drawn: [Int]) -> Double {
                drawn.reduce(0) { $0 + values[$1] } / drawn.reduce(0) { $0 + whole[$1] }
            }
            var numbers = SeededNumbers(seed: 1, stream: 2)
            let resampled = (0..<1000).map { _ in
                ratio(pairs.indices.flatMap { _ in pairs.randomElement(using: &numbers)! })
            }.sorted()
            return Share(
                share: ratio(Array(values.indices)), low: resampled[25], high: resampled[974],
                accuracy: Double(values.count { $0 > 0 }) / Double(values.count))
        }
        points = sizes.enumerated().map { place, size in
            let places = circuit.places(of: size)
            return Point(
                neurons: size, keep: share(outcomes.map { $0.keeping[place] }),
                silence: share(outcomes.map { $0.silencing[place] }), byLayer: places.byLayer,
                byPosition: places.byPosition)
        }
        random = randomSizes.enumerated().map { place, size in
            RandomPoint(
                neurons: size, keep: share(outcomes.map { $0.keepingRandom[place] }),
                silence: share(outcomes.map { $0.silencingRandom[place] }))
        }
    }

    /// The curve as rows of a measurement.
    var rows: [[String: KeptMeasurement.Value]] {
        func row(_ neurons: String, _ keep: Share, _ silence: Share) -> [String: KeptMeasurement.Value] {
            [
                "neurons": .text(neurons), "keep": .number(keep.share), "keep_low": .number(keep.low),
                "keep_high": .number(keep.high), "keep_right": .number(keep.accuracy),
                "silence": .number(silence.share), "silence_low": .number(silence.low),
                "silence_high": .number(silence.high), "silence_right": .number(silence.accuracy),
            ]
        }
        return points.map { row("\($0.neurons)", $0.keep, $0.silence) }
            + random.map { row("\($0.neurons) at random", $0.keep, $0.silence) }
    }

    func print() {
        Swift.print(
            String(
                format: "\n%@, at rest: %@. %d sentences fitted, %d held out of %d tokens; "
                    + "mean difference %.2f, right %.0f %%; %.0f s", kind, rest.rawValue, fittedSentences,
                heldOutSentences, tokens, meanDifference, 100 * accuracy, seconds))
        Swift.print("            neurons                     keep                  silence")
        for point in points { Swift.print(line("chosen", point.neurons, point.keep, point.silence)) }
        for point in random { Swift.print(line("random", point.neurons, point.keep, point.silence)) }
    }

    private func line(_ name: String, _ count: Int, _ keep: Share, _ silence: Share) -> String {
        "\(name)\(String(format: "%13d", count))  \(text(keep))  \(text(silence))"
    }

    private func text(_ share: Share) -> String {
        String(format: "%+.2f (%+.2f…%+.2f) %3.0f %%", share.share, share.low, share.high, 100 * share.accuracy)
    }
}
