import Attribution
import Circuits
import Crypto
import Foundation
import LanguageModels
import Synchronization
import Tensors
import Testing
import Tokenizers

/// Published models against what transformers 4.57.3 computed on the same folders, in float32.
///
/// One test after the other: each keeps a model's weights and, for attribution, a graph of some 100 MB in memory.
@Suite(.serialized, .enabled(if: !RealModel.present.isEmpty, RealModel.reason)) struct `real models` {
    @Test(.enabled(if: RealModel.gemma3.isPresent, RealModel.gemmaReason))
    func `Gemma 3 is among them`() { #expect(RealModel.present.contains(.gemma3)) }

    @Test(arguments: RealModel.present)
    func `logits after fifty prompts are the reference's`(name: RealModel) throws {
        let (model, golden, watch) = (try name.load(), try RealModelGolden.load(name), Stopwatch())
        var worst = 0.0
        for (text, expected) in zip(try SharedTexts.load().prompts, golden.prompts) {
            let ids = model.tokenizer.encodePrompt(text)
            #expect(ids == expected.ids, "\(text.debugDescription)")
            let logits = model.logits(try model.run(expected.ids), position: expected.ids.count - 1)
            var differences = zip(expected.top, expected.logits).map { abs(Double(logits[$0]) - $1) }
            // A token that the reference has not among its likeliest shows in the ordered values.
            let found = largest(expected.top.count, of: logits)
            differences += zip(found, expected.logits).map { abs(Double(logits[$0]) - $1) }
            differences.append(abs(logSumExp(logits) - expected.logSumExp))
            let difference = differences.max() ?? .infinity
            #expect(difference <= Self.tolerance, "\(text.debugDescription): \(difference)")
            worst = max(worst, difference)
        }
        Figures.record(
            name,
            "largest difference of a logit \(worst.formatted(.number.precision(.significantDigits(2)))) over \(golden.prompts.count) prompts (transformers' own rounding: \(golden.rounding)), \(watch.seconds)"
        )
    }

    @Test(arguments: RealModel.present)
    func `greedy tokens are the reference's`(name: RealModel) throws {
        let (model, golden, watch) = (try name.load(), try RealModelGolden.load(name), Stopwatch())
        var (agreeing, ties, total) = (0, 0, 0)
        let answers = Mutex([Int: Result<[Int], any Error>]())
        inParallel(count: golden.prompts.count, jobs: ProcessInfo.processInfo.activeProcessorCount) { index in
            let (ids, count) = (golden.prompts[index].ids, golden.prompts[index].generated.count)
            let answer = Result { try model.generate(ids, count: count) }
            answers.withLock { $0[index] = answer }
        }
        for (index, expected) in golden.prompts.enumerated() {
            let found = try #require(answers.withLock { $0[index] }).get()
            let step = zip(found, expected.generated).prefix { $0 == $1 }.count
            total += found.count
            agreeing += step
            guard step < found.count else { continue }
            if expected.gaps[step] < Self.tie {
                ties += 1
            } else {
                Issue.record(
                    "\(expected.ids): token \(step) is \(found[step]), expected \(expected.generated[step]), ahead by \(expected.gaps[step])"
                )
            }
        }
        Figures.record(
            name, "\(agreeing) of \(total) greedy tokens equal, \(ties) prompts end at a tie, \(watch.seconds)")
    }

    @Test(arguments: RealModel.present)
    func `known prompts have the known answers`(name: RealModel) throws {
        let model = try name.load()
        for (prompt, answer, probability) in Self.answers(name) {
            let ids = model.tokenizer.encodePrompt(prompt)
            let logits = model.logits(try model.run(ids), position: ids.count - 1)
            let best = try #require(largest(1, of: logits).first)
            let found = exp(Double(logits[best]) - logSumExp(logits))
            #expect(model.tokenizer.text(of: best) == answer)
            #expect(abs(found - probability) < 5e-4, "\(prompt): \(found)")
            Figures.record(
                name, "\"\(prompt)\" → \"\(answer)\" \(found.formatted(.number.precision(.fractionLength(4))))")
        }
    }

    @Test(arguments: RealModel.present)
    func `tokens of texts in 19 scripts, of symbols and of code are the reference's`(name: RealModel) throws {
        let (tokenizer, golden, shared) = (
            try name.load().tokenizer, try RealModelGolden.load(name), try SharedTexts.load()
        )
        let watch = Stopwatch()
        var equal = 0
        for (index, (text, expected)) in zip(shared.texts, golden.texts).enumerated() {
            let ids = tokenizer.encode(text)
            if digest(ids) == expected {
                equal += 1
            } else {
                Issue.record("text \(index), \(shared.kind(of: index)), \(text.debugDescription): \(ids)")
            }
        }
        Figures.record(name, "tokens of \(equal) of \(golden.texts.count) texts equal, \(watch.seconds)")
    }

    @Test(arguments: RealModel.present)
    func `graphs of calibrated random transcoders agree with interventions`(name: RealModel) throws {
        let (model, watch) = (try name.load(), Stopwatch())
        let folder = NSTemporaryDirectory() + "calibrated-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let attributor = try CalibratedTranscoders(
            model, prompts: try SharedTexts.load().prompts, seed: Self.seed
        ).attributor(folder: folder)
        Figures.record(name, "transcoders calibrated, \(watch.seconds)")
        var generator = SeededNumbers(seed: Self.seed)
        for prompt in Self.attributed {
            let watch = Stopwatch()
            let ids = model.tokenizer.encodePrompt(prompt)
            let result = try attributor.attribute(ids, jobs: ProcessInfo.processInfo.activeProcessorCount)
            let graph = result.graph
            let count = graph.layout.featureCount
            let perToken = Double(count) / Double((ids.count - 1) * model.configuration.layerCount)
            #expect((15.0...45).contains(perToken), "\(prompt): \(perToken) features a token and layer")
            let violation = graph.violations().max() ?? .infinity
            let verification = try GraphVerification(
                result, attributor: attributor, count: Self.silenced, using: &generator)
            #expect(verification.agrees, "\(prompt): \(verification.columns)")
            Figures.record(
                name,
                "\(prompt.debugDescription): \(count) features, \(perToken.formatted(.number.precision(.fractionLength(1)))) a token and layer; identity \(violation); \(verification.columns.count) of them silenced, worst disagreement \(verification.worst), \(watch.seconds)"
            )
        }
    }

    @Test(arguments: RealModel.present)
    func `edges are the sums of what goes through each head, and scores of what pairs of sources add`(
        name: RealModel
    ) throws {
        let model = try name.load()
        let folder = NSTemporaryDirectory() + "calibrated-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let attributor = try CalibratedTranscoders(
            model, prompts: try SharedTexts.load().prompts, seed: Self.seed
        ).attributor(folder: folder)
        let jobs = ProcessInfo.processInfo.activeProcessorCount
        for (count, targets) in [(9, 1_000), (64, 200)] {
            let ids = Array(model.tokenizer.encodePrompt(Self.longText).prefix(count))
            try #require(ids.count == count)
            let watch = Stopwatch()
            let result = try attributor.attribute(
                ids, options: AttributionOptions(maximumFeatureNodes: targets), jobs: jobs)
            let attributed = watch.seconds
            let (edges, weights) = HeadLoadings.edges(of: result.graph)
            let loadings = Stopwatch()
            let violation = try HeadLoadings(attributor, result).compute(
                edges, checkedAgainst: weights, jobs: jobs
            ) { _, _ in }.largestViolation
            #expect(violation <= Self.loadingTolerance)
            Figures.record(
                name,
                "\(count) tokens: heads of \(weights.count) edges, identity \(violation), \(loadings.seconds) after \(attributed)"
            )
            let scores = Stopwatch()
            let layers = model.configuration.layerCount
            var worst: Float = 0
            for layer in [0, layers / 2, layers - 1] {
                let place = ScorePlace(layer: layer, head: 1, query: count - 1, key: count - 3)
                let score = try attributor.attributeScore(place, against: .mean, of: result.local, jobs: jobs)
                worst = max(worst, score.largestViolation)
            }
            #expect(worst <= 1e-5)
            Figures.record(name, "\(count) tokens: scores of 3 heads, identity \(worst), \(scores.seconds)")
        }
    }

    /// Of edges that are at least a twentieth of their target's largest: sums of some hundred thousand terms.
    private static let loadingTolerance: Float = 3e-5
    private static let longText = """
        The city of Paris lies on the river Seine in the north of France. It has been the country's capital for most of \
        the last thousand years, and more than two million people live there today. Visitors come for its museums, its \
        bridges and its bread, and many of them climb the tower that was built for the world's fair of 1889. When it \
        rains they sit in one of the many cafes.
        """

    /// Sums in another order; logits are of order 10, and float32 itself is within `RealModelGolden.rounding`.
    private static let tolerance = 1e-3
    /// A best logit that is ahead by less may be another one's.
    private static let tie = 1e-4
    private static let seed: UInt64 = 20_261_126
    /// Features that are silenced in each graph.
    private static let silenced = 20
    private static let attributed = [
        "The capital of France is", "The opposite of hot is", "def add(a, b):\n    return",
    ]

    private static func answers(_ model: RealModel) -> [(prompt: String, answer: String, probability: Double)] {
        switch model {
        case .smolLM2: [("The capital of France is", " Paris", 0.749)]
        case .gemma3:
            [("The opposite of hot is", " cold", 0.594), ("Michael Jordan plays the sport of", " basketball", 0.758)]
        }
    }

    private func logSumExp(_ logits: [Float]) -> Double {
        let top = Double(logits.max() ?? 0)
        return top + log(logits.reduce(0.0) { $0 + exp(Double($1) - top) })
    }

    /// As `generate.py` writes it.
    private func digest(_ ids: [Int]) -> String {
        let bytes = ids.flatMap { id in withUnsafeBytes(of: Int32(id).littleEndian) { Array($0) } }
        let hash = SHA256.hash(data: bytes).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "\(ids.count) \(hash)"
    }
}
