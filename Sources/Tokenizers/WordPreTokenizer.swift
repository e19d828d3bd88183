/// The steps that cut by fixed kinds of characters, as splits by regular expressions.
enum WordPreTokenizer {
    /// `Whitespace`: runs of word characters and runs of others, without the white space between.
    static let words = split(#"[\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+"#, .removed, isInverted: true)
    /// `WhitespaceSplit`: what lies between white space.
    static let whiteSpace = split(#"\s+"#, .removed)

    /// `Punctuation`: around each mark.
    static func punctuation(_ behavior: SplitPreTokenizer.Behavior) -> PreTokenizer { split(mark, behavior) }

    /// `BertPreTokenizer`: at white space, and around each mark.
    static let bert = [whiteSpace, punctuation(.isolated)]

    /// A mark of ASCII, or what Unicode calls punctuation.
    private static let mark = #"[!-/:-@\[-`{-~\p{P}]"#

    private static func split(
        _ expression: String, _ behavior: SplitPreTokenizer.Behavior, isInverted: Bool = false
    ) -> PreTokenizer {
        do throws(ExpressionError) {
            return .split(
                SplitPreTokenizer(
                    pattern: .expression(try RegularExpression(expression)), behavior: behavior, isInverted: isInverted)
            )
        } catch {
            preconditionFailure("an expression of this file is wrong: \(error.found)")
        }
    }
}
