import Circuits

/// Where in a prompt a feature's activation is read for an operand grid.
public enum OperandPosition: String, Codable, Sendable, CaseIterable {
    /// At the prompt's last token.
    case last
    /// At the token where it is largest, either side of zero.
    case largest
}

/// How a feature's activation depends on the two operands of a template.
public enum OperandClass: String, Codable, Sendable, CaseIterable {
    /// The same everywhere.
    case constant
    /// By the range or exact value of one operand.
    case bar
    /// By one operand modulo 2, 5 or 10.
    case stripe
    /// By the operands' sum, or by the sum modulo 10 or 100.
    case diagonal
    /// By both operands' last digits, or by both tens: a lookup table.
    case lookup
    /// By none of these.
    case none
}

/// A feature's activations over the two operands of a template, and what they depend on.
///
/// Each way of depending is fitted by the mean of the cells that it cannot tell apart. R² is cross-validated, so that
/// many groups are no advantage: each cell is predicted by the other cells of its group (one alone in its group by all
/// other cells), and R² is one less the squared errors over those of predicting each by all other cells. Of the fits
/// within 0.05 of the best the one with the fewest groups is chosen; below 0.3 none is.
///
/// The parallelogram checks (after the operand plots of Ameisen et al. 2025, "Addition", where features that add show
/// diagonals and lookup-table features show points) are mean squared differences, divided by what cells in random places
/// would give:
/// - `sumDefect`: `g(a+d, b−d)` against `g(a, b)`, over all pairs of cells with one sum, over twice the variance.
///   0: the activation depends on the sum alone; 1: the sum says nothing.
/// - `rectangleDefect`: `g(a, b) + g(a', b') − g(a, b') − g(a', b)` over all rectangles, over four times the variance.
///   0: each operand adds its own part; 1: what matters is the combination.
public struct OperandsReport: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// Its label.
    public let label: String?
    /// Whether no person gave the label.
    public let labelIsAutomatic: Bool
    /// The tag of the first operand.
    public let rowTag: String
    /// The tag of the second operand.
    public let columnTag: String
    /// Where activations were read.
    public let position: OperandPosition
    /// Which prompts the grid is made of.
    public let filter: String
    /// The first operand's values, ascending.
    public let rows: [Int]
    /// The second operand's values, ascending.
    public let columns: [Int]
    /// `[rows][columns]`: the activation, the mean where several prompts share a cell; `nil` where there is none. Empty
    /// where prompts stand in few of the combinations: then `cells` has them.
    public let values: [[Double?]]
    /// The cells that have prompts, by row and column, where they are few among the combinations; otherwise `nil`.
    public let cells: [Cell]?
    /// What it depends on.
    public let shape: OperandShape

    /// A combination of operands that has prompts.
    public struct Cell: Codable, Sendable, Equatable {
        /// The first operand's value.
        public let row: Int
        /// The second operand's value.
        public let column: Int
        /// The activation, the mean where several prompts share the cell.
        public let value: Double
    }

    /// Every cell that has prompts, by its places in `rows` and `columns`.
    public func forEachCell(_ body: (_ row: Int, _ column: Int, _ value: Double) -> Void) {
        if let cells {
            let rowPlaces = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
            let columnPlaces = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
            for cell in cells {
                guard let row = rowPlaces[cell.row], let column = columnPlaces[cell.column] else { continue }
                body(row, column, cell.value)
            }
        }
        for (row, line) in values.enumerated() {
            for (column, value) in line.enumerated() { if let value { body(row, column, value) } }
        }
    }
}

/// What a grid of activations depends on.
public struct OperandShape: Codable, Sendable, Equatable {
    /// How many cells have prompts.
    public let cellCount: Int
    /// The share of these where the feature fires.
    public let activeShare: Double
    /// The largest activation.
    public let maximum: Double
    /// The most negative cell; `nil` where none is negative.
    public let minimum: Double?
    /// The mean over all cells.
    public let mean: Double
    /// The standard deviation over all cells.
    public let deviation: Double
    /// The class of the chosen fit.
    public let kind: OperandClass
    /// The chosen fit's name; `nil` for a constant or for none.
    public let fit: String?
    /// The chosen fit's cross-validated R²; `nil` for a constant or for none.
    public let explained: Double?
    /// What the feature is called by it, as `a+b ≈ 153`: the group furthest from zero, and others at least half as far;
    /// `nil` for a constant or for none.
    public let label: String?
    /// The chosen fit's groups whose means are furthest from zero, furthest first: up to three.
    public let peaks: [Peak]
    /// Every fit, in a fixed order.
    public let fits: [Fit]
    /// Mean squared difference along lines of one sum, over twice the variance; `nil` without variance or such lines.
    public let sumDefect: Double?
    /// Mean squared rectangle defect over four times the variance; `nil` without variance or for a grid with holes.
    public let rectangleDefect: Double?

    /// The largest size of a cell.
    var size: Double { max(maximum, -(minimum ?? 0)) }

    /// One way of depending on the operands.
    public struct Fit: Codable, Sendable, Equatable {
        /// What it groups cells by, for example `(a+b) mod 10`.
        public let name: String
        /// Its class.
        public let kind: OperandClass
        /// How many groups the cells fall into.
        public let groupCount: Int
        /// The cross-validated R².
        public let explained: Double
    }

    /// A group of cells.
    public struct Peak: Codable, Sendable, Equatable {
        /// What the cells have in common, for example `(a+b) mod 10 = 5`.
        public let name: String
        /// Their mean activation.
        public let mean: Double
    }
}

/// The features that fire in a grid, with what each depends on.
public struct OperandRanking: Codable, Sendable, Equatable {
    /// The tag of the first operand.
    public let rowTag: String
    /// The tag of the second operand.
    public let columnTag: String
    /// Where activations were read.
    public let position: OperandPosition
    /// Which prompts the grid is made of.
    public let filter: String
    /// How many cells have prompts.
    public let cellCount: Int
    /// How many features fire in the grid.
    public let featureCount: Int
    /// The least share of the cells that a feature must fire in to be put into a class.
    public let minimumShare: Double
    /// How many features fire in fewer cells and are left out.
    public let rareCount: Int
    /// How many features there are of each class.
    public let counts: [String: Int]
    /// The features by class, constants and none last; within it by the R² of the chosen fit.
    public let features: [Row]

    /// A feature of the grid.
    public struct Row: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// What it depends on.
        public let shape: OperandShape
    }
}
