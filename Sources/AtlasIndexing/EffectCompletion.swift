import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors

/// Adds the effects of nodes to graphs that an atlas stored without them.
///
/// Each graph is computed again as the run that stored it was asked to, as the effects are those of the whole graph; what
/// is stored of it stays, and nodes that this machine's arithmetic does not find again have no effect.
struct EffectCompletion {
    let attributor: Attributor
    let options: IndexingOptions

    /// Graphs in one transaction, times jobs.
    private static let graphsAJob = 8

    /// - Returns: how many graphs got effects
    func run(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws -> Int {
        let lacking = try writer.graphsLackingEffects(measured: options.measuredNodes)
        let reader = AtlasReader(writer.atlas)
        let size = batchSize(perThread: Self.graphsAJob, jobs: options.jobs)
        progress(0, lacking.count)
        for start in stride(from: 0, to: lacking.count, by: size) {
            let part = Array(lacking[start..<min(lacking.count, start + size)])
            let graphs = try mapInParallel(count: part.count, jobs: options.jobs) { try complete(part[$0], reader) }
            try writer.writeEffects(zip(part, graphs).map { (prompt: $0.prompt, graph: $1) })
            progress(start + part.count, lacking.count)
        }
        return lacking.count
    }

    /// A stored graph with its effects.
    private func complete(_ lacking: AtlasWriter.GraphLackingEffects, _ reader: AtlasReader) throws -> SparseGraph {
        var graph = try reader.graph(ofPrompt: lacking.prompt)
        guard let recorded = try? JSONDecoder().decode(IndexingOptions.self, from: Data(lacking.options.utf8)) else {
            throw PromptError(
                description:
                    "prompt \(lacking.prompt): expected the options of the run that stored its graph, found others")
        }
        let own = try reader.attributor(for: lacking.text, tokenCount: graph.tokens.count, attributor)
        let result = try own.attribute(graph.tokens, options: recorded.attribution)
        graph.effects = try own.effects(
            ofNodesIn: graph, of: result, answer: lacking.answerToken, measured: options.measuredNodes)
        return graph
    }
}
