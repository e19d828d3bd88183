/// Why a block cannot be read or written, before it is known which row it belongs to.
public struct BlockFault: Error, Equatable, Sendable {
    /// What a sound block has there.
    public let expected: String
    /// What this one has.
    public let found: String

    /// Describes a fault.
    public init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }

    /// The fault as an error about a stored row.
    public func inRow(_ row: Int, of table: String) -> AtlasError {
        .damagedBlock(table: table, row: row, expected: expected, found: found)
    }
}
