/// How much of a prompt's computation the transcoder features account for.
///
/// - SeeAlso: Ameisen et al. 2025, "Evaluating Graphs".
public struct GraphScores: Hashable, Sendable, Codable {
    /// Influence of the tokens / (influence of tokens and errors): the share of end-to-end paths that start in a token.
    public var replacement: Double
    /// The influence-weighted share of node inputs that do not come from errors.
    public var completeness: Double

    /// Holds both scores, each in 0…1.
    public init(replacement: Double, completeness: Double) {
        self.replacement = replacement
        self.completeness = completeness
    }
}
