/// What a set of scalars is made of.
indirect enum ScalarSetTree: Sendable {
    case categories(ScalarCategory)
    case ranges([ClosedRange<UInt32>])
    /// `\s`
    case whiteSpace
    /// `Alphabetic`, which `\w` includes.
    case alphabetic
    case union([ScalarSetTree])
    case intersection([ScalarSetTree])
    case complement(ScalarSetTree)

    /// `\w` in brackets, with the definition of Oniguruma.
    static let word = ScalarSetTree.union([
        .alphabetic, .categories(.mark.union(.decimalNumber).union(.connectorPunctuation)),
    ])

    /// `\w` outside of brackets: six numbers of Latin-1 are in it too.
    static let wordAlone = ScalarSetTree.union([word, .scalars("²", "³", "¹", "¼", "½", "¾")])

    static func scalars(_ scalars: Unicode.Scalar...) -> ScalarSetTree { .ranges(scalars.map { $0.value...$0.value }) }

    /// Whether a scalar is in it.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .categories(let categories): !categories.isDisjoint(with: .of(scalar))
        case .ranges(let ranges): ranges.contains { $0.contains(scalar.value) }
        case .whiteSpace: scalar.properties.isWhitespace
        case .alphabetic:
            scalar.properties.isAlphabetic && !ReferenceUnicode.regularExpressions.predates(scalar.properties)
        case .union(let parts): parts.contains { $0.contains(scalar) }
        case .intersection(let parts): parts.allSatisfy { $0.contains(scalar) }
        case .complement(let part): !part.contains(scalar)
        }
    }
}

/// A set of scalars: a bit for each of U+0000 to U+FFFF, a tree of conditions for the others.
struct ScalarSet: Sendable {
    private let bits: [UInt64]
    private let tree: ScalarSetTree

    init(_ tree: ScalarSetTree) {
        self.tree = tree
        bits = Self.bits(of: tree)
    }

    /// Whether the scalar of this code is in the set.
    @inline(__always)
    func contains(_ code: UInt32) -> Bool {
        if code < 0x1_0000 { return bits[Int(code >> 6)] >> UInt64(code & 63) & 1 != 0 }
        return containsSupplementary(code)
    }

    @inline(never)
    private func containsSupplementary(_ code: UInt32) -> Bool {
        Unicode.Scalar(code).map { tree.contains($0) } ?? false
    }

    private static let wordCount = 1024

    private static func bits(of tree: ScalarSetTree) -> [UInt64] {
        switch tree {
        case .categories(let categories):
            let table = ScalarCategory.table
            return bits { !table[$0].isDisjoint(with: categories) }
        case .ranges(let ranges):
            var bits = [UInt64](repeating: 0, count: wordCount)
            for range in ranges where range.lowerBound < 0x1_0000 {
                for code in range.lowerBound...min(range.upperBound, 0xFFFF) {
                    bits[Int(code >> 6)] |= 1 << UInt64(code & 63)
                }
            }
            return bits
        case .whiteSpace: return whiteSpace
        case .alphabetic: return alphabetic
        case .union(let parts):
            return parts.reduce([UInt64](repeating: 0, count: wordCount)) { zip($0, Self.bits(of: $1)).map { $0 | $1 } }
        case .intersection(let parts):
            return parts.reduce([UInt64](repeating: .max, count: wordCount)) {
                zip($0, Self.bits(of: $1)).map { $0 & $1 }
            }
        case .complement(let part): return Self.bits(of: part).map { ~$0 }
        }
    }

    private static let whiteSpace = bits { code in
        Unicode.Scalar(UInt32(code)).map { ScalarSetTree.whiteSpace.contains($0) } ?? false
    }

    private static let alphabetic = bits { code in
        Unicode.Scalar(UInt32(code)).map { ScalarSetTree.alphabetic.contains($0) } ?? false
    }

    private static func bits(_ contains: (Int) -> Bool) -> [UInt64] {
        (0..<wordCount).map { word in
            (0..<64).reduce(0) { contains(word << 6 | $1) ? $0 | 1 << UInt64($1) : $0 }
        }
    }
}
