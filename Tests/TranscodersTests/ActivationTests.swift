import Circuits
import Testing

@testable import Transcoders

@Suite struct `activation functions` {
    private func active(_ function: ActivationFunction, _ values: [Float]) -> [(Int, Float)] {
        var result: [(Int, Float)] = []
        values.withUnsafeBufferPointer { values in function.forEachActive(values) { result.append(($0, $1)) } }
        return result
    }

    @Test func `TopK keeps the largest numbers, as sorting does`() {
        var random = SeededNumbers(seed: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 1...60, using: &random)
            // Few different numbers, so that there are ties.
            let values = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                Float(Int.random(in: -6...6, using: &random)) * 0.37
            }
            let kept = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count).sorted()
                .filter { values[$0] != 0 }
            let found = active(.topK(count), values)
            #expect(found.map(\.0) == kept)
            #expect(found.allSatisfy { values[$0.0] == $0.1 })
        }
    }

    @Test func `TopK orders numbers of any size`() {
        let values: [Float] = [
            .infinity, Float.leastNonzeroMagnitude, -Float.leastNonzeroMagnitude, -.infinity, .nan, 3e38, -3e38, 1, -1,
        ]
        #expect(active(.topK(4), values).map(\.0) == [0, 1, 5, 7])
    }

    @Test func `JumpReLU needs more than its threshold`() {
        #expect(active(.jumpReLU([1, 1, -1, 0]), [1, 1.5, -0.5, 0]).map(\.0) == [1, 2])
    }

    @Test func `ReLU fires above zero`() {
        #expect(active(.relu, [0, -1, 2, .nan]).map(\.0) == [2])
    }
}
