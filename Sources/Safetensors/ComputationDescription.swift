import Tensors

/// What a computation computes with, part by part, however it is stored: settings, vectors and matrices in their roles.
///
///     var description = ComputationDescription("language model")
///     description.add("embedding", embedding)
///     let fingerprint = try description.fingerprint(of: files, cache: FingerprintCache())
///
/// Two folders with the same description compute the same: names of tensors, number formats that are widened, shards, and
/// the order of fields are in no part.
public struct ComputationDescription: Sendable {
    /// One thing that is computed with.
    enum Part: Sendable {
        case setting(name: String, value: String)
        case vector(name: String, values: [Float])
        case matrix(name: String, any DescribedMatrix)
    }

    /// What kind of thing is described.
    let kind: String
    private(set) var parts: [Part] = []

    /// Begins with what kind of thing is told apart.
    public init(_ kind: String) { self.kind = kind }

    /// Adds a setting.
    public mutating func add(_ name: String, _ value: String) { parts.append(.setting(name: name, value: value)) }

    /// Adds a number exactly.
    public mutating func add(_ name: String, _ value: Double) { add(name, String(value.bitPattern, radix: 16)) }

    /// Adds a vector; nothing where there is none.
    public mutating func add(_ name: String, _ values: [Float]?) {
        if let values { parts.append(.vector(name: name, values: values)) }
    }

    /// Adds a matrix.
    public mutating func add(_ name: String, _ matrix: some DescribedMatrix) {
        parts.append(.matrix(name: name, matrix))
    }
}

/// A matrix whose rows can be copied, and of which it can be told where its numbers lie.
public protocol DescribedMatrix: Sendable {
    /// How many rows it has.
    var rowCount: Int { get }
    /// How many columns it has.
    var columnCount: Int { get }
    /// Where its numbers lie, and how they are read from there.
    var placement: NumberPlacement { get }
    /// Copies rows as Float32 into `output`, `[rows.count, columnCount]`.
    func copyRows(_ rows: Range<Int>, into output: UnsafeMutablePointer<Float>)
}

extension StoredMatrix: DescribedMatrix {
    /// Copies rows as Float32.
    public func copyRows(_ rows: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        copyRows(rows.lowerBound, count: rows.count, into: output)
    }
}
