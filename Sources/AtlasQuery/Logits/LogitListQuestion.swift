import AtlasStore
import GRDB

/// A token whose logit some stored graph explains.
public struct LogitListItem: Codable, Sendable, Equatable {
    /// The token's id.
    public let token: Int
    /// Its text.
    public let text: String
    /// How many stored graphs explain it.
    public let promptCount: Int
    /// The model's mean probability for it there.
    public let meanProbability: Double
}

/// The orders in which explained tokens are listed; `LogitOrder("-prompts")` is the order backwards.
public struct LogitOrder: ListOrder {
    /// What tokens are ordered by.
    public enum Key: String, CaseIterable, Sendable {
        /// Those of most prompts first.
        case prompts
        /// Those that the model finds likeliest first.
        case probability
        /// By their text.
        case text
    }

    /// What tokens are ordered by.
    public var key: Key
    /// Whether the order is turned round.
    public var isBackwards: Bool

    /// Orders by `key`.
    public init(_ key: Key = .prompts, isBackwards: Bool = false) {
        self.key = key
        self.isBackwards = isBackwards
    }

    var keyset: KeysetOrder {
        let value =
            switch key {
            case .prompts: "s.prompt_count"
            case .probability: "s.probability_sum / s.prompt_count"
            case .text: "v.text"
            }
        return KeysetOrder(value: value, isDescending: (key != .text) != isBackwards, key: ["s.token"])
    }
}

/// Which logits there is something to say about.
extension AtlasReader {
    static let logitListItem = """
        SELECT s.token, v.text, s.prompt_count, s.probability_sum / s.prompt_count AS probability
        FROM logit_statistics s JOIN vocabulary v ON v.token = s.token WHERE s.token = ?
        """

    /// The explained tokens, in an order.
    ///
    /// - Parameter part: only tokens whose text contains this, whatever the case of its letters A to Z
    public func logitList(
        containing part: String? = nil, order: LogitOrder = LogitOrder(), range: ListRange = ListRange()
    ) throws -> ItemList<LogitListItem> {
        try ask("listing logits") { db in
            try requireDerivation(db)
            var list = KeysetList(
                tables: "FROM logit_statistics s JOIN vocabulary v ON v.token = s.token", order: order.keyset)
            if let part { list.require("v.text LIKE ? ESCAPE '\\'", ["%\(Self.literalPattern(part))%"]) }
            let keys = try list.keys(range, db)
            let statement = try db.cachedStatement(sql: Self.logitListItem)
            let items = try keys.map { key in
                let row = try StoredRow.fetchExisting(statement, "logit_statistics", arguments: [key[0]])
                return try LogitListItem(
                    token: row["token"], text: row["text"], promptCount: row["prompt_count"],
                    meanProbability: row["probability"])
            }
            return ItemList(
                items: items, total: try list.count(db), offset: range.offset, lastKey: keys.last,
                isFull: keys.count == range.limit)
        }
    }

    /// A text as a pattern of LIKE with the escape `\`, in which nothing stands for anything else.
    static func literalPattern(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}
