import AtlasStore
import Attribution

extension GraphCompletion {
    /// Adds the effects of nodes to graphs that were stored without them.
    ///
    /// Each graph is computed again as the run that stored it was asked to, as the effects are those of the whole graph;
    /// what is stored of it stays, and nodes that this machine's arithmetic does not find again have no effect.
    ///
    /// - Returns: how many graphs got effects
    func addEffects(_ writer: AtlasWriter, progress: (_ done: Int, _ total: Int) -> Void) throws -> Int {
        let measured = options.measuredNodes
        return try run(
            writer.graphsLackingEffects(measured: measured), in: writer.atlas, progress: progress,
            store: { try writer.writeEffects($0) }
        ) { graph, lacking, own, asked in
            let result = try own.attribute(graph.tokens, options: asked)
            graph.effects = try own.effects(
                ofNodesIn: graph, of: result, answer: lacking.answerToken, measured: measured)
        }
    }
}
