/// What is wrong with, or not supported in, a regular expression.
struct ExpressionError: Error, Equatable {
    /// What was found, with the offset in scalars.
    let found: String
}
