/// What a feature is called by what its activations over an operand grid depend on: `a+b ≈ 153`.
///
/// A fit's groups are named by their values: whole numbers that have an order with ≈, for the groups beside them are
/// mostly strong too; tens by their range; remainders as they are. Named is the group whose mean is furthest from zero, and up
/// to two more that are at least half as far on the same side. A group below zero says so.
struct OperandLabel {
    /// Groups further than this apart are two, not one that is smeared.
    private static let smear: Int128 = 10
    private static let mostGroups = 3
    private static let leastShare = 0.5

    private let family: OperandFamily
    /// Groups with their means, those furthest from zero first.
    private let groups: [(values: [Int128], mean: Double)]

    /// - Parameter groups: all groups of the family with their means, those furthest from zero first
    init(_ family: OperandFamily, groups: [(values: [Int128], mean: Double)]) {
        self.family = family
        self.groups = groups
    }

    /// The label; `nil` without groups, or where the first is zero.
    var text: String? {
        guard let first = groups.first, first.mean != 0 else { return nil }
        let strong = groups.prefix(Self.mostGroups).filter {
            $0.mean.sign == first.mean.sign && $0.mean.magnitude >= Self.leastShare * first.mean.magnitude
        }
        let parts = family.name.split(separator: ", ").map(String.init)
        let text =
            parts.count > 1
            ? zip(parts, first.values).map { Self.statement($0, [$1]) }.joined(separator: ", ")
            : Self.statement(family.name, strong.map { $0.values[0] })
        return first.mean < 0 ? "negative where \(text)" : text
    }

    private static func statement(_ name: String, _ values: [Int128]) -> String {
        if let operand = name.removingSuffix(" div 10") {
            return "\(operand.unwrapped) in " + values.map { "\($0 * 10)–\($0 * 10 + 9)" }.joined(separator: " or ")
        }
        if name.contains(" mod ") { return "\(name) = " + values.map { "\($0)" }.joined(separator: " or ") }
        let isOne = values.max()! - values.min()! <= smear
        return "\(name) ≈ " + (isOne ? values.prefix(1) : values[...]).map { "\($0)" }.joined(separator: " or ")
    }
}

extension String {
    fileprivate func removingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }

    /// Without the parentheses around all of it.
    fileprivate var unwrapped: String {
        first == "(" && last == ")" ? String(dropFirst().dropLast()) : self
    }
}
