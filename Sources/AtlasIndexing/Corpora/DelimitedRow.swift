/// Splits one row of comma- or tab-separated values into fields, line by line: a quoted field may span several.
struct DelimitedRow {
    /// Where and why a row breaks the rules of RFC 4180.
    struct Fault {
        /// What should have been there.
        let expected: String
        /// The offset of the byte that is wrong.
        let position: Int
    }

    /// The fields completed so far, unquoted: as many as are kept.
    private(set) var fields: [[UInt8]] = []
    /// How many fields have been completed.
    private(set) var fieldCount = 0
    /// Whether the row goes on in the next line.
    private(set) var isInsideQuotes = false

    private let delimiter: UInt8
    private let fieldLimit: Int
    private var field: [UInt8] = []

    /// Begins a row.
    ///
    /// - Parameter fieldLimit: fields beyond it are counted, and not kept
    init(delimiter: UInt8, fieldLimit: Int = .max) {
        self.delimiter = delimiter
        self.fieldLimit = fieldLimit
    }

    /// Reads one line of the row.
    ///
    /// - Returns: the first fault, after which the row is of no use, or `nil`.
    mutating func read(_ line: [UInt8]) -> Fault? {
        let quote = UInt8(ascii: "\"")
        var position = 0
        while true {
            if !isInsideQuotes, field.isEmpty, position < line.count, line[position] == quote {
                isInsideQuotes = true
                position += 1
            }
            if isInsideQuotes {
                guard let closing = readQuoted(line, from: position) else { return nil }
                isInsideQuotes = false
                position = closing + 1
                guard position == line.count || line[position] == delimiter else {
                    return Fault(expected: "a delimiter after the closing quote", position: position)
                }
            } else {
                let end = line[position...].firstIndex { $0 == delimiter || $0 == quote } ?? line.count
                field += line[position..<end]
                position = end
                guard end == line.count || line[end] == delimiter else {
                    return Fault(expected: "no quote inside a field without quotes", position: end)
                }
            }
            if fields.count < fieldLimit { fields.append(field) }
            fieldCount += 1
            field = []
            guard position < line.count else { return nil }
            position += 1
        }
    }

    /// Keeps the line break inside a quoted field as it was written.
    mutating func continueLine(after ending: [UInt8]) {
        precondition(isInsideQuotes)
        field += ending
    }

    /// Appends quoted bytes to the field up to the closing quote, whose offset it returns, or the end of the line.
    private mutating func readQuoted(_ line: [UInt8], from start: Int) -> Int? {
        let quote = UInt8(ascii: "\"")
        var position = start
        while let found = line[position...].firstIndex(of: quote) {
            field += line[position..<found]
            guard found + 1 < line.count, line[found + 1] == quote else { return found }
            field.append(quote)
            position = found + 2
        }
        field += line[position...]
        return nil
    }
}
