import AtlasBasis
import AtlasStore
import Attribution
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
    /// Activations of prompts that run through the model together: 24 MB, and of SmolLM2 130 tokens, enough that weights
    /// are seldom read.
    private static let numbersTogether = 6_000_000
    /// Prompts read at a time, whatever the number of threads, so that it does not decide which run together.
    private static let promptsAtOnce = 64
    /// Numbers that are summed at a time, 8 bytes each; groups beyond them are averaged in another pass.
    private static let numbersATime = 60_000_000

    /// Whether a replacement model is measured from means over a corpus.
    static func isNeeded(_ attributor: Attributor) -> Bool {
        attributor.basis.neurons.map { [.group, .corpus].contains($0.options.baseline) } ?? false
    }

    /// Averages and stores.
    ///
    /// - Parameter progress: called with prompts done and to do
    func run(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws {
        guard Self.isNeeded(reader.attributor), let neurons = reader.attributor.basis.neurons else { return }
        let stored = try writer.atlas.baselineKeys()
        let groups = try neurons.options.baseline == .group ? missingGroups(stored) : [:]
        try writer.writeBaselines(
            groups.filter { $0.value < Self.smallestGroup }
                .map { StoredBaseline(key: $0.key, averaged: $0.value, means: nil) })
        var parts = parts(of: groups.filter { $0.value >= Self.smallestGroup }.map(\.key))
        var everything = stored.contains(.everything) ? nil : NeuronMean(.everywhere)
        if parts.isEmpty, everything != nil { parts = [[]] }
        guard !parts.isEmpty else { return }
        let total = parts == [[]] ? corpus.recordCount : parts.joined().reduce(0) { $0 + (groups[$1] ?? 0) }
        var done = 0
        progress(0, total)
        for part in parts {
            var means = Dictionary(uniqueKeysWithValues: part.map { ($0, NeuronMean(.byPosition)) })
            // The first pass serves the mean over everything too.
            func needsMore() -> Bool { everything.map { $0.count < Self.tokenLimit } ?? false }
            try average({ means[$0] != nil || needsMore() }) { key, activations, first in
                if needsMore() { try everything?.add(activations, firstPosition: first) }
                guard part.isEmpty || means[key] != nil else { return }
                try means[key]?.add(activations, firstPosition: first)
                done += 1
                progress(done, total)
            }
            var found = means.map { StoredBaseline(key: $0.key, averaged: $0.value.count, means: $0.value.means) }
            if let mean = everything {
                found.append(StoredBaseline(key: .everything, averaged: mean.count, means: mean.means))
                everything = nil
            }
            try writer.writeBaselines(found)
        }
        progress(total, total)
    }

    /// The groups of the corpus that have no baseline yet, with their prompts.
    private func missingGroups(_ stored: Set<StoredBaseline.Key>) throws -> [StoredBaseline.Key: Int] {
        var groups: [StoredBaseline.Key: Int] = [:]
        try corpus.forEachBatch(size: { 256 }) { batch in
            for record in batch {
                let key = reader.baselineKey(record, tokenCount: try reader.read(record).tokens.count)
                if !stored.contains(key) { groups[key, default: 0] += 1 }
            }
        }
        return groups
    }

    /// Groups that are summed together.
    private func parts(of groups: [StoredBaseline.Key]) -> [[StoredBaseline.Key]] {
        let neurons = reader.attributor.basis.layers.reduce(0) { $0 + $1.featureCount }
        var parts: [[StoredBaseline.Key]] = []
        var size = 0
        for group in groups.sorted(by: { ($0.tokenCount, $0.group) < ($1.tokenCount, $1.group) }) {
            let own = group.tokenCount * neurons
            if parts.isEmpty || size + own > Self.numbersATime {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(group)
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
        let neurons = reader.attributor.basis.layers.reduce(0) { $0 + $1.featureCount }
        try corpus.forEachBatch(size: { Self.promptsAtOnce }) { batch in
            var wanted: [(key: StoredBaseline.Key, tokens: [Int])] = []
            for record in batch {
                let tokens = try reader.read(record).tokens
                let key = reader.baselineKey(record, tokenCount: tokens.count)
                if isWanted(key) { wanted.append((key, tokens)) }
            }
            var together: [[[Int]]] = []
            var size = 0
            for (_, tokens) in wanted {
                if together.isEmpty || size + tokens.count * neurons > Self.numbersTogether {
                    together.append([])
                    size = 0
                }
                together[together.count - 1].append(tokens)
                size += tokens.count * neurons
            }
            let work = together
            let activations = try mapInParallel(count: work.count, jobs: jobs) {
                try model.neuronActivations(of: work[$0])
            }
            for (prompt, found) in zip(wanted, activations.joined()) {
                try add(prompt.key, found, model.firstCountedPosition(in: prompt.tokens))
            }
        }
    }
}
