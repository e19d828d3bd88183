/// One target of the adjoint recursion, before its row is computed.
struct SweepTarget: Sendable {
    enum Kind: Sendable {
        /// An active feature: an index into the active features.
        case feature(Int)
        /// What the graph explains: an index into the prompt's targets.
        case logit(Int)
    }

    let kind: Kind
    /// Where the gradient is injected.
    let position: Int
    /// The layer that a feature reads, also where the feature is what the graph explains; the number of layers for
    /// what reads behind the final norm. Sources are found below it.
    let layer: Int
}
