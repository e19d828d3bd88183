/// An indexing run that was asked to stop before its end.
public struct IndexingInterrupted: Error, CustomStringConvertible, Sendable {
    /// How far it was.
    public let progress: IndexingProgress
    /// The atlas that it wrote to.
    public let atlasPath: String

    /// One line: what is kept, and how to go on.
    public var description: String {
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
