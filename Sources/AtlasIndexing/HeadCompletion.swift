import AtlasStore
import Attribution

extension GraphCompletion {
    /// Adds the heads of edges to graphs that were stored without them.
    ///
    /// The prompt is frozen again and what its edges pass is computed of them alone: the graph itself is not, and what is
    /// stored of it stays. Only neurons are chosen again, by the targets that the run which stored the graph was asked
    /// for.
    ///
    /// - Returns: how many graphs got heads
    func addHeads(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws -> Int {
        try run(
            writer.graphsLackingHeads(), in: writer.atlas, progress: progress,
            store: { try writer.writeHeads($0) }
        ) { graph, _, own, asked in
            let local = try own.localReplacementModel(graph.tokens, options: asked)
            graph.heads = try HeadLoadings(own, local, targets: graph.targets).mainHeads(ofEdgesIn: graph)
        }
    }
}
