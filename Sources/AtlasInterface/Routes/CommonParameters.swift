import AtlasQuery

extension RouteParameter {
    /// The most characters of a filter: two of them, every character as long as it can be, fit into a request's line.
    static let longestFilter = 2_000
    /// What a filter is, as a regular expression: as `PromptFilter` reads it.
    static let filterForm: String = {
        let condition = #"(\\[^\x00]|[^\\=,\x00])+=(\\[^\x00]|[^\\,\x00])*"#
        return "^\(condition)(,\(condition))*$"
    }()
    /// What a feature is, as a regular expression.
    static let featureForm = "^[0-9]{1,5}/[0-9]{1,8}$"

    /// Several features, at most 500, as a regular expression.
    static let featureListForm = "^[0-9]{1,5}/[0-9]{1,8}( [0-9]{1,5}/[0-9]{1,8}){0,499}$"

    static let limit = RouteParameter("limit", .integer(1...1_000), "items at most", fallback: "50")
    static let after = RouteParameter(
        "after", .integer(0...Int(Int32.max)), "where a list goes on: `next` of the part before it")
    static let list = [limit, after]
    /// Of a list that goes on behind an item: `next` of the part before, or a number of items to skip.
    static let cursor = RouteParameter(
        "after", .form(ListCursor.form, expected: "`next` of the part before, or a number of items"),
        "where a list goes on: `next` of the part before it, or how many items are skipped")
    static let orderedList = [limit, cursor]
    static let search = RouteParameter("search", .text(limit: 1_000), "words; the last may be the beginning of one")
    static let group = RouteParameter(
        "where", .filter,
        "a group of prompts: tag=value, corpus=name, right=yes or right=no, several with commas between")
    static let prompt = RouteParameter(
        "id", .text(limit: 4_096),
        "a prompt: its id in this atlas (digits), the id that its corpus gave it, or its text")
    static let token = RouteParameter("token", .integer(0...Int(Int32.max)), "a token's id")
    static let feature = [
        RouteParameter("layer", .integer(0...65_535), "the feature's layer"),
        RouteParameter("index", .integer(0...(1 << 24) - 1), "the feature's index in its layer"),
    ]
    /// The parameters that say how much is asked for, and with it how long an answer takes.
    static let sizes: Set = [
        "limit", "edgeLimit", "size", "neighbours", "window", "examples", "graphs", "rewirings", "prompts", "by",
    ]
    static let job = RouteParameter("id", .text(limit: 64), "a job's id")
}
