import Testing

@testable import Circuits

@Suite("average linkage")
struct AverageLinkageTests {
    private static func similarity(_ count: Int, seed: UInt64) -> [[Double]] {
        var state = seed
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31)
        }
        var matrix = [[Double]](repeating: [Double](repeating: 1, count: count), count: count)
        for row in 0..<count {
            for column in 0..<row {
                matrix[row][column] = next()
                matrix[column][row] = matrix[row][column]
            }
        }
        return matrix
    }

    private static func mean(_ matrix: [[Double]], _ left: [Int], _ right: [Int]) -> Double {
        left.reduce(0) { sum, row in right.reduce(sum) { $0 + matrix[row][$1] } } / Double(left.count * right.count)
    }

    @Test(arguments: 1...8)
    func `no two clusters that are left are as alike as the threshold`(seed: Int) {
        let matrix = Self.similarity(12, seed: UInt64(seed))
        let clusters = AverageLinkage(similarity: matrix, threshold: 0.6).clusters
        #expect(clusters.flatMap(\.self).sorted() == Array(0..<12))
        for left in clusters.indices {
            for right in clusters.indices where right > left {
                #expect(Self.mean(matrix, clusters[left], clusters[right]) < 0.6)
            }
        }
    }

    @Test func `the most alike merge first`() {
        let matrix = [[1, 0.9, 0.8], [0.9, 1, 0.1], [0.8, 0.1, 1]]
        #expect(AverageLinkage(similarity: matrix, threshold: 0.5).clusters == [[0, 1], [2]])
    }

    @Test func `a refused merge leaves room for the next best`() {
        let matrix = [[1, 0.9, 0.8], [0.9, 1, 0.1], [0.8, 0.1, 1]]
        let clusters = AverageLinkage(similarity: matrix, threshold: 0.55) { left, right in left + right != [0, 1] }
        #expect(clusters.clusters == [[0, 2], [1]])
    }
}
