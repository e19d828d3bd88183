import AtlasQuery
import Attribution
import Circuits
import Tensors

/// Steers features in stored prompts, each alone, prompt by prompt on several threads.
struct SteeringRuns {
    /// What is steered in one prompt.
    struct Work: Sendable {
        let prompt: Int
        let tokens: [Int]
        let firings: [(feature: FeatureID, positions: [Int])]
    }

    /// What steering one feature did in one prompt: means over the positions that are read.
    struct Change: Sendable {
        let feature: FeatureID
        let prompt: Int
        /// `[vocabularySize]`: of logits less their mean.
        let logits: [Float]
        /// Of the activations of later layers' features, layer by layer.
        let activations: [Float]
    }

    let models: PromptModels
    let options: SteeringOptions
    let jobs: Int

    /// Prompts between two reports of progress, for each thread.
    private static let promptsAtOnce = 4

    /// Hands over the changes of each prompt, in the order of `work`.
    func run(_ work: [Work], _ body: ([Change]) -> Void) throws {
        let size = batchSize(perThread: Self.promptsAtOnce, jobs: jobs)
        for start in stride(from: 0, to: work.count, by: size) {
            let batch = Array(work[start..<min(work.count, start + size)])
            try mapInParallel(count: batch.count, jobs: jobs) { try changes(batch[$0]) }.forEach(body)
        }
    }

    private func changes(_ work: Work) throws -> [Change] {
        let attributor = try models.attributor(prompt: work.prompt, tokenCount: work.tokens.count)
        let undisturbed = try attributor.intervene(work.tokens, [], mode: .free)
        // By position both times, so that what does not change is the same to the last bit.
        let last = work.tokens.count - 1
        let places = options.readout == .own ? Set(work.firings.flatMap(\.positions)) : [last]
        let before = Dictionary(
            uniqueKeysWithValues: places.map { ($0, attributor.model.logits(undisturbed.trace, position: $0)) })
        return try work.firings.map { feature, positions in
            let steered = try attributor.intervene(
                work.tokens,
                positions.map {
                    Intervention(
                        feature: feature, positions: PositionRange($0), setting: .multiple(options.factor))
                }, mode: .free, from: undisturbed.trace)
            let read = options.readout == .own ? positions : [last]
            return Change(
                feature: feature, prompt: work.prompt,
                logits: logits(attributor, steered, before, at: read),
                activations: activations(attributor, steered, undisturbed, after: feature.layer, at: read))
        }
    }

    private func logits(
        _ attributor: Attributor, _ steered: InterventionResult, _ before: [Int: [Float]], at positions: [Int]
    ) -> [Float] {
        var sums = [Float](repeating: 0, count: attributor.model.unembedding.rowCount)
        for position in positions {
            let after = attributor.model.logits(steered.trace, position: position)
            let changes = zip(after, before[position]!).map { $0 - $1 }
            let mean = Float(changes.reduce(0.0) { $0 + Double($1) } / Double(changes.count))
            for token in changes.indices { sums[token] += changes[token] - mean }
        }
        return sums.map { $0 / Float(positions.count) }
    }

    private func activations(
        _ attributor: Attributor, _ steered: InterventionResult, _ undisturbed: InterventionResult, after layer: Int,
        at positions: [Int]
    ) -> [Float] {
        attributor.basis.layers.indices.dropFirst(layer + 1).flatMap { later in
            let features = attributor.basis.layers[later]
            let (new, old) = (steered.preActivations[later], undisturbed.preActivations[later])
            return (0..<features.featureCount).map { index in
                positions.reduce(Float(0)) { sum, position in
                    sum + features.activation(of: index, row: position, values: new)
                        - features.activation(of: index, row: position, values: old)
                } / Float(positions.count)
            }
        }
    }
}
