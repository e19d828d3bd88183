import AtlasStore
import Circuits
import GRDB

/// Prompts whose stored graphs have an edge between two nodes.
///
/// No index leads from an edge to its prompts. Where both nodes are found in a prompt, the product of their strengths
/// (a feature's largest activation, a logit's probability) tells where the edge is likely strong: graphs are read in that
/// order until every graph that is known to have the edge has been seen, or ``graphLimit`` have been read.
struct EdgeExamples {
    /// Graphs that are read at most.
    static let graphLimit = 48

    /// The examples found, strongest first; equals in canonical order.
    let found: [EdgeReport.Example]
    /// Graphs read.
    let examinedGraphs: Int

    /// - Parameters:
    ///   - support: how many graphs have the edge
    ///   - group: the only prompts that are looked at, unless all are
    init(
        from source: NodeKey, to target: NodeKey, support: Int, among group: [Int]?, reader: AtlasReader,
        _ db: Database
    ) throws {
        var found: [(prompt: Int, example: EdgeReport.Example)] = []
        var examined = 0
        if support > 0 {
            for prompt in try reader.candidates(source, target, among: group, db) {
                guard examined < Self.graphLimit, found.count < support else { break }
                guard try reader.isLikely(source, in: prompt, db) else { continue }
                examined += 1
                if let example = try reader.example(of: source, target, prompt: prompt, db) {
                    found.append((prompt, example))
                }
            }
        }
        let order = try reader.canonical(found.map(\.prompt), db).enumerated()
            .reduce(into: [Int: Int]()) { $0[$1.element] = $1.offset }
        self.found = found.sorted { left, right in
            let (strong, weak) = (left.example.weight.magnitude, right.example.weight.magnitude)
            return strong != weak ? strong > weak : order[left.prompt]! < order[right.prompt]!
        }.map(\.example)
        examinedGraphs = examined
    }
}

extension AtlasReader {
    static let hasGraph = "SELECT tokens, g.id FROM prompts p JOIN graphs g ON g.prompt_id = p.id WHERE p.id = ?"
    static let probabilitiesOfToken = """
        SELECT g.prompt_id, max(t.probability) AS probability
        FROM logit_targets t JOIN graphs g ON g.id = t.graph_id WHERE t.token = ? GROUP BY g.prompt_id
        """

    /// Prompts that may have the edge, the likeliest strongest first, equals in canonical order.
    fileprivate func candidates(
        _ source: NodeKey, _ target: NodeKey, among group: [Int]?, _ db: Database
    ) throws -> [Int] {
        var strengths = try self.strengths(of: target, db)
        if source.kind == .feature {
            let others = try self.strengths(of: source, db)
            strengths = strengths.reduce(into: [:]) { both, entry in
                if let other = others[entry.key] { both[entry.key] = entry.value * other }
            }
        }
        if let group {
            let inside = Set(group)
            strengths = strengths.filter { inside.contains($0.key) }
        }
        let ranked = strengths.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var order: [Int] = []
        var start = 0
        while start < ranked.count {
            let end = ranked[start...].firstIndex { $0.value != ranked[start].value } ?? ranked.count
            let equal = ranked[start..<end].map(\.key)
            order += equal.count > 1 ? try canonical(equal, db) : equal
            start = end
        }
        return order
    }

    /// How strong a feature or a logit is at most in each prompt that has it.
    private func strengths(of node: NodeKey, _ db: Database) throws -> [Int: Double] {
        if let feature = node.feature {
            return try firings(of: feature, db).reduce(into: [:]) { strengths, firing in
                strengths[firing.promptID] = max(strengths[firing.promptID] ?? 0, firing.activation.magnitude)
            }
        }
        return try StoredRow.fetchAll(db, sql: Self.probabilitiesOfToken, arguments: [node.token])
            .reduce(into: [:]) { $0[try $1["prompt_id"]] = try $1["probability"] }
    }

    /// Whether a prompt has a graph, and the token where the source is one.
    fileprivate func isLikely(_ source: NodeKey, in prompt: Int, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: Self.hasGraph)
        guard let row = try StoredRow.fetchOne(statement, arguments: [prompt]) else { return false }
        return source.kind != .token ? true : try tokens(row["tokens"], prompt: prompt).contains(source.token!)
    }

    /// A prompt's edges between two nodes; `nil` where its graph has none.
    fileprivate func example(
        of source: NodeKey, _ target: NodeKey, prompt: Int, _ db: Database
    ) throws -> EdgeReport.Example? {
        let graph = try storedGraph(of: prompt, db)
        let keys = graph.keys
        let edges = graph.edges.filter { keys[$0.target] == target && keys[$0.source] == source }
        guard !edges.isEmpty else { return nil }
        let links = edges.map { edge in
            let (from, to) = (graph.position(ofNode: edge.source), graph.position(ofNode: edge.target))
            return EdgeReport.Link(
                sourcePosition: from, sourceText: text(of: graph.tokens[from]), targetPosition: to,
                targetText: text(of: graph.tokens[to]), weight: Double(edge.weight))
        }
        return EdgeReport.Example(
            promptID: prompt, text: try promptText(prompt, db),
            weight: edges.reduce(0) { $0 + Double($1.weight) },
            links: links.sorted { ($0.targetPosition, $0.sourcePosition) < ($1.targetPosition, $1.sourcePosition) })
    }
}
