/// The merging of one piece: repeatedly the adjacent pair of lowest rank, the leftmost among equals, until none is
/// left that the table knows.
///
/// Holds the working memory, so that encoding many pieces allocates once.
struct SymbolMerging {
    /// The symbols of the piece; after ``merge(with:)`` its tokens.
    var symbols: [UInt32] = []

    /// Beyond this many symbols a heap is faster than scanning all ranks for each merge.
    static let longestScan = 48

    private var ranks: [UInt32] = []
    private var previous: [Int32] = []
    private var following: [Int32] = []
    private var heap = RankHeap()

    /// Merges ``symbols`` in place.
    ///
    /// - Complexity: O(n log n) in the number of symbols
    mutating func merge(with merges: borrowing MergeTable) {
        guard symbols.count > 1 else { return }
        if symbols.count <= Self.longestScan { mergeByScanning(merges) } else { mergeByHeap(merges) }
    }

    /// The plain algorithm, quadratic: also what the tests hold the heap against.
    mutating func mergeByScanning(_ merges: borrowing MergeTable) {
        ranks.removeAll(keepingCapacity: true)
        for position in 0..<symbols.count - 1 {
            ranks.append(merges.find(symbols[position], symbols[position + 1]).rank)
        }
        while true {
            var lowest = MergeTable.noMerge
            var position = 0
            for candidate in 0..<ranks.count where ranks[candidate] < lowest {
                lowest = ranks[candidate]
                position = candidate
            }
            if lowest == MergeTable.noMerge { return }
            symbols[position] = merges.find(symbols[position], symbols[position + 1]).merged
            symbols.remove(at: position + 1)
            ranks.remove(at: position)
            if position > 0 { ranks[position - 1] = merges.find(symbols[position - 1], symbols[position]).rank }
            if position < ranks.count { ranks[position] = merges.find(symbols[position], symbols[position + 1]).rank }
        }
    }

    /// The same with a linked list of symbols and a heap of candidate pairs; a candidate whose pair has changed since
    /// is recognised by its rank and skipped.
    mutating func mergeByHeap(_ merges: borrowing MergeTable) {
        let count = symbols.count
        previous = (0..<Int32(count)).map { $0 - 1 }
        following = (0..<Int32(count)).map { $0 + 1 }
        heap.removeAll()
        for position in 0..<count - 1 { propose(position, merges) }
        while let (rank, position) = heap.popLowest() {
            let next = Int(following[position])
            guard symbols[position] != Self.absorbed, next < count else { continue }
            let pair = merges.find(symbols[position], symbols[next])
            guard pair.rank == rank else { continue }
            symbols[position] = pair.merged
            symbols[next] = Self.absorbed
            following[position] = following[next]
            if Int(following[next]) < count {
                previous[Int(following[next])] = Int32(position)
                propose(position, merges)
            }
            if previous[position] >= 0 { propose(Int(previous[position]), merges) }
        }
        symbols.removeAll { $0 == Self.absorbed }
    }

    /// Marks a symbol that became part of the one before it; no token has this id.
    private static let absorbed = UInt32.max

    private mutating func propose(_ position: Int, _ merges: borrowing MergeTable) {
        let rank = merges.find(symbols[position], symbols[Int(following[position])]).rank
        if rank != MergeTable.noMerge { heap.insert(rank: rank, position: position) }
    }
}

/// A binary heap of (rank, position), lowest first.
private struct RankHeap {
    private var elements: [UInt64] = []

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
    }

    mutating func insert(rank: UInt32, position: Int) {
        var child = elements.count
        let element = UInt64(rank) << 32 | UInt64(position)
        elements.append(element)
        while child > 0 {
            let parent = (child - 1) / 2
            if elements[parent] <= element { break }
            elements[child] = elements[parent]
            child = parent
        }
        elements[child] = element
    }

    mutating func popLowest() -> (rank: UInt32, position: Int)? {
        guard let lowest = elements.first, let last = elements.popLast() else { return nil }
        let count = elements.count
        if count > 0 {
            var parent = 0
            while 2 * parent + 1 < count {
                var child = 2 * parent + 1
                if child + 1 < count, elements[child + 1] < elements[child] { child += 1 }
                if last <= elements[child] { break }
                elements[parent] = elements[child]
                parent = child
            }
            elements[parent] = last
        }
        return (UInt32(truncatingIfNeeded: lowest >> 32), Int(truncatingIfNeeded: lowest & 0xFFFF_FFFF))
    }
}
