import Circuits
import Testing

@Suite struct `edge heads` {
    private func main(_ values: [Float]) -> (heads: [EdgeHeads.Loading], rest: Float) {
        values.withUnsafeBufferPointer { EdgeHeads.main(of: $0, headCount: 4) }
    }

    @Test func `the fewest heads that cover nine tenths are kept, by layer and head`() {
        let found = main([0, 5, 0, 0.5, -4, 0, 0.25, 0])
        #expect(
            found.heads == [
                EdgeHeads.Loading(layer: 0, head: 1, loading: 5), EdgeHeads.Loading(layer: 1, head: 0, loading: -4),
            ])
        #expect(found.rest == 0.75)
    }

    @Test func `at most eight heads are kept, and the rest is one number`() {
        let found = main([Float](repeating: 1, count: 12))
        #expect(found.heads.count == EdgeHeads.maximumCount && found.rest == 4)
    }

    @Test(arguments: 1...10)
    func `the heads kept are the first of all by size that cover the share`(seed: Int) {
        var state = UInt64(seed)
        let values = (0..<40).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Float(Int64(state >> 33) - (1 << 30)) / Float(1 << 30)
            return seed % 2 == 0 ? value : value * value * value * value * value
        }
        let order = values.indices.sorted { (values[$1].magnitude, $0) < (values[$0].magnitude, $1) }
        let total = values.reduce(0) { $0 + $1.magnitude }
        var kept: [Int] = []
        var covered: Float = 0
        for place in order.prefix(EdgeHeads.maximumCount) where covered < EdgeHeads.coverage * total {
            kept.append(place)
            covered += values[place].magnitude
        }
        let found = main(values)
        #expect(found.heads.map { $0.layer * 4 + $0.head } == kept.sorted())
        #expect(found.heads.allSatisfy { $0.loading == values[$0.layer * 4 + $0.head] })
        #expect(abs(found.rest - (total - covered)) < 1e-5)
    }

    @Test func `an edge that goes through no head has none`() {
        let found = main([Float](repeating: 0, count: 8))
        #expect(found.heads.isEmpty && found.rest == 0)
    }

    @Test func `some of the edges keep their heads`() {
        var heads = EdgeHeads(headCount: 4, patterns: [])
        for edge in 0..<5 {
            heads.append(
                (0..<edge).map { EdgeHeads.Loading(layer: edge, head: $0, loading: Float(edge)) }, rest: Float(edge))
        }
        let some = heads.keeping([4, 0, 2])
        #expect(some.edgeCount == 3 && some.rests == [4, 0, 2])
        #expect(Array(some[0]) == Array(heads[4]) && some[1].isEmpty && Array(some[2]) == Array(heads[2]))
    }
}
