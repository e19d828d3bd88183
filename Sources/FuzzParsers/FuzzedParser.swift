import Circuits

/// A parser, and how it is fed.
struct FuzzedParser: Sendable {
    let name: String
    /// How many sound inputs the damaged ones are made from.
    let seedCount: Int
    /// Feeds one damaged input; it throws what the parser throws.
    let feed: @Sendable (_ random: inout SeededNumbers, _ scratch: String) throws -> Void
    /// Whether an error is one that the parser may throw; it must also be one line.
    let isTyped: @Sendable (any Error) -> Bool

    /// Whether a refusal is as it should be.
    func isExpected(_ error: any Error) -> Bool { isTyped(error) && !"\(error)".contains { $0.isNewline } }

    /// Every parser, with sound inputs from below the package's folder.
    ///
    /// - Throws: `MissingSeeds` for a parser without a file.
    static func all(package: String, scratch: String) throws -> [FuzzedParser] {
        let parsers =
            try FileParsers.all(package: package) + TextParsers.all() + BlockParsers.all()
            + QuestionParsers.all(package: package, scratch: scratch)
            + ImportParsers.all(package: package, scratch: scratch)
        if let empty = parsers.first(where: { $0.seedCount == 0 }) {
            throw MissingSeeds(package: package, parser: empty.name)
        }
        return parsers
    }
}

extension FuzzedParser {
    /// A parser of bytes in memory.
    init(
        _ name: String, seeds: [[UInt8]], isTyped: @escaping @Sendable (any Error) -> Bool,
        read: @escaping @Sendable (_ bytes: [UInt8]) throws -> Void
    ) {
        self.init(
            name: name, seedCount: seeds.count,
            feed: { random, _ in
                let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
                try read(Damage.apply(to: seed, using: &random))
            }, isTyped: isTyped)
    }

    /// A parser of text in memory; bytes that are no UTF-8 become what stands for them.
    init(
        _ name: String, texts: [String], isTyped: @escaping @Sendable (any Error) -> Bool = { _ in false },
        read: @escaping @Sendable (_ text: String) throws -> Void
    ) {
        self.init(name, seeds: texts.map { Array($0.utf8) }, isTyped: isTyped) {
            try read(String(decoding: $0, as: UTF8.self))
        }
    }
}

/// A parser without real files.
struct MissingSeeds: Error, CustomStringConvertible {
    let package: String
    let parser: String
    var description: String {
        "\(package): expected real files for the parser of \(parser), found none; give --package"
    }
}
