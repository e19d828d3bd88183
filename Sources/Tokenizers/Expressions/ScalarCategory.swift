/// Unicode's general categories as bits, so that a set of them is one number.
///
/// Scalars that are newer than the reference's regular expressions are unassigned here.
struct ScalarCategory: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    /// The category of a scalar.
    static func of(_ scalar: Unicode.Scalar) -> ScalarCategory {
        let properties = scalar.properties
        if ReferenceUnicode.regularExpressions.predates(properties) { return .unassigned }
        return of(properties.generalCategory)
    }

    static func of(_ category: Unicode.GeneralCategory) -> ScalarCategory {
        switch category {
        case .uppercaseLetter: .bit(0)
        case .lowercaseLetter: .bit(1)
        case .titlecaseLetter: .bit(2)
        case .modifierLetter: .bit(3)
        case .otherLetter: .bit(4)
        case .nonspacingMark: .bit(5)
        case .spacingMark: .bit(6)
        case .enclosingMark: .bit(7)
        case .decimalNumber: .bit(8)
        case .letterNumber: .bit(9)
        case .otherNumber: .bit(10)
        case .connectorPunctuation: .bit(11)
        case .dashPunctuation: .bit(12)
        case .openPunctuation: .bit(13)
        case .closePunctuation: .bit(14)
        case .initialPunctuation: .bit(15)
        case .finalPunctuation: .bit(16)
        case .otherPunctuation: .bit(17)
        case .mathSymbol: .bit(18)
        case .currencySymbol: .bit(19)
        case .modifierSymbol: .bit(20)
        case .otherSymbol: .bit(21)
        case .spaceSeparator: .bit(22)
        case .lineSeparator: .bit(23)
        case .paragraphSeparator: .bit(24)
        case .control: .bit(25)
        case .format: .bit(26)
        case .surrogate: .bit(27)
        case .privateUse: .bit(28)
        case .unassigned: .unassigned
        @unknown default: .unassigned
        }
    }

    private static func bit(_ number: UInt32) -> ScalarCategory { ScalarCategory(rawValue: 1 << number) }

    static let unassigned = bit(29)
    static let decimalNumber = bit(8)
    static let connectorPunctuation = bit(11)
    static let mark = ScalarCategory(rawValue: 0b111 << 5)
    static let punctuation = ScalarCategory(rawValue: 0b111_1111 << 11)

    /// The categories that a name such as `L`, `Lu` or `Letter` stands for; nil for any other name.
    ///
    /// - Parameter name: in lower case, without spaces, hyphens and underscores
    static func named(_ name: String) -> ScalarCategory? { names[name] }

    private static let names: [String: ScalarCategory] = {
        let single: [(String, String, UInt32)] = [
            ("lu", "uppercaseletter", 0), ("ll", "lowercaseletter", 1), ("lt", "titlecaseletter", 2),
            ("lm", "modifierletter", 3), ("lo", "otherletter", 4), ("mn", "nonspacingmark", 5),
            ("mc", "spacingmark", 6), ("me", "enclosingmark", 7), ("nd", "decimalnumber", 8),
            ("nl", "letternumber", 9), ("no", "othernumber", 10), ("pc", "connectorpunctuation", 11),
            ("pd", "dashpunctuation", 12), ("ps", "openpunctuation", 13), ("pe", "closepunctuation", 14),
            ("pi", "initialpunctuation", 15), ("pf", "finalpunctuation", 16), ("po", "otherpunctuation", 17),
            ("sm", "mathsymbol", 18), ("sc", "currencysymbol", 19), ("sk", "modifiersymbol", 20),
            ("so", "othersymbol", 21), ("zs", "spaceseparator", 22), ("zl", "lineseparator", 23),
            ("zp", "paragraphseparator", 24), ("cc", "control", 25), ("cf", "format", 26), ("cs", "surrogate", 27),
            ("co", "privateuse", 28), ("cn", "unassigned", 29),
        ]
        let groups: [(String, String, ClosedRange<UInt32>)] = [
            ("l", "letter", 0...4), ("m", "mark", 5...7), ("n", "number", 8...10), ("p", "punctuation", 11...17),
            ("s", "symbol", 18...21), ("z", "separator", 22...24), ("c", "other", 25...29),
        ]
        var names: [String: ScalarCategory] = [:]
        for (short, long, number) in single { (names[short], names[long]) = (bit(number), bit(number)) }
        for (short, long, numbers) in groups {
            let all = numbers.reduce(into: ScalarCategory()) { $0.formUnion(bit($1)) }
            (names[short], names[long]) = (all, all)
        }
        return names
    }()

    /// The categories of U+0000 to U+FFFF.
    static let table: [ScalarCategory] = (0...UInt32(0xFFFF)).map { code in
        Unicode.Scalar(code).map { of($0) } ?? .bit(27)
    }
}
