/// A way in which a number may depend on two operands: cells that it cannot tell apart form a group.
struct OperandFamily: Sendable {
    /// What cells are grouped by, with `a` for the first operand and `b` for the second.
    let name: String
    let kind: OperandClass
    /// The group of a cell. Operands are whole numbers that people write, so sums have twice their width.
    let group: @Sendable (_ row: Int, _ column: Int) -> [Int128]

    /// Every family that a grid is fitted with.
    static let all: [OperandFamily] =
        [
            OperandFamily(name: "a", kind: .bar) { row, _ in [Int128(row)] },
            OperandFamily(name: "b", kind: .bar) { _, column in [Int128(column)] },
            OperandFamily(name: "a div 10", kind: .bar) { row, _ in [quotient(row, 10)] },
            OperandFamily(name: "b div 10", kind: .bar) { _, column in [quotient(column, 10)] },
        ]
        + [2, 5, 10].flatMap { modulus in
            [
                OperandFamily(name: "a mod \(modulus)", kind: .stripe) { row, _ in [remainder(row, modulus)] },
                OperandFamily(name: "b mod \(modulus)", kind: .stripe) { _, column in [remainder(column, modulus)] },
            ]
        }
        + [
            OperandFamily(name: "a+b", kind: .diagonal) { [sum($0, $1)] },
            OperandFamily(name: "(a+b) div 10", kind: .diagonal) { [quotient(sum($0, $1), 10)] },
            OperandFamily(name: "(a+b) mod 10", kind: .diagonal) { [remainder(sum($0, $1), 10)] },
            OperandFamily(name: "(a+b) mod 100", kind: .diagonal) { [remainder(sum($0, $1), 100)] },
            OperandFamily(name: "a mod 10, b mod 10", kind: .lookup) { [remainder($0, 10), remainder($1, 10)] },
            OperandFamily(name: "a div 10, b div 10", kind: .lookup) { [quotient($0, 10), quotient($1, 10)] },
        ]

    private static func sum(_ row: Int, _ column: Int) -> Int128 { Int128(row) + Int128(column) }

    private static func remainder(_ value: some BinaryInteger, _ modulus: Int128) -> Int128 {
        (Int128(value) % modulus + modulus) % modulus
    }

    private static func quotient(_ value: some BinaryInteger, _ divisor: Int128) -> Int128 {
        (Int128(value) - remainder(value, divisor)) / divisor
    }

    /// What the cells of a group have in common, for example `a mod 10 = 6, b mod 10 = 9`.
    func describe(_ group: [Int128]) -> String {
        zip(name.split(separator: ", "), group).map { "\($0) = \($1)" }.joined(separator: ", ")
    }
}
