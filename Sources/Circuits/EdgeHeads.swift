/// Through which attention heads the edges of one graph go, as far as that is kept: of each edge the heads that hold most
/// of it, and what the others hold together.
///
/// A loading is the part of an edge that goes through a head: what the edge's weight would lose if that head wrote
/// nothing, everything else held. An edge passes each attention layer between its ends through exactly one head or past
/// it, so that loadings of one layer and what passes by sum to the edge; those of different layers overlap.
public struct EdgeHeads: Sendable, Equatable {
    /// A head that an edge goes through.
    public struct Loading: Sendable, Equatable {
        /// The head's layer.
        public var layer: Int
        /// The head, from 0.
        public var head: Int
        /// The part of the edge that goes through it, signed.
        public var loading: Float

        /// Says how much of an edge goes through a head.
        public init(layer: Int, head: Int, loading: Float) {
            self.layer = layer
            self.head = head
            self.loading = loading
        }
    }

    /// Heads of one edge at most.
    public static let maximumCount = 8
    /// The share of the sum of all heads' absolute loadings that the heads kept cover, unless they are the most there may be.
    public static let coverage: Float = 0.9

    /// The model's heads a layer.
    public let headCount: Int
    /// `[layerCount * headCount]`: where the model's heads look in the prompt.
    public let patterns: [HeadPattern]
    /// `[edges + 1]`: where each edge's loadings start among `loadings`.
    public private(set) var starts: [Int] = [0]
    /// By edge, then layer and head.
    public private(set) var loadings: [Loading] = []
    /// `[edges]`: the sum of the absolute loadings of the heads that are not kept.
    public private(set) var rests: [Float] = []

    /// Begins with no edges.
    public init(headCount: Int, patterns: [HeadPattern]) {
        self.headCount = headCount
        self.patterns = patterns
    }

    /// The edges told of.
    public var edgeCount: Int { rests.count }

    /// The kept heads of one edge, by layer and head.
    public subscript(edge: Int) -> ArraySlice<Loading> { loadings[starts[edge]..<starts[edge + 1]] }

    /// Adds the next edge.
    ///
    /// - Parameters:
    ///   - own: at most `maximumCount`, by layer and head
    ///   - rest: the sum of the other heads' absolute loadings
    public mutating func append(_ own: some Sequence<Loading>, rest: Float) {
        loadings += own
        starts.append(loadings.count)
        rests.append(rest)
    }

    /// Adds the next edge with all of its loadings, `[layerCount * headCount]`: the fewest heads that cover
    /// ``coverage`` of the absolute sum are kept.
    public mutating func append(all values: UnsafeBufferPointer<Float>) {
        let (own, rest) = Self.main(of: values, headCount: headCount)
        append(own, rest: rest)
    }

    /// The fewest heads that cover ``coverage`` of the sum of absolute loadings, at most ``maximumCount``, by layer and
    /// head, with the sum of the others' absolute loadings.
    ///
    /// - Parameter values: `[layerCount * headCount]`
    public static func main(
        of values: UnsafeBufferPointer<Float>, headCount: Int
    ) -> (heads: [Loading], rest: Float) {
        withUnsafeTemporaryAllocation(of: (place: Int, size: Float).self, capacity: maximumCount) { largest in
            var (total, count): (Float, Int) = (0, 0)
            for (place, value) in values.enumerated() where value != 0 {
                let size = value.magnitude
                total += size
                // The largest so far, the largest first; of equal ones the first in order.
                guard count < maximumCount || size > largest[count - 1].size else { continue }
                var slot = count < maximumCount ? count : count - 1
                count = max(count, slot + 1)
                while slot > 0, largest[slot - 1].size < size {
                    largest[slot] = largest[slot - 1]
                    slot -= 1
                }
                largest[slot] = (place, size)
            }
            var (covered, kept): (Float, Int) = (0, 0)
            while kept < count, covered < coverage * total {
                covered += largest[kept].size
                kept += 1
            }
            let places = largest[..<kept].map(\.place).sorted()
            // Without rounding where nothing is left.
            let isWhole = kept == count && count < maximumCount
            return (
                places.map { Loading(layer: $0 / headCount, head: $0 % headCount, loading: values[$0]) },
                isWhole ? 0 : max(0, total - covered)
            )
        }
    }

    /// The heads of some of the edges, in the order given.
    public func keeping(_ edges: [Int]) -> EdgeHeads {
        var result = EdgeHeads(headCount: headCount, patterns: patterns)
        for edge in edges { result.append(self[edge], rest: rests[edge]) }
        return result
    }
}
