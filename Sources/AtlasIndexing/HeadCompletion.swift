import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors

/// Adds the heads of edges to graphs that an atlas stored without them.
///
/// The prompt is frozen again and what its edges pass is computed of them alone: the graph itself is not, and what is
/// stored of it stays. Only neurons are chosen again, by the targets that the run which stored the graph was asked for.
struct HeadCompletion {
    let attributor: Attributor
    let options: IndexingOptions

    /// Graphs in one transaction, times jobs.
    private static let graphsAJob = 8

    /// - Returns: how many graphs got heads
    func run(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws -> Int {
        let lacking = try writer.graphsLackingHeads()
        let reader = AtlasReader(writer.atlas)
        let size = batchSize(perThread: Self.graphsAJob, jobs: options.jobs)
        progress(0, lacking.count)
        for start in stride(from: 0, to: lacking.count, by: size) {
            let part = Array(lacking[start..<min(lacking.count, start + size)])
            let graphs = try mapInParallel(count: part.count, jobs: options.jobs) { try complete(part[$0], reader) }
            try writer.writeHeads(zip(part, graphs).map { (prompt: $0.prompt, graph: $1) })
            progress(start + part.count, lacking.count)
        }
        return lacking.count
    }

    /// A stored graph with its edges' heads.
    private func complete(_ lacking: AtlasWriter.GraphLackingHeads, _ reader: AtlasReader) throws -> SparseGraph {
        var graph = try reader.graph(ofPrompt: lacking.prompt)
        guard let recorded = try? JSONDecoder().decode(IndexingOptions.self, from: Data(lacking.options.utf8)) else {
            throw PromptError(
                description:
                    "prompt \(lacking.prompt): expected the options of the run that stored its graph, found others")
        }
        let own = try reader.attributor(for: lacking.text, tokenCount: graph.tokens.count, attributor)
        let local = try own.localReplacementModel(graph.tokens, options: recorded.attribution)
        graph.heads = try HeadLoadings(own, local, targets: graph.targets).mainHeads(ofEdgesIn: graph)
        return graph
    }
}
