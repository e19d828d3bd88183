import CKernels

/// Whether no number is NaN or infinite.
public func areFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool { fa_all_finite(x, count) != 0 }

extension Matrix {
    /// Whether no number is NaN or infinite.
    public var isFinite: Bool { areFinite(values, count: values.count) }

    /// Where the first number is that is NaN or infinite.
    public var firstNonFinite: (row: Int, column: Int)? {
        guard !isFinite, let index = values.firstIndex(where: { !$0.isFinite }) else { return nil }
        return (index / columnCount, index % columnCount)
    }
}

extension StoredMatrix {
    /// Where the first number is that is NaN or infinite once it is read as Float32; reads the matrix once.
    public var firstNonFinite: (row: Int, column: Int)? {
        var found: (row: Int, column: Int)?
        forEachBlock { first, count, numbers in
            guard found == nil, !areFinite(numbers, count: count * columnCount) else { return }
            for index in 0..<count * columnCount where !numbers[index].isFinite {
                found = (first + index / columnCount, index % columnCount)
                return
            }
        }
        return found
    }
}
