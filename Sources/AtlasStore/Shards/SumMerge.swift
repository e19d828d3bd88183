import Foundation
import GRDB

/// Adds up one table of sums over all shards: their rows come in the order of their keys, and each row of the result is
/// written once, behind the one before it.
///
/// - Complexity: time grows with the shards' rows and the logarithm of how many shards there are; memory with the shards
struct SumMerge {
    private let sum: DerivedSums
    private let shards: ShardSet
    private let reals: [Bool]
    private var sources: [ShardRows]

    init(_ sum: DerivedSums, of shards: ShardSet, _ db: Database) throws {
        self.sum = sum
        self.shards = shards
        let types = try Row.fetchAll(
            db, sql: "SELECT name, type FROM pragma_table_info(?, 'main')", arguments: [sum.table])
        let reals = sum.sums.map { name in types.contains { $0["name"] == name && $0["type"] == "REAL" } }
        self.reals = reals
        sources = try shards.shards.indices.map { try ShardRows(sum, of: $0, in: shards, reals: reals) }
    }

    /// Fills the table, which is empty.
    mutating func run(_ db: Database) throws {
        let rows = try BulkInsertion(
            db, into: "main.\(sum.table)", columns: sum.keys + sum.sums + sum.lists)
        let order = Order(sources.count)
        let filled = sources.indices.filter { !sources[$0].isEmpty }
        for source in filled { order.note(source, sources[source], keys: sum.keys.count) }
        var heap = MergeHeap(filled, isBefore: order.isBefore)
        var total = [Int64](repeating: 0, count: sum.sums.count)
        var graphs = [[Int]](repeating: [], count: sum.lists.count)
        while let first = heap.first {
            let key = order.keys[first]
            for column in total.indices { total[column] = sources[first].value(column) }
            for column in graphs.indices { graphs[column] = try sources[first].graphs(column) }
            try advance(first, order, &heap)
            while let next = heap.first, order.keys[next] == key {
                for column in total.indices {
                    total[column] = try added(total[column], sources[next].value(column), isReal: reals[column])
                }
                for column in graphs.indices { graphs[column] += try sources[next].graphs(column) }
                try advance(next, order, &heap)
            }
            for column in sum.keys.indices { rows.bind(key[column]) }
            for (value, isReal) in zip(total, reals) {
                if isReal { rows.bind(Double(bitPattern: UInt64(bitPattern: value))) } else { rows.bind(value) }
            }
            for list in graphs { rows.bind(GraphIDList.encode(list)) }
            try rows.step()
        }
    }

    private mutating func advance(_ source: Int, _ order: Order, _ heap: inout MergeHeap) throws {
        try sources[source].advance()
        guard !sources[source].isEmpty else { return heap.removeFirst() }
        order.note(source, sources[source], keys: sum.keys.count)
        heap.settleFirst()
    }

    private func added(_ one: Int64, _ other: Int64, isReal: Bool) throws -> Int64 {
        if isReal {
            let total =
                Double(bitPattern: UInt64(bitPattern: one)) + Double(bitPattern: UInt64(bitPattern: other))
            return Int64(bitPattern: total.bitPattern)
        }
        let (total, overflows) = one.addingReportingOverflow(other)
        guard !overflows else {
            throw AtlasError.damagedRow(column: sum.table, expected: "counts that can be added", found: "\(other)")
        }
        return total
    }

    /// The keys that the sources are at, of three columns at most.
    private final class Order {
        private(set) var keys: [SIMD4<Int64>]

        init(_ count: Int) { keys = [SIMD4<Int64>](repeating: .zero, count: count) }

        func note(_ source: Int, _ rows: ShardRows, keys count: Int) {
            for column in 0..<count { keys[source][column] = rows.key(column) }
        }

        func isBefore(_ one: Int, _ other: Int) -> Bool {
            let (left, right) = (keys[one], keys[other])
            for column in 0..<3 where left[column] != right[column] { return left[column] < right[column] }
            return one < other
        }
    }
}
