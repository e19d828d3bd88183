import AtlasExperiments
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors

/// Adds to graphs what an atlas stored them without.
struct GraphCompletion {
    let attributor: Attributor
    let options: IndexingOptions

    /// Graphs in one transaction, times jobs.
    private static let graphsAJob = 8

    /// Completes graphs batch by batch.
    ///
    /// - Parameters:
    ///   - store: stores a batch, in one transaction
    ///   - add: computes what a stored graph lacks, with the attributor of its prompt and what the run that stored it was
    ///     asked for
    /// - Returns: how many graphs were completed
    func run(
        _ lacking: [IncompleteGraph], in atlas: Atlas, progress: (_ done: Int, _ total: Int) -> Void,
        store: ([(prompt: Int, graph: SparseGraph)]) throws -> Void,
        add: @Sendable (inout SparseGraph, IncompleteGraph, Attributor, AttributionOptions) throws -> Void
    ) throws -> Int {
        let reader = AtlasReader(atlas)
        let size = batchSize(perThread: Self.graphsAJob, jobs: options.jobs)
        progress(0, lacking.count)
        for start in stride(from: 0, to: lacking.count, by: size) {
            let part = Array(lacking[start..<min(lacking.count, start + size)])
            let graphs = try mapInParallel(count: part.count, jobs: options.jobs) { index in
                var graph = try reader.graph(ofPrompt: part[index].prompt)
                let recorded = try recordedOptions(of: part[index])
                let own = try reader.attributor(for: part[index].text, tokenCount: graph.tokens.count, attributor)
                try add(&graph, part[index], own, recorded.attribution)
                return graph
            }
            try store(zip(part, graphs).map { (prompt: $0.prompt, graph: $1) })
            progress(start + part.count, lacking.count)
        }
        return lacking.count
    }

    private func recordedOptions(of lacking: IncompleteGraph) throws -> IndexingOptions {
        guard let recorded = try? JSONDecoder().decode(IndexingOptions.self, from: Data(lacking.options.utf8)) else {
            throw PromptError(
                description:
                    "prompt \(lacking.prompt): expected the options of the run that stored its graph, found others")
        }
        return recorded
    }
}
