import AtlasBasis
import AtlasStore
import Attribution
import Synchronization
import Tensors
import Texts

/// A first pass over a corpus of prompts whose neurons are measured from means: finds the means that are not stored yet.
struct BaselineAveraging {
    let reader: PromptReader
    let corpus: CheckedCorpus

    /// Prompts that a group needs for a mean of its own.
    static let smallestGroup = 5
    /// Tokens that the mean over everything takes in at most: enough for means, however long a corpus is.
    private static let tokenLimit = 50_000
    /// Numbers that are summed at a time, 8 bytes each; groups beyond them are averaged in another pass.
    private static let numbersATime = 60_000_000

    /// What is to be averaged.
    private struct Need {
        var key: StoredBaseline.Key
        var prompts = 0
    }

    /// Averages and stores.
    ///
    /// - Parameter progress: called with prompts done and to do
    func run(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws {
        guard let neurons = reader.attributor.basis.neurons, [.group, .corpus].contains(neurons.options.baseline) else {
            return
        }
        let stored = try writer.atlas.baselineKeys()
        var needs: [StoredBaseline.Key: Need] = [:]
        try corpus.forEachBatch(size: { 256 }) { batch in
            for record in batch {
                let key = reader.baselineKey(record, tokenCount: try reader.read(record).tokens.count)
                if neurons.options.baseline == .group, !stored.contains(key) {
                    needs[key, default: Need(key: key)].prompts += 1
                }
            }
        }
        let needsEverything = !stored.contains(.everything)
        let small = needs.values.filter { $0.prompts < Self.smallestGroup }
        try writer.writeBaselines(small.map { StoredBaseline(key: $0.key, averaged: $0.prompts, means: nil) })
        let parts = parts(of: needs.values.filter { $0.prompts >= Self.smallestGroup })
        let total = parts.joined().reduce(0) { $0 + $1.prompts } + (needsEverything ? corpus.recordCount : 0)
        var done = 0
        progress(0, total)
        if needsEverything {
            var mean = NeuronMean(.everywhere)
            try average({ _ in mean.count < Self.tokenLimit }) { _, activations, first in
                try mean.add(activations, firstPosition: first)
                done += 1
                progress(done, total)
            }
            try writer.writeBaselines([StoredBaseline(key: .everything, averaged: mean.count, means: mean.means)])
        }
        for part in parts {
            var means = Dictionary(uniqueKeysWithValues: part.map { ($0.key, NeuronMean(.byPosition)) })
            try average({ means[$0] != nil }) { key, activations, first in
                try means[key]?.add(activations, firstPosition: first)
                done += 1
                progress(done, total)
            }
            try writer.writeBaselines(
                means.map { StoredBaseline(key: $0.key, averaged: $0.value.count, means: $0.value.means) })
        }
        progress(total, total)
    }

    /// Groups that are summed together.
    private func parts(of needs: [Need]) -> [[Need]] {
        let neurons = reader.attributor.basis.layers.reduce(0) { $0 + $1.featureCount }
        var parts: [[Need]] = []
        var size = 0
        for need in needs.sorted(by: {
            ($0.key.tokenCount, ExactText($0.key.group)) < ($1.key.tokenCount, ExactText($1.key.group))
        }) {
            let own = need.key.tokenCount * neurons
            if parts.isEmpty || size + own > Self.numbersATime {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(need)
            size += own
        }
        return parts
    }

    /// Runs the prompts that are wanted, and hands their activations on in the corpus's order.
    private func average(
        _ isWanted: (StoredBaseline.Key) -> Bool, _ add: (StoredBaseline.Key, [Matrix], Int) throws -> Void
    ) throws {
        let model = reader.attributor.model
        let jobs = max(1, reader.options.jobs)
        try corpus.forEachBatch(size: { jobs }) { batch in
            var wanted: [(key: StoredBaseline.Key, tokens: [Int])] = []
            for record in batch {
                let tokens = try reader.read(record).tokens
                let key = reader.baselineKey(record, tokenCount: tokens.count)
                if isWanted(key) { wanted.append((key, tokens)) }
            }
            let work = wanted
            let results = Mutex([Result<[Matrix], any Error>?](repeating: nil, count: work.count))
            inParallel(count: work.count, jobs: jobs) { index in
                let result = Result { try model.neuronActivations(work[index].tokens) }
                results.withLock { $0[index] = result }
            }
            let activations = try results.withLock { try $0.compactMap { try $0?.get() } }
            for (prompt, found) in zip(work, activations) {
                try add(prompt.key, found, model.firstCountedPosition(in: prompt.tokens))
            }
        }
    }
}
