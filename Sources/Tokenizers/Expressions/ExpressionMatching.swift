/// Matches one text against a program, by trying alternatives in order and coming back where one fails.
///
/// What stands before and behind the text does not count. Holds the working memory, so that many matches allocate once.
struct ExpressionMatching {
    /// A place to come back to: an instruction at a position, or at every position down to the lowest.
    private struct Alternative {
        let instruction: Int
        var position: Int
        let lowest: Int
    }

    /// An instruction at a position.
    private struct State: Hashable {
        let instruction: Int
        let position: Int
    }

    private let program: ExpressionProgram
    private let bytes: UnsafeBufferPointer<UInt8>
    private let start: Int
    private let end: Int
    private var alternatives: [Alternative] = []
    private var tried: Set<State> = []

    /// Prepares for matches in a range of valid UTF-8.
    init(_ program: ExpressionProgram, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.program = program
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
    }

    /// Where the match that starts at `position` ends, or nil if there is none.
    mutating func endOfMatch(at position: Int) -> Int? {
        if !tried.isEmpty { tried.removeAll(keepingCapacity: true) }
        return run(from: 0, at: position)
    }

    private mutating func run(from first: Int, at start: Int) -> Int? {
        let base = alternatives.count
        var (instruction, position) = (first, start)
        while true {
            var matches = true
            switch program.instructions[instruction] {
            case .end:
                alternatives.removeSubrange(base...)
                return position
            case .scalar(let code):
                var next = position
                matches = position < end && UTF8Scalar.decode(bytes, at: &next) == code
                if matches { (instruction, position) = (instruction + 1, next) }
            case .set(let set):
                var next = position
                matches = position < end && program.sets[set].contains(UTF8Scalar.decode(bytes, at: &next))
                if matches { (instruction, position) = (instruction + 1, next) }
            case .greedyRun(let set, let minimum, let maximum):
                if let run = endOfRun(set, minimum, maximum, from: position) {
                    instruction += 1
                    if run.lowest < run.end {
                        alternatives.append(
                            Alternative(
                                instruction: instruction, position: startOfScalar(before: run.end), lowest: run.lowest))
                    }
                    position = run.end
                } else {
                    matches = false
                }
            case .possessiveRun(let set, let minimum, let maximum):
                if let run = endOfRun(set, minimum, maximum, from: position) {
                    (instruction, position) = (instruction + 1, run.end)
                } else {
                    matches = false
                }
            case .branch(let next, let otherwise):
                alternatives.append(Alternative(instruction: otherwise, position: position, lowest: position))
                instruction = next
            case .loop(let next, let otherwise):
                matches = tried.insert(State(instruction: instruction, position: position)).inserted
                if matches {
                    alternatives.append(Alternative(instruction: otherwise, position: position, lowest: position))
                    instruction = next
                }
            case .jump(let next): instruction = next
            case .lookahead(let isNegated, let next):
                matches = (separately(from: instruction + 1, at: position) != nil) != isNegated
                instruction = next
            case .atomic(let next):
                if let end = separately(from: instruction + 1, at: position) {
                    (instruction, position) = (next, end)
                } else {
                    matches = false
                }
            case .anchor(let anchor):
                matches = isAt(anchor, position)
                instruction += 1
            }
            if matches { continue }
            guard alternatives.count > base else { return nil }
            let last = alternatives.count - 1
            (instruction, position) = (alternatives[last].instruction, alternatives[last].position)
            if position > alternatives[last].lowest {
                alternatives[last].position = startOfScalar(before: position)
            } else {
                alternatives.removeLast()
            }
        }
    }

    /// Runs a part that has an end of its own, with a memory of its own of what was tried.
    private mutating func separately(from instruction: Int, at position: Int) -> Int? {
        let outer = tried
        tried = []
        defer { tried = outer }
        return run(from: instruction, at: position)
    }

    /// The end of a run of scalars of a set, and the lowest place where it may end.
    @inline(__always)
    private func endOfRun(_ set: Int, _ minimum: Int, _ maximum: Int, from start: Int) -> (lowest: Int, end: Int)? {
        let set = program.sets[set]
        var position = start
        var lowest = start
        var count = 0
        while count < maximum, position < end {
            var next = position
            guard set.contains(UTF8Scalar.decode(bytes, at: &next)) else { break }
            position = next
            count += 1
            if count == minimum { lowest = position }
        }
        return count < minimum ? nil : (lowest, position)
    }

    private func startOfScalar(before position: Int) -> Int {
        var start = position - 1
        while bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    private func isAt(_ anchor: ExpressionNode.Anchor, _ position: Int) -> Bool {
        func isLineBreak(_ place: Int) -> Bool { bytes[place] == 0x0A }
        switch anchor {
        case .startOfText: return position == start
        case .endOfText: return position == end
        case .endOfTextBeforeLineBreak: return position == end || position == end - 1 && isLineBreak(position)
        case .startOfLine: return position == start || position < end && isLineBreak(position - 1)
        case .endOfLine:
            // Behind a line break that ends the text there is no further line.
            return position == end ? position == start || !isLineBreak(position - 1) : isLineBreak(position)
        case .wordBoundary: return isWord(before: position) != isWord(at: position)
        case .noWordBoundary: return isWord(before: position) == isWord(at: position)
        }
    }

    private static let word = ScalarSet(.wordAlone)

    private func isWord(before position: Int) -> Bool {
        position > start && isWord(at: startOfScalar(before: position))
    }

    private func isWord(at position: Int) -> Bool {
        guard position < end else { return false }
        var next = position
        return Self.word.contains(UTF8Scalar.decode(bytes, at: &next))
    }
}
