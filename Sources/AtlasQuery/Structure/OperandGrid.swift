/// The cells of an operand grid and how each family groups them: what all features of a grid share.
struct OperandGrid {
    /// The first operand's values, ascending.
    let rows: [Int]
    /// The second operand's values, ascending.
    let columns: [Int]
    /// The places of the cells that have prompts, `row place * columns.count + column place`, ascending.
    let cells: [Int]
    /// For each family its groups in ascending order.
    let groups: [[[Int128]]]
    /// For each family the place in its groups of each cell of `cells`.
    let groupOfCell: [[Int32]]
    /// For each family the number of cells in each group.
    let groupSizes: [[Int]]
    /// The family whose groups are the lines of one sum.
    static let sumFamily = OperandFamily.all.firstIndex { $0.name == "a+b" }!

    /// The grid of the cells that have prompts.
    init(_ present: Set<OperandCell>) {
        let rows = Set(present.map(\.row)).sorted()
        let columns = Set(present.map(\.column)).sorted()
        self.rows = rows
        self.columns = columns
        let rowPlaces = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        let columnPlaces = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        let cells = present.map { rowPlaces[$0.row]! * columns.count + columnPlaces[$0.column]! }.sorted()
        self.cells = cells
        var groups: [[[Int128]]] = []
        var groupOfCell: [[Int32]] = []
        var sizes: [[Int]] = []
        for family in OperandFamily.all {
            let names = cells.map { family.group(rows[$0 / columns.count], columns[$0 % columns.count]) }
            let sorted = Set(names).sorted { $0.lexicographicallyPrecedes($1) }
            let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Int32($0)) })
            let members = names.map { places[$0]! }
            groups.append(sorted)
            groupOfCell.append(members)
            sizes.append(members.reduce(into: [Int](repeating: 0, count: sorted.count)) { $0[Int($1)] += 1 })
        }
        self.groups = groups
        self.groupOfCell = groupOfCell
        groupSizes = sizes
    }

    /// Whether every combination of operands has a prompt.
    var isComplete: Bool { cells.count == rows.count * columns.count }

    /// Combinations of operands that are few whatever they hold.
    private static let smallCount = 10_000
    /// Combinations for each cell up to which a table of all is no waste.
    private static let combinationsForEachCell = 4

    /// Whether prompts stand in so few of the combinations that a table of all would be mostly holes.
    var isSparse: Bool {
        rows.count * columns.count > max(Self.smallCount, Self.combinationsForEachCell * cells.count)
    }
}

extension OperandGrid {
    /// A value for each combination of operands, `nil` where there is no prompt.
    ///
    /// - Parameter values: of each of `cells`
    func table(of values: [Double]) -> [[Double?]] {
        var table = [[Double?]](repeating: [Double?](repeating: nil, count: columns.count), count: rows.count)
        for (cell, value) in zip(cells, values) { table[cell / columns.count][cell % columns.count] = value }
        return table
    }

    /// The same for the combinations that have prompts alone.
    func list(of values: [Double]) -> [OperandsReport.Cell] {
        zip(cells, values).map { cell, value in
            .init(row: rows[cell / columns.count], column: columns[cell % columns.count], value: value)
        }
    }
}

/// A combination of operands.
struct OperandCell: Hashable {
    let row: Int
    let column: Int
}
