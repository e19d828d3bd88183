/// Sets of nodes of one small graph, one a row, side by side as bits: a copy is one piece of memory, and rows are numbers.
struct NodeSets {
    private var words: [UInt64]
    private let stride: Int

    /// Empty sets.
    init(rowCount: Int, nodeCount: Int) {
        stride = (nodeCount + 63) / 64
        words = [UInt64](repeating: 0, count: rowCount * stride)
    }

    mutating func insert(_ node: Int, to row: Int) {
        words[row * stride + node >> 6] |= 1 << UInt64(node & 63)
    }

    func contains(_ node: Int, in row: Int) -> Bool {
        words[row * stride + node >> 6] >> UInt64(node & 63) & 1 == 1
    }

    /// The nodes of a row, ascending.
    func members(of row: Int) -> [Int] {
        var members: [Int] = []
        _ = contains(in: row) {
            members.append($0)
            return false
        }
        return members
    }

    /// Whether some node of a row satisfies a condition.
    func contains(in row: Int, where condition: (Int) -> Bool) -> Bool {
        for place in 0..<stride {
            var rest = words[row * stride + place]
            while rest != 0 {
                if condition(place << 6 | rest.trailingZeroBitCount) { return true }
                rest &= rest - 1
            }
        }
        return false
    }

    /// Whether a row shares a node with a row of other sets over the same nodes.
    func meets(_ row: Int, _ others: NodeSets, _ other: Int) -> Bool {
        for place in 0..<stride where words[row * stride + place] & others.words[other * stride + place] != 0 {
            return true
        }
        return false
    }

    /// Whether two rows share a node with a row of other sets.
    func meet(_ row: Int, _ second: Int, _ others: NodeSets, _ other: Int) -> Bool {
        for place in 0..<stride
        where words[row * stride + place] & words[second * stride + place] & others.words[other * stride + place] != 0 {
            return true
        }
        return false
    }

    /// How many nodes two rows share.
    func commonCount(_ row: Int, _ other: Int) -> Int {
        var count = 0
        for place in 0..<stride {
            count += (words[row * stride + place] & words[other * stride + place]).nonzeroBitCount
        }
        return count
    }
}
