import Testing

@testable import Attribution

@Suite struct `pieces of a sweep` {
    /// One feature a layer and position, and a few of the last position more.
    private func targets(positions: Int, layers: Int) -> [SweepTarget] {
        let places = (0..<positions).flatMap { position in (0..<layers).map { (position, $0) } }
        let last = (0..<70).map { (positions - 1, $0 % layers) }
        return (places + last).enumerated().map {
            SweepTarget(kind: .feature($0.offset), position: $0.element.0, layer: $0.element.1)
        }
    }

    @Test(arguments: [(1, 3), (2, 5), (9, 4), (32, 8), (70, 3), (300, 2)])
    func `every target is in one piece, and no piece is larger or wastes more than is said`(
        positions: Int, layers: Int
    ) {
        let targets = targets(positions: positions, layers: layers)
        let pieces = SweepPiece.cut(targets)
        var seen: [Int] = []
        for piece in pieces {
            #expect(piece.reach == piece.targets.map { $0.position + 1 }.max())
            #expect(piece.targets.count <= max(16, 1024 / piece.reach))
            #expect(piece.targets.allSatisfy { 8 * (piece.reach - $0.position - 1) <= piece.reach })
            #expect(piece.targets.map(\.layer) == piece.targets.map(\.layer).sorted(by: >))
            for case .feature(let index) in piece.targets.map(\.kind) { seen.append(index) }
        }
        #expect(seen.sorted() == Array(targets.indices))
    }

    @Test func `a piece is as large as may be where targets read the same`() {
        for reach in [10, 32, 33, 100] {
            let targets = (0..<500).map { SweepTarget(kind: .feature($0), position: reach - 1, layer: 1) }
            let largest = max(16, 1024 / reach)
            let counts = SweepPiece.cut(targets).map(\.targets.count)
            #expect(counts.filter { $0 == largest }.count == 500 / largest && counts.count <= 500 / largest + 1)
        }
    }
}
