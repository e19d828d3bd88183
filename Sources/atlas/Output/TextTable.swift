/// Rows of text in columns that line up; numbers to the right.
struct TextTable {
    /// How a column's cells are set.
    enum Alignment {
        case left, right
    }

    private let headers: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Columns by header; a header that begins with `>` is set to the right.
    init(_ headers: [String]) {
        alignments = headers.map { $0.hasPrefix(">") ? .right : .left }
        self.headers = headers.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    }

    /// Adds one row with a cell a column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == headers.count)
        rows.append(cells.map(shown))
    }

    /// The lines, the header first.
    var lines: [String] {
        let all = [headers] + rows
        let widths = headers.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { cells in
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return alignments[column] == .right ? padding + cells[column] : cells[column] + padding
            }.joined(separator: "  ").trimmingTrailingSpaces()
        }
    }

    /// Prints the lines to standard output.
    func print() { lines.forEach { StandardOutput.line($0) } }
}

/// Text that may come from a prompt, a token or a label, safe for a terminal: control characters are escaped.
func shown(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        default:
            let category = scalar.properties.generalCategory
            if category == .control || category == .format || category == .lineSeparator
                || category == .paragraphSeparator
            {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var copy = Substring(self)
        while copy.last == " " { copy.removeLast() }
        return String(copy)
    }
}
