/// The prompts of an operand grid, each in a cell.
struct GridPrompts {
    let ids: [Int]
    let cells: [Int: OperandCell]
    let grid: OperandGrid
    /// The place in `grid.cells` of each prompt's cell, and the prompt's place in `ids`.
    private let places: [Int: (cell: Int, order: Int)]
    private let promptCounts: [Int]

    init(_ prompts: [(prompt: Int, cell: OperandCell)]) {
        ids = prompts.map(\.prompt)
        cells = Dictionary(uniqueKeysWithValues: prompts.map { ($0.prompt, $0.cell) })
        let grid = OperandGrid(Set(prompts.map(\.cell)))
        self.grid = grid
        let rows = Dictionary(uniqueKeysWithValues: grid.rows.enumerated().map { ($1, $0) })
        let columns = Dictionary(uniqueKeysWithValues: grid.columns.enumerated().map { ($1, $0) })
        let cellPlaces = Dictionary(uniqueKeysWithValues: grid.cells.enumerated().map { ($1, $0) })
        var places: [Int: (cell: Int, order: Int)] = [:]
        var counts = [Int](repeating: 0, count: grid.cells.count)
        for (order, (prompt, cell)) in prompts.enumerated() {
            let place = cellPlaces[rows[cell.row]! * grid.columns.count + columns[cell.column]!]!
            places[prompt] = (place, order)
            counts[place] += 1
        }
        self.places = places
        promptCounts = counts
    }

    /// The mean over each cell's prompts of what fires there, for the cells where anything does.
    func cellMeans(_ values: [(prompt: Int, value: Double)]) -> [(cell: Int, value: Double)] {
        var sums: [Int: Double] = [:]
        for (prompt, value) in values.sorted(by: { places[$0.prompt]!.order < places[$1.prompt]!.order }) {
            sums[places[prompt]!.cell, default: 0] += value
        }
        return sums.keys.sorted().map { ($0, sums[$0]! / Double(promptCounts[$0])) }
    }
}
