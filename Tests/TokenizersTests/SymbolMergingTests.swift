import Testing

@testable import Tokenizers

struct SymbolMergingTests {
    /// Merges of random pairs of earlier symbols over an alphabet of four, as training would make them.
    private func randomMerges(_ count: Int, using random: inout SplitMix) -> MergeTable {
        var table = MergeTable(capacity: count)
        for rank in 0..<count {
            let known = UInt32(4 + rank)
            let (left, right) = (
                UInt32.random(in: 0..<known, using: &random), UInt32.random(in: 0..<known, using: &random)
            )
            if table.find(left, right).rank == MergeTable.noMerge {
                table.set(left, right, rank: UInt32(rank), merged: known)
            }
        }
        return table
    }

    @Test func `the heap merges like the plain scan`() {
        var random = SplitMix(state: 11)
        for _ in 0..<400 {
            let merges = randomMerges(Int.random(in: 1...60, using: &random), using: &random)
            let symbols = (0..<Int.random(in: 2...300, using: &random)).map { _ in
                UInt32.random(in: 0..<4, using: &random)
            }
            var scanned = SymbolMerging()
            scanned.symbols = symbols
            scanned.mergeByScanning(merges)
            var heaped = SymbolMerging()
            heaped.symbols = symbols
            heaped.mergeByHeap(merges)
            #expect(scanned.symbols == heaped.symbols)
        }
    }

    @Test func `among equal pairs the leftmost is merged first`() {
        var merges = MergeTable(capacity: 1)
        merges.set(0, 0, rank: 0, merged: 1)
        var merging = SymbolMerging()
        merging.symbols = [0, 0, 0]
        merging.merge(with: merges)
        #expect(merging.symbols == [1, 0])
    }
}
