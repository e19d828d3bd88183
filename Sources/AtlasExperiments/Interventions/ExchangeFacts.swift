import AtlasQuery
import AtlasStore
import Circuits
import GRDB
import Texts

/// What stored graphs say of the values of a tag, before anything is chosen.
struct ExchangeFacts {
    /// One prompt of a value.
    struct Prompt {
        let id: Int
        let tokens: [Int]
        /// Whether the model's most likely next token is the answer.
        let isRight: Bool
        /// The feature nodes of its graph that may be exchanged.
        let nodes: [Node]
    }

    /// A feature at a position.
    struct Node {
        let place: FeaturePlace
        let position: Int
        let activation: Float
        let influence: Float
        /// What it is ranked by.
        let merit: Float
    }

    /// One value of the tag.
    struct Value {
        let name: ExactText
        /// The answer's first token, the same for all prompts.
        let answer: Int
        /// In canonical order.
        var prompts: [Prompt]
    }

    /// How many prompts the group has.
    let promptCount: Int
    /// By name.
    let values: [Value]
    /// What nodes are ranked by.
    let ranking: ExchangeOptions.Ranking

    private static let graphsWithoutEffects = """
        SELECT count(*) FROM graphs WHERE prompt_id IN (SELECT value FROM json_each(?))
        AND id NOT IN (SELECT graph_id FROM node_effects)
        """
    private static let answerOfPrompt = "SELECT answer_token, predicted_token FROM prompts WHERE id = ?"

    /// Reads the graphs of a group; prompts without a graph, the tag or an answer are left out.
    init(
        _ reader: AtlasReader, tag: String, group: PromptFilter, options: ExchangeOptions, _ db: Database
    ) throws {
        let ids = try reader.prompts(where: group, needGraphs: true, db)
        let lacking = try Int.fetchOne(db, sql: Self.graphsWithoutEffects, arguments: [ids.description]) ?? 0
        if let asked = options.ranking, asked != .influence, lacking > 0 {
            throw QuestionError.noEffects(question: "choosing features by \(asked.rawValue)", graphs: lacking)
        }
        let ranking = options.ranking ?? (lacking > 0 ? .influence : .paths)
        var found: [ExactText: Value] = [:]
        for id in ids {
            guard
                let name = try reader.tagValue(tag, ofPrompt: id, db),
                let row = try StoredRow.fetchOne(db, sql: Self.answerOfPrompt, arguments: [id]),
                let stored: Int = try row["answer_token"] as Int?
            else { continue }
            let answer = try reader.storedToken(stored)
            guard found[name].map({ $0.answer == answer }) ?? true else {
                throw QuestionError.ambiguousAnswer(tag: tag, value: name.string)
            }
            let graph = try reader.storedGraph(of: id, withEffects: true, db)
            let nodes = graph.nodes.enumerated().compactMap { number, node -> Node? in
                guard case .feature(let layer, let position, let index) = node.id,
                    options.positions == .all || position == graph.tokens.count - 1
                else { return nil }
                return Node(
                    place: FeaturePlace(
                        feature: FeatureID(layer: layer, index: index),
                        tokensBeforeEnd: graph.tokens.count - 1 - position), position: position,
                    activation: node.activation, influence: node.influence,
                    merit: graph.merit(ofNode: number, ranking))
            }
            try found[name, default: Value(name: name, answer: answer, prompts: [])].prompts.append(
                Prompt(id: id, tokens: graph.tokens, isRight: row["predicted_token"] as Int == answer, nodes: nodes))
        }
        self.ranking = ranking
        promptCount = ids.count
        values = found.values.sorted { $0.name < $1.name }
    }
}

extension SparseGraph {
    /// What a node is ranked by; 0 where the graph has no effects.
    fileprivate func merit(ofNode node: Int, _ ranking: ExchangeOptions.Ranking) -> Float {
        switch ranking {
        case .influence: nodes[node].influence
        case .logit: effects?.gradient.answer[node] ?? 0
        case .paths: effects?.total.answer[node] ?? 0
        case .gap: effects?.gradient.gap[node] ?? 0
        }
    }
}
