import Circuits
import LanguageModels
import Tensors

/// Batches of tokens in random order, from a text that a model reads piece by piece.
struct BatchSupply: Sendable {
    /// What reads the text.
    let source: ActivationSource
    /// The text.
    let text: TrainingText
    /// The units of every layer.
    let scales: LayerScales
    /// Where the text is read next.
    private(set) var position: TextPosition
    /// Decides what is drawn.
    private(set) var numbers: SeededNumbers
    /// What waits to be drawn.
    private(set) var buffer: ShuffleBuffer
    private var order: TextOrder
    private var before: SeededNumbers?
    private let jobs: Int

    /// Tokens from which the units are measured.
    private static let calibrationTokens = 8_192

    /// Starts at the text's beginning, with units measured on the first pieces.
    init(_ source: ActivationSource, text: TrainingText, settings: TrainingSettings, jobs: Int) throws {
        var order = TextOrder(text, seed: settings.seed)
        var (chosen, tokens): ([[Int]], Int) = ([], 0)
        for group in order.groups(ofPass: 0) where tokens < Self.calibrationTokens {
            chosen.append(group)
            tokens += group.reduce(0) { $0 + text.tokenCount(ofPiece: $1) }
        }
        let readings = try mapInParallel(count: chosen.count, jobs: jobs) { [chosen] in
            try source.readings(of: chosen[$0].map(text.piece))
        }
        self.init(
            source, text: text, settings: settings, jobs: jobs,
            scales: LayerScales(readings, modelWidth: source.model.configuration.modelWidth), position: TextPosition(),
            numbers: SeededNumbers(seed: settings.seed), origins: [])
    }

    /// Goes on where a checkpoint stands; the pieces that wait are read again.
    init(
        _ source: ActivationSource, text: TrainingText, settings: TrainingSettings, jobs: Int, scales: LayerScales,
        position: TextPosition, numbers: SeededNumbers, origins: [ShuffleBuffer.Origin]
    ) {
        self.source = source
        self.text = text
        self.scales = scales
        self.position = position
        self.numbers = numbers
        self.jobs = jobs
        order = TextOrder(text, seed: settings.seed)
        buffer = ShuffleBuffer(
            capacity: Self.capacity(settings),
            modelWidth: source.model.configuration.modelWidth, scales: scales)
        buffer.restore(origins)
    }

    /// Rows that there is room for: a group is read as a whole.
    static func capacity(_ settings: TrainingSettings) -> Int {
        settings.bufferTokens + TextOrder.mostRows(contextLength: settings.contextLength)
    }

    /// Reads the groups again whose rows wait since a checkpoint; false where they are not groups of this text.
    ///
    /// - Throws: what reading them throws
    mutating func readWaiting() throws -> Bool {
        guard position.pass >= 0, order.groups(ofPass: position.pass).indices.contains(position.groupsDone) else {
            return false
        }
        let places = Dictionary(grouping: buffer.origins.indices) { place in
            TextPosition(pass: Int(buffer.origins[place].pass), groupsDone: Int(buffer.origins[place].group))
        }
        var found: [(pieces: [Int], places: [Int])] = []
        for (group, places) in places.sorted(by: { ($0.key.pass, $0.key.groupsDone) < ($1.key.pass, $1.key.groupsDone) }
        ) {
            guard group.pass >= 0, group.pass <= position.pass else { return false }
            let groups = order.groups(ofPass: group.pass)
            guard groups.indices.contains(group.groupsDone) else { return false }
            found.append((groups[group.groupsDone], places))
        }
        let (work, source, text, waiting) = (found, self.source, self.text, self.buffer)
        return try mapInParallel(count: work.count, jobs: jobs) { index in
            let readings = try source.readings(of: work[index].pieces.map(text.piece))
            let rows = Set(readings.rows)
            guard work[index].places.allSatisfy({ rows.contains(Int(waiting.origins[$0].row)) }) else { return false }
            waiting.fill(readings, places: work[index].places)
            return true
        }.allSatisfy(\.self)
    }

    /// The next batch; text is read where less than half of the buffer waits.
    mutating func next(into batch: TrainingBatch) throws {
        if buffer.count < max(batch.tokenCount, buffer.capacity / 2) { try refill() }
        try fill(atLeast: batch.tokenCount)
        before = numbers
        buffer.draw(into: batch, &numbers)
    }

    /// Takes the last batch back: the next one will be the same.
    mutating func putBack() {
        if let before { numbers = before }
        before = nil
        buffer.putBack()
    }

    /// Some tokens, which go on waiting.
    mutating func sample(into batch: TrainingBatch) throws {
        try fill(atLeast: 1)
        buffer.sample(into: batch, &numbers)
    }

    /// Reads text until so many rows wait: of short pieces few tokens may count.
    private mutating func fill(atLeast count: Int) throws {
        while buffer.count < count {
            let before = buffer.count
            try refill()
            guard buffer.count > before else {
                throw TrainingError("the text: expected tokens behind what begins a prompt, found none")
            }
        }
    }

    /// Reads as many groups as there is room for; nothing changes where that fails.
    private mutating func refill() throws {
        var (next, order, room) = (position, order, buffer.room)
        var work: [(position: TextPosition, pieces: [Int])] = []
        while true {
            let groups = order.groups(ofPass: next.pass)
            let group = groups[next.groupsDone]
            let tokens = group.reduce(0) { $0 + text.tokenCount(ofPiece: $1) }
            guard tokens <= room else { break }
            room -= tokens
            work.append((next, group))
            next.groupsDone += 1
            if next.groupsDone == groups.count { next = TextPosition(pass: next.pass + 1) }
        }
        var added = buffer
        // As few at a time as fit beside the buffer.
        for first in stride(from: 0, to: work.count, by: Self.groupsAtOnce) {
            let part = Array(work[first..<min(first + Self.groupsAtOnce, work.count)])
            let read = try mapInParallel(count: part.count, jobs: jobs) { [source, text] in
                try source.readings(of: part[$0].pieces.map(text.piece))
            }
            for (group, readings) in zip(part, read) {
                added.add(readings, pass: group.position.pass, group: group.position.groupsDone)
            }
        }
        (buffer, position, self.order) = (added, next, order)
    }

    private static let groupsAtOnce = 8
}
