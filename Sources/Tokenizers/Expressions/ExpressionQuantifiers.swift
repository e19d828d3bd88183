/// Repetitions: `*`, `+`, `?`, `{n,m}` and what may follow them.
extension ExpressionParser {
    /// The most often that a count may ask for.
    private static let largestCount = 1000
    /// The most repetitions of repetitions, which bounds the recursion over them.
    private static let mostStacked = 4

    /// Reads the repetitions behind a part.
    mutating func quantified(_ atom: ExpressionNode) throws(ExpressionError) -> ExpressionNode {
        var node = atom
        var stacked = 0
        while let scalar = next {
            let (minimum, maximum): (Int, Int?)
            var isInterval = false
            switch scalar {
            case "*": (minimum, maximum) = (0, nil)
            case "+": (minimum, maximum) = (1, nil)
            case "?": (minimum, maximum) = (0, 1)
            case "{":
                guard let counts = try interval() else { return node }
                (minimum, maximum) = counts
                isInterval = true
            default: return node
            }
            if !isInterval { position += 1 }
            stacked += 1
            guard stacked <= Self.mostStacked else { throw error("more than \(Self.mostStacked) stacked repetitions") }
            var preference = ExpressionNode.Preference.greedy
            if next == "?" {
                // Of an exact count, the question mark makes an option instead.
                guard !isInterval || minimum != maximum else { throw error("\"?\" behind an exact count") }
                preference = .lazy
                position += 1
            } else if next == "+", !isInterval {
                preference = .possessive
                position += 1
            }
            // Repeated, what may be empty could go on for ever.
            if node.mayBeEmpty, maximum != 1 { throw error("a repetition of what may be empty") }
            node = .repetition(node, minimum: minimum, maximum: maximum, preference)
        }
        return node
    }

    /// Reads `{n}`, `{n,}`, `{,m}` or `{n,m}`; nil, and nothing read, where a brace is only a brace.
    private mutating func interval() throws(ExpressionError) -> (Int, Int?)? {
        let start = position
        position += 1
        let minimum = try number()
        var maximum = minimum
        var hasComma = false
        if next == "," {
            hasComma = true
            position += 1
            maximum = try number()
        }
        guard next == "}", minimum != nil || (hasComma && maximum != nil) else {
            position = start
            throw error("\"{\" that begins no count")
        }
        position += 1
        let least = minimum ?? 0
        if let maximum, maximum < least { throw error("a count that ends before it begins") }
        return (least, maximum)
    }

    private mutating func number() throws(ExpressionError) -> Int? {
        var number: Int?
        while let digit = next, (0x30...0x39).contains(digit.value) {
            number = (number ?? 0) * 10 + Int(digit.value - 0x30)
            guard number ?? 0 <= Self.largestCount else { throw error("a count above \(Self.largestCount)") }
            position += 1
        }
        return number
    }
}
