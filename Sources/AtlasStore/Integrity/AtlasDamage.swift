/// Something in an atlas that is not as it was written: where, and what is wrong.
public struct AtlasDamage: Sendable, Equatable {
    /// Where damage is.
    public enum Place: Sendable, Equatable {
        /// The file: its pages, indexes, header or schema.
        case file
        /// One prompt's facts.
        case prompt(id: Int)
        /// A table whose rows belong to no prompt, or `prompt_digests`.
        case table(String)
        /// A full-text index.
        case search(String)
        /// A shard of an assembled atlas.
        case shard(path: String)
    }

    /// Where it is.
    public let place: Place
    /// What is wrong, as a phrase.
    public let what: String

    /// Tells of damage.
    public init(_ place: Place, _ what: String) {
        self.place = place
        self.what = what
    }
}

extension AtlasDamage: CustomStringConvertible {
    /// One line: where, and what.
    public var description: String {
        switch place {
        case .file: what
        case .prompt(let id): "prompt \(id): \(what)"
        case .table(let table): "\(table): \(what)"
        case .search(let table): "\(table): \(what)"
        case .shard(let path): what.hasPrefix(path) ? what : "\(path): \(what)"
        }
    }
}
