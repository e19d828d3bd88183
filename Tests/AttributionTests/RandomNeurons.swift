import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors
import Testing

/// A random model, a prompt, and baselines for its neurons.
struct RandomNeurons {
    let model: LanguageModel
    let tokens: [Int]
    /// The mean over two other prompts of as many tokens.
    let group: NeuronBaseline

    init(_ random: RandomModel, seed: UInt64 = 5) throws {
        let folder = NSTemporaryDirectory() + "neurons-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try random.write(to: folder, seed: seed)
        model = try LanguageModel(folder: folder)
        var generator = SeededNumbers(seed: seed + 2)
        func prompt() -> [Int] {
            [0] + (0..<5).map { _ in Int.random(in: 1..<RandomModel.vocabularySize, using: &generator) }
        }
        tokens = prompt()
        var mean = NeuronMean(.byPosition)
        for _ in 0..<2 { try mean.add(try model.neuronActivations(prompt())) }
        group = try #require(mean.baseline)
    }

    /// Over at most so many neurons, measured from the group's mean or from zero.
    func attributor(
        maximum: Int?, coverage: Double = 1, fromGroup: Bool = false
    ) throws -> Attributor {
        try Attributor(
            model: model,
            neurons: NeuronOptions(
                maximumNeurons: maximum, coverage: coverage, baseline: fromGroup ? .group : .zero),
            baseline: fromGroup ? group : nil)
    }
}

extension AttributionGraph {
    /// What each feature does to the targets on every path: the sum over targets of their weight times the size of the
    /// effect, following edges; `contributions` are what features' columns are proportional to.
    func totalEffects(_ contributions: [Float]) -> [Double] {
        let (count, width) = (layout.featureCount, layout.sourceCount)
        // Later layers first, so that what a feature reaches is known before it.
        let order = (0..<count).sorted { feature($0).layer > feature($1).layer }
        var sums = [Double](repeating: 0, count: count)
        weights.withUnsafeBufferPointer { weights in
            for (index, target) in targets.enumerated() {
                var effects = (0..<count).map { Double(weights[(count + index) * width + $0]) }
                for later in order where contributions[later] != 0 {
                    let factor = effects[later] / Double(contributions[later])
                    for node in 0..<count { effects[node] += factor * Double(weights[later * width + node]) }
                }
                for node in 0..<count { sums[node] += Double(target.probability) * abs(effects[node]) }
            }
        }
        return sums
    }
}
