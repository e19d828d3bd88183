extension String {
    /// At most `limit` Unicode scalars, the last an ellipsis where some are left out.
    ///
    /// Answers that hold many texts shorten each of them: a token, a label or a prompt can be as long as its author likes.
    func shortened(to limit: Int) -> String {
        guard utf8.count > limit, unicodeScalars.count > limit else { return self }
        var short = ""
        short.unicodeScalars.append(contentsOf: unicodeScalars.prefix(limit - 1))
        return short + "…"
    }

    /// The longest text of a token or a label among many.
    static let nameLimit = 400
    /// The longest text of a prompt among many.
    static let excerptLimit = 2_000
}
