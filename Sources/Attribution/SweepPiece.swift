/// Targets that one sweep serves: near each other in the prompt, so that they share a causal cone, and from the highest
/// layer down.
struct SweepPiece {
    /// From the highest layer down.
    let targets: [SweepTarget]
    /// Positions that any of them reaches.
    var reach: Int { (targets.map(\.position).max() ?? -1) + 1 }
    /// What the sweep costs, in rows of gradients times layers.
    private var cost: Int { reach * targets.reduce(0) { $0 + $1.layer + 1 } }

    /// Gradient rows (targets × positions) a piece: enough for a matrix product to run at full speed.
    static let rowsAPiece = 1024
    /// The same where each piece has decoder rows to copy, or to convert, before it can be multiplied by them.
    static let rowsAPieceOfCopies = 4096
    /// Targets a piece at least, so that long prompts keep some batching; as many read patterns that are made anew.
    static let smallestPiece = 16

    /// How many targets a piece has that reaches `reach` positions.
    static func targetCount(reach: Int, copiesRows: Bool = false) -> Int {
        max(smallestPiece, (copiesRows ? rowsAPieceOfCopies : rowsAPiece) / reach)
    }

    /// Cuts targets into pieces that suit caches and threads, the dearest first.
    ///
    /// Targets of several positions share a piece where that wastes little: what one does not reach is computed for it all
    /// the same, as zeros, and is at most an eighth.
    ///
    /// - Parameter copiesRows: whether each piece has decoder rows to copy first
    static func cut(_ targets: [SweepTarget], copiesRows: Bool = false) -> [SweepPiece] {
        let ordered = targets.sorted { ($1.position, $1.layer) < ($0.position, $0.layer) }
        var pieces: [SweepPiece] = []
        var start = 0
        while start < ordered.count {
            let reach = ordered[start].position + 1
            let least = reach - reach / 8
            let end = min(ordered.count, start + targetCount(reach: reach, copiesRows: copiesRows))
            let stop = ordered[start..<end].firstIndex { $0.position + 1 < least } ?? end
            pieces.append(SweepPiece(targets: ordered[start..<stop].sorted { $1.layer < $0.layer }))
            start = stop
        }
        return pieces.sorted { $1.cost < $0.cost }
    }
}
