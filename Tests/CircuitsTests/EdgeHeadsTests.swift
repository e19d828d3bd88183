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
