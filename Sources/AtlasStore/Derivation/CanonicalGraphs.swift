import Circuits
import GRDB

/// Stored graphs in canonical order, with its nodes' keys numbered densely in ascending order.
///
/// Targets that are no single token are left out; see ``TokenTargetPart``.
struct CanonicalGraphs {
    /// The distinct node keys of all graphs, ascending; a key's place in it is its dense number.
    let keys: [NodeKey]
    private let prompts: CanonicalPrompts
    private let targets: [Int: [LogitTarget]]
    /// Graphs with larger ids take part.
    private let earlier: Int

    /// A graph with what the derivation needs of it.
    struct Graph {
        /// `graphs.id`.
        let id: Int
        /// Its place in canonical order.
        let ordinal: Int
        let targets: [LogitTarget]
        let nodes: [SparseGraph.Node]
        /// Each node's key as a dense number.
        let denseKeys: [UInt32]
        let edges: [SparseGraph.Edge]
        /// `[targets.count][nodes.count]`.
        let influence: [[Float]]
        /// What the nodes do to the targets, where that was computed.
        let effects: Effects?
    }

    /// The part of a graph's effects that can be added up over prompts.
    struct Effects {
        /// The token whose lead over its strongest rival the gap is.
        let answer: Int
        /// `[nodes.count]`: on the gap, by the underlying model's derivative.
        let gap: [Float]
        /// What silencing some of the nodes did.
        let measured: [NodeEffects.Measurement]
    }

    /// Graphs by the content hash of their prompt; where they are few, they are found first.
    private static func sql(after earlier: Int) -> String {
        let from =
            earlier == 0
            ? "prompts p CROSS JOIN graphs g ON g.prompt_id = p.id"
            : "graphs g CROSS JOIN prompts p ON p.id = g.prompt_id"
        return """
            SELECT g.id, g.nodes, g.edges, g.target_influence, e.answer_token, e.gradient, m.effects FROM \(from)
            LEFT JOIN node_effects e ON e.graph_id = g.id LEFT JOIN measured_effects m ON m.graph_id = g.id
            WHERE g.id > \(earlier) ORDER BY p.content_hash
            """
    }

    /// Reads the graphs of `prompts` that were stored later than `earlier`; the prompts of all these must be among them.
    init(_ db: Database, prompts: CanonicalPrompts, after earlier: Int = 0) throws {
        self.prompts = prompts
        self.earlier = earlier
        var targets: [Int: [LogitTarget]] = [:]
        let rows = try StoredRow.fetchCursor(
            db,
            sql: """
                SELECT graph_id, token, probability, position FROM logit_targets WHERE graph_id > ?
                ORDER BY graph_id, ordinal
                """, arguments: [earlier])
        while let row = try rows.next() {
            try targets[row[0] as Int, default: []].append(
                LogitTarget(token: row[1], probability: Float(row[2] as Double), position: row[3]))
        }
        let custom = try StoredRow.fetchAll(db, sql: CustomTargetRow.ofGraphs, arguments: [earlier])
        let vocabularySize =
            custom.isEmpty ? 0 : try Int.fetchOne(db, sql: "SELECT vocabulary_size FROM atlas") ?? 0
        for (graph, rows) in try Dictionary(grouping: custom, by: { try $0["graph_id"] as Int }) {
            targets[graph] = try CustomTargetRow.merge(
                rows, into: targets[graph] ?? [], vocabularySize: vocabularySize)
        }
        for (graph, targets) in targets {
            for target in targets where target.custom == nil && !(0..<prompts.vocabularySize ~= target.token) {
                throw AtlasError.damagedBlock(
                    table: "logit_targets", row: graph, expected: "tokens below \(prompts.vocabularySize)",
                    found: "\(target.token)")
            }
        }
        self.targets = targets

        var distinct = Set<Int64>()
        let ordinals = try Self.promptOrdinals(db, prompts: prompts, after: earlier)
        var next = 0
        try BlobScan.run(db, sql: Self.sql(after: earlier)) { row in
            let nodes = try row.decode("graphs.nodes", column: 1) { (frame) throws(BlockFault) in
                try NodeBlock.decode(frame)
            }
            let tokens = prompts.tokens(ordinal: ordinals[next]).map(Int.init)
            let part = TokenTargetPart(targets: targets[row.integer(0)] ?? [], nodes: nodes)
            for key in try Self.nodeKeys(part.nodes, tokens: tokens, targets: part.targets, row: row) {
                distinct.insert(key.rawValue)
            }
            next += 1
        }
        keys = distinct.sorted().map(NodeKey.init(rawValue:))
    }

    /// Hands every graph to `body`, in canonical order.
    func forEach(_ db: Database, _ body: (Graph) throws -> Void) throws {
        let ordinals = try Self.promptOrdinals(db, prompts: prompts, after: earlier)
        var next = 0
        try BlobScan.run(db, sql: Self.sql(after: earlier)) { row in
            let nodes = try row.decode("graphs.nodes", column: 1) { (frame) throws(BlockFault) in
                try NodeBlock.decode(frame)
            }
            let edges = try row.decode("graphs.edges", column: 2) { (frame) throws(BlockFault) in
                try EdgeBlock.decode(frame, nodeCount: nodes.count)
            }
            let targets = targets[row.integer(0)] ?? []
            let influence = try row.decode("graphs.target_influence", column: 3) { (frame) throws(BlockFault) in
                try InfluenceBlock.decode(frame, targetCount: targets.count, nodeCount: nodes.count)
            }
            let tokens = prompts.tokens(ordinal: ordinals[next]).map(Int.init)
            let part = TokenTargetPart(targets: targets, nodes: nodes)
            let denseKeys = try Self.nodeKeys(part.nodes, tokens: tokens, targets: part.targets, row: row).map(dense)
            try body(
                Graph(
                    id: row.integer(0), ordinal: next, targets: part.targets, nodes: part.nodes, denseKeys: denseKeys,
                    edges: part.edges(edges), influence: part.influence(influence),
                    effects: try effects(row, part, targets: targets, nodeCount: nodes.count, tokens: tokens)))
            next += 1
        }
    }

    /// The effects in a row of ``sql(after:)``.
    private func effects(
        _ row: BlobScan, _ part: TokenTargetPart, targets: [LogitTarget], nodeCount: Int, tokens: [Int]
    ) throws(AtlasError) -> Effects? {
        guard !row.isNull(4) else { return nil }
        let answer = try row.integer(4, named: "answer_token", in: 0..<prompts.vocabularySize)
        let target = SparseGraph.target(ofNextToken: answer, among: targets, last: tokens.count - 1)
        let gradient = try row.decode("node_effects.gradient", column: 5) { (frame) throws(BlockFault) in
            try EffectBlock.decode(frame, targetCount: targets.count, nodeCount: nodeCount, answerTarget: target)
        }
        var measured: [NodeEffects.Measurement] = []
        if !row.isNull(6) {
            measured = try row.decode("measured_effects.effects", column: 6) { (frame) throws(BlockFault) in
                try MeasuredEffectBlock.decode(frame, nodeCount: nodeCount)
            }
        }
        return Effects(
            answer: answer, gap: part.ofNodes(gradient.gap), measured: part.measured(measured))
    }

    /// The dense number of a key that some graph has.
    func dense(_ key: NodeKey) -> UInt32 {
        let place = keys.place(notBelow: key)
        precondition(place < keys.count && keys[place] == key, "node key \(key.rawValue) was not numbered")
        return UInt32(place)
    }

    /// The ordinals of the prompts that have graphs, in canonical order.
    private static func promptOrdinals(
        _ db: Database, prompts: CanonicalPrompts, after earlier: Int
    ) throws -> [Int] {
        let attributed = try Set(
            Int.fetchAll(db, sql: "SELECT prompt_id FROM graphs WHERE id > ?", arguments: [earlier]))
        return prompts.ids.indices.filter { attributed.contains(prompts.ids[$0]) }
    }

    private static func nodeKeys(
        _ nodes: [SparseGraph.Node], tokens: [Int], targets: [LogitTarget], row: BlobScan
    ) throws(AtlasError) -> [NodeKey] {
        var keys: [NodeKey] = []
        keys.reserveCapacity(nodes.count)
        for node in nodes {
            let isSound =
                switch node.id {
                case .feature(let layer, _, let index): layer < 1 << 16 && index < 1 << 24
                case .error(let layer, _): layer < 1 << 16
                case .token(let position): position < tokens.count
                case .logit(let ordinal): ordinal < targets.count
                case .bias: false
                }
            guard isSound, let key = NodeKey(node.id, tokens: tokens, targets: targets) else {
                throw .damagedBlock(
                    table: "graphs.nodes", row: row.integer(0),
                    expected: "nodes of \(tokens.count) positions and \(targets.count) targets", found: "\(node.id)")
            }
            keys.append(key)
        }
        return keys
    }
}
