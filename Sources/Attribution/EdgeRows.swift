import Foundation

/// Rows of direct effects while they are computed, `[rowCapacity, columnCount]` in the order of `SourceLayout`.
///
/// `@unchecked Sendable`: threads write to rows of their own, and nobody reads a row before its writer is done.
final class EdgeRows: @unchecked Sendable {
    let columnCount: Int
    let base: UnsafeMutablePointer<Float>
    private(set) var targets: [SweepTarget] = []
    private let rowCapacity: Int

    /// Reserves zeroed memory; the system provides pages as they are written.
    init(rowCapacity: Int, columnCount: Int) {
        self.rowCapacity = rowCapacity
        self.columnCount = columnCount
        guard let memory = calloc(max(1, rowCapacity * columnCount), MemoryLayout<Float>.stride) else {
            preconditionFailure("out of memory for \(rowCapacity) × \(columnCount) edges")
        }
        base = memory.bindMemory(to: Float.self, capacity: max(1, rowCapacity * columnCount))
    }

    deinit { free(base) }

    /// Enters targets whose rows follow those that are there; returns the first row.
    func append(_ new: [SweepTarget]) -> Int {
        precondition(targets.count + new.count <= rowCapacity)
        let first = targets.count
        targets += new
        return first
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * columnCount }
}
