import AtlasStore
import Circuits
import Foundation
import GRDB

/// A prompt as a list shows it.
public struct PromptListItem: Codable, Sendable, Equatable {
    /// The prompt's id in this file.
    public let id: Int
    /// Its text, up to 2,000 characters of it.
    public let text: String
    /// Its tokens.
    public let tokenCount: Int
    /// The model's most likely next token.
    public let predicted: PromptReport.Token
    /// Its probability.
    public let predictedProbability: Double
    /// The right continuation, where a corpus tells it.
    public let answer: String?
    /// The model's probability for the answer's first token.
    public let answerProbability: Double?
    /// Whether the most likely next token is the answer's first; `nil` without an answer.
    public let isRight: Bool?
    /// What the corpora say about it.
    public let tags: [PromptReport.Tag]
    /// Whether an attribution graph is stored.
    public let hasGraph: Bool
    /// The graph's scores before pruning.
    public let scores: GraphScores?
    /// Nodes of the stored graph.
    public let nodeCount: Int?
}

extension PromptListItem {
    /// The same prompt as one without a graph, for an export that leaves the graph out.
    public var withoutGraph: PromptListItem {
        PromptListItem(
            id: id, text: text, tokenCount: tokenCount, predicted: predicted,
            predictedProbability: predictedProbability, answer: answer, answerProbability: answerProbability,
            isRight: isRight, tags: tags, hasGraph: false, scores: scores, nodeCount: nodeCount)
    }
}

/// The orders in which prompts are listed; `PromptOrder("-probability")` is the order backwards.
public struct PromptOrder: ListOrder {
    /// What prompts are ordered by.
    public enum Key: String, CaseIterable, Sendable {
        /// The order in which they were stored.
        case id
        /// Their text.
        case text
        /// The probability of the most likely next token.
        case probability
        /// The model's probability for the right answer; prompts without one last.
        case answer
        /// The graph's replacement score; prompts without a graph last.
        case replacement
        /// The graph's completeness score; prompts without a graph last.
        case completeness
        /// Their number of tokens.
        case length
        /// The text of the most likely next token.
        case predicted
        /// The nodes of the stored graph; prompts without a graph last.
        case nodes

        /// What the column is, beside the prompt's id.
        fileprivate var column: String? {
            switch self {
            case .id: nil
            case .text: "p.text"
            case .probability: "p.predicted_probability"
            case .answer: "p.answer_probability"
            case .replacement: "g.replacement_score"
            case .completeness: "g.completeness_score"
            case .length: "p.token_count"
            case .predicted: "(SELECT v.text FROM vocabulary v WHERE v.token = p.predicted_token)"
            case .nodes: "g.node_count"
            }
        }
    }

    /// What prompts are ordered by.
    public var key: Key
    /// Whether the largest come first.
    public var isBackwards: Bool

    /// Orders by `key`.
    public init(_ key: Key = .id, isBackwards: Bool = false) {
        self.key = key
        self.isBackwards = isBackwards
    }

    var keyset: KeysetOrder {
        KeysetOrder(
            value: key.column, isDescending: isBackwards, key: ["p.id"], keyDescends: key == .id && isBackwards)
    }
}

/// Which prompts there are.
extension AtlasReader {
    /// Prompts of a group whose text contains some words, in an order.
    ///
    /// - Parameters:
    ///   - filter: the group; one without prompts gives an empty list only where the words are to blame
    ///   - words: as for ``search(_:limit:kind:prompt:)``; `nil` or text without words: all
    public func promptList(
        where filter: PromptFilter = .all, containing words: String? = nil, order: PromptOrder = PromptOrder(),
        range: ListRange = ListRange()
    ) throws -> ItemList<PromptListItem> {
        try ask("listing prompts") { db in
            var list = KeysetList(
                tables: "FROM prompts p LEFT JOIN graphs g ON g.prompt_id = p.id", order: order.keyset)
            let (conditions, values) = try conditions(of: filter, db)
            list.conditions = conditions
            list.arguments = values
            if let pattern = words.flatMap({ Self.searchPattern($0) }) {
                list.require("p.id IN (SELECT rowid FROM prompt_search WHERE prompt_search MATCH ?)", [pattern])
            }
            let keys = try list.keys(range, db)
            return ItemList(
                items: try keys.map { try promptListItem(Int($0[0]), db) }, total: try list.count(db),
                offset: range.offset, lastKey: keys.last, isFull: keys.count == range.limit)
        }
    }

    private func promptListItem(_ id: Int, _ db: Database) throws -> PromptListItem {
        let row = try StoredRow.fetchExisting(db.cachedStatement(sql: Self.promptByID), "prompts.id", arguments: [id])
        let replacement: Double? = try row["replacement_score"]
        let completeness: Double? = try row["completeness_score"]
        let predicted = try storedToken(row["predicted_token"])
        let tags = try JSONDecoder().decode([[String]].self, from: Data((row["tags"] as String).utf8))
        return try PromptListItem(
            id: id, text: (row["text"] as String).shortened(to: String.excerptLimit), tokenCount: row["token_count"],
            predicted: .init(token: predicted, text: text(of: predicted)),
            predictedProbability: row["predicted_probability"], answer: row["answer"],
            answerProbability: row["answer_probability"], isRight: row["is_right"],
            tags: tags.map { .init(name: $0[0], value: $0[1]) }, hasGraph: !row.isNull("graph_id"),
            scores: replacement.flatMap { replacement in
                completeness.map { GraphScores(replacement: replacement, completeness: $0) }
            },
            nodeCount: row["node_count"])
    }
}
