/// A regular expression as instructions for ``ExpressionMatching``.
struct ExpressionProgram: Sendable {
    /// One instruction; numbers are places in ``instructions`` and in ``sets``.
    enum Instruction: Sendable {
        case scalar(UInt32)
        case set(Int)
        /// As many scalars of a set as there are, fewer if what follows asks for it.
        case greedyRun(set: Int, minimum: Int, maximum: Int)
        /// As many scalars of a set as there are.
        case possessiveRun(set: Int, minimum: Int, maximum: Int)
        /// Goes on at the first place, and if that fails at the second.
        case branch(Int, otherwise: Int)
        /// The same at the head of a loop, where a state that was tried before is not tried again.
        case loop(Int, otherwise: Int)
        case jump(Int)
        /// Matches the instructions that follow, up to their end, and goes on at a place without having read anything.
        case lookahead(isNegated: Bool, next: Int)
        /// Matches the instructions that follow, up to their end, and goes on at a place behind what they read.
        case atomic(next: Int)
        case anchor(ExpressionNode.Anchor)
        case end
    }

    /// So many instructions that no sensible expression needs more.
    static let mostInstructions = 20_000
    /// So many sets, of 8 KiB each.
    static let mostSets = 2_000

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []

    init(_ node: ExpressionNode) throws(ExpressionError) {
        try append(node)
        instructions.append(.end)
    }

    private mutating func append(_ node: ExpressionNode) throws(ExpressionError) {
        guard instructions.count < Self.mostInstructions, sets.count < Self.mostSets else {
            throw ExpressionError(found: "more than \(Self.mostInstructions) steps, counts written out")
        }
        switch node {
        case .scalar(let code): instructions.append(.scalar(code))
        case .set(let tree): instructions.append(.set(number(of: tree)))
        case .anchor(let anchor): instructions.append(.anchor(anchor))
        case .sequence(let parts): for part in parts { try append(part) }
        case .choice(let parts): try append(choice: parts)
        case .atomic(let body):
            let place = reserve()
            try append(body)
            instructions.append(.end)
            instructions[place] = .atomic(next: instructions.count)
        case .lookahead(let body, let isNegated):
            let place = reserve()
            try append(body)
            instructions.append(.end)
            instructions[place] = .lookahead(isNegated: isNegated, next: instructions.count)
        case .repetition(let body, let minimum, let maximum, let preference):
            try append(body, minimum: minimum, maximum: maximum, preference)
        }
    }

    private mutating func append(choice parts: [ExpressionNode]) throws(ExpressionError) {
        var ends: [Int] = []
        for (index, part) in parts.enumerated() {
            guard index < parts.count - 1 else {
                try append(part)
                break
            }
            let place = reserve()
            try append(part)
            ends.append(reserve())
            instructions[place] = .branch(place + 1, otherwise: instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func append(
        _ body: ExpressionNode, minimum: Int, maximum: Int?, _ preference: ExpressionNode.Preference
    ) throws(ExpressionError) {
        if body.isSingle, preference != .lazy {
            let set = number(of: body)
            let maximum = maximum ?? Int.max
            instructions.append(
                preference == .greedy
                    ? .greedyRun(set: set, minimum: minimum, maximum: maximum)
                    : .possessiveRun(set: set, minimum: minimum, maximum: maximum))
            return
        }
        if preference == .possessive {
            return try append(.atomic(.repetition(body, minimum: minimum, maximum: maximum, .greedy)))
        }
        for _ in 0..<minimum { try append(body) }
        func instruction(_ inside: Int, _ behind: Int, isLoop: Bool) -> Instruction {
            let (first, second) = preference == .lazy ? (behind, inside) : (inside, behind)
            return isLoop ? .loop(first, otherwise: second) : .branch(first, otherwise: second)
        }
        guard let maximum else {
            let head = reserve()
            try append(body)
            instructions.append(.jump(head))
            instructions[head] = instruction(head + 1, instructions.count, isLoop: true)
            return
        }
        var heads: [Int] = []
        for _ in minimum..<maximum {
            heads.append(reserve())
            try append(body)
        }
        for head in heads { instructions[head] = instruction(head + 1, instructions.count, isLoop: true) }
    }

    private mutating func reserve() -> Int {
        instructions.append(.end)
        return instructions.count - 1
    }

    private mutating func number(of node: ExpressionNode) -> Int {
        switch node {
        case .set(let tree): number(of: tree)
        case .scalar(let code): number(of: .ranges([code...code]))
        default: preconditionFailure("only single scalars are counted by runs")
        }
    }

    private mutating func number(of tree: ScalarSetTree) -> Int {
        sets.append(ScalarSet(tree))
        return sets.count - 1
    }
}
