/// An indexing run that was asked to stop before its end.
public struct IndexingInterrupted: Error, CustomStringConvertible, Sendable {
    /// How far it was.
    public let progress: IndexingProgress
    /// The atlas that it wrote to.
    public let atlasPath: String
    /// Whether the atlas was still out of sight, and is gone: a shard's appears when it is whole.
    public var isAside = false

    /// One line: what is kept, and how to go on.
    public var description: String {
        guard !isAside else {
            return "interrupted: a shard's atlas appears when it is whole, and there is none at \(atlasPath); "
                + "the same command starts it again"
        }
        let all = progress.total.map { " of \($0)" } ?? ""
        let kept =
            switch progress.phase {
            case .checking, .averaging: "nothing of this run is stored"
            case .indexing: "\(progress.done)\(all) prompts are stored in \(atlasPath), statistics are not derived"
            case .completing, .tracing, .describing, .summarising:
                "all prompts are stored in \(atlasPath), statistics are not derived"
            }
        return "interrupted: \(kept); the same command goes on from there"
    }
}
