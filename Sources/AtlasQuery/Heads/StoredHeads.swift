import AtlasStore
import Circuits
import Foundation
import GRDB
import Tensors

/// The stored graphs whose edges' heads are known, one after the other in canonical order.
package struct StoredHeads {
    /// A graph as far as heads need it.
    package struct Graph {
        package let prompt: Int
        package let tokenCount: Int
        package let nodes: [SparseGraph.Node]
        package let edges: [SparseGraph.Edge]
        package let heads: EdgeHeads

        /// `[layerCount * headCount]`: the edge of which most goes through each head, the first of equals; `nil` for a head
        /// that is a main one of none.
        package func strongestEdges() -> [(edge: Int, loading: Float)?] {
            var best = [(edge: Int, loading: Float)?](repeating: nil, count: heads.patterns.count)
            for edge in edges.indices {
                for entry in heads.loadings[heads.starts[edge]..<heads.starts[edge + 1]] {
                    let place = entry.layer * heads.headCount + entry.head
                    if entry.loading.magnitude > (best[place]?.loading.magnitude ?? 0) {
                        best[place] = (edge, entry.loading)
                    }
                }
            }
            return best
        }
    }

    static let sql = """
        SELECT p.id AS prompt, p.token_count, g.edge_count, g.nodes, g.edges, h.*
        FROM prompts p CROSS JOIN graphs g ON g.prompt_id = p.id CROSS JOIN edge_heads h ON h.graph_id = g.id
        ORDER BY p.content_hash
        """
    static let counts = """
        SELECT (SELECT count(*) FROM graphs) AS graphs, (SELECT count(*) FROM edge_heads) AS headed,
            (SELECT max(head_count) FROM edge_heads) AS heads
        """

    /// Graphs with heads, and without.
    let graphCount: Int
    let lackingCount: Int
    /// The model's heads a layer.
    package let headCount: Int
    private let layerCount: Int

    /// - Throws: ``QuestionError/noHeads`` where no graph has any
    package init(_ reader: AtlasReader, _ db: Database) throws {
        let row = try StoredRow.fetchExisting(db, "counts", sql: Self.counts)
        let (graphs, headed): (Int, Int) = try (row["graphs"], row["headed"])
        guard headed > 0, let heads = try row["heads"] as Int? else { throw QuestionError.noHeads }
        (graphCount, lackingCount, headCount) = (headed, graphs - headed, heads)
        layerCount = reader.atlas.identity.layerCount
    }

    /// Throws for a head that the model does not have.
    package func require(layer: Int, head: Int) throws(QuestionError) {
        try HeadID(layer: layer, head: head).require(layerCount: layerCount, headCount: headCount)
    }

    /// Hands every graph on.
    ///
    /// - Parameter withEdges: whether nodes and edges are unpacked too; empty otherwise
    package func forEach(_ db: Database, withEdges: Bool, _ body: (Graph) throws -> Void) throws {
        let rows = try StoredRow.fetchCursor(db, sql: Self.sql)
        while let row = try rows.next() {
            try Cancellation.check()
            let graph: Int = try row["graph_id"]
            var (nodes, edges) = ([SparseGraph.Node](), [SparseGraph.Edge]())
            if withEdges {
                let blocks: (nodes: Data, edges: Data) = try (row["nodes"], row["edges"])
                nodes = try StoredGraphReading.decode("graphs.nodes", row: graph) { () throws(BlockFault) in
                    try NodeBlock.decode(blocks.nodes)
                }
                edges = try StoredGraphReading.decode("graphs.edges", row: graph) { () throws(BlockFault) in
                    try EdgeBlock.decode(blocks.edges, nodeCount: nodes.count)
                }
            }
            let heads = try EdgeHeadRows.heads(row, edgeCount: row["edge_count"], layerCount: layerCount)
            guard heads.headCount == headCount else {
                throw AtlasError.damagedBlock(
                    table: "edge_heads", row: graph, expected: "\(headCount) heads a layer",
                    found: "\(heads.headCount)")
            }
            try body(
                Graph(
                    prompt: row["prompt"], tokenCount: row["token_count"], nodes: nodes, edges: edges, heads: heads))
        }
    }
}

extension HeadID {
    /// Throws where a model has no such head.
    package func require(layerCount: Int, headCount: Int) throws(QuestionError) {
        guard 0..<layerCount ~= layer, 0..<headCount ~= head else {
            throw .unknownHead(layer: layer, head: head, layerCount: layerCount, headCount: headCount)
        }
    }
}

/// What is summed of every head.
struct HeadSums {
    private let headCount: Int
    private var patterns: [(previous: Double, same: Double, first: Double, distance: Double, entropy: Double)]
    private var loadings: [Double]
    private var edgeCounts: [Int]
    private var rest = 0.0
    private var positions = 0.0

    init(layerCount: Int, headCount: Int) {
        self.headCount = headCount
        let count = layerCount * headCount
        patterns = Array(repeating: (0, 0, 0, 0, 0), count: count)
        loadings = Array(repeating: 0, count: count)
        edgeCounts = Array(repeating: 0, count: count)
    }

    mutating func add(_ graph: StoredHeads.Graph) {
        let queries = Double(max(0, graph.tokenCount - 1))
        positions += queries
        for (place, pattern) in graph.heads.patterns.enumerated() {
            patterns[place].previous += queries * Double(pattern.previous)
            patterns[place].same += queries * Double(pattern.same)
            patterns[place].first += queries * Double(pattern.first)
            patterns[place].distance += queries * Double(pattern.distance)
            patterns[place].entropy += queries * Double(pattern.entropy)
        }
        for entry in graph.heads.loadings {
            let place = entry.layer * headCount + entry.head
            loadings[place] += Double(entry.loading.magnitude)
            edgeCounts[place] += 1
        }
        for rest in graph.heads.rests { self.rest += Double(rest) }
    }

    /// One head's means and shares.
    func head(_ place: Int) -> HeadsReport.Head {
        let total = loadings.reduce(rest, +)
        let (own, queries) = (patterns[place], max(1, positions))
        return HeadsReport.Head(
            layer: place / headCount, head: place % headCount, previous: own.previous / queries,
            same: own.same / queries, first: own.first / queries, distance: own.distance / queries,
            entropy: own.entropy / queries, share: total > 0 ? loadings[place] / total : 0,
            edgeCount: edgeCounts[place])
    }
}
