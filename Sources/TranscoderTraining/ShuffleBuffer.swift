import Circuits
import Tensors

/// Tokens' activations that wait in memory to be drawn in random order: neighbours in a text are far apart in training.
///
/// Where each row comes from is known, so that a run that goes on from a checkpoint has the same rows in the same places.
struct ShuffleBuffer: Sendable {
    /// Where a row comes from.
    struct Origin: Sendable, Equatable {
        /// The pass over the text.
        var pass: Int32
        /// The group of pieces of that pass.
        var group: Int32
        /// The row among those of the group.
        var row: Int32
    }

    /// The rows' origins, in their places.
    private(set) var origins: [Origin] = []
    /// Places that the last batch was drawn from and what lay there, in order.
    private var drawn: [(place: Int, origin: Origin)] = []
    /// `[capacity, 2, layerCount, modelWidth]`: inputs, then outputs, in scaled units.
    private let rows: NumberBuffer
    /// Rows that there is room for in all.
    let capacity: Int
    private let layerCount: Int
    private let modelWidth: Int
    private let scales: LayerScales

    /// Room for so many rows.
    init(capacity: Int, modelWidth: Int, scales: LayerScales) {
        self.capacity = capacity
        layerCount = scales.inputs.count
        self.modelWidth = modelWidth
        self.scales = scales
        rows = NumberBuffer(count: capacity * 2 * layerCount * modelWidth)
    }

    /// Rows that wait.
    var count: Int { origins.count }
    /// Rows that there is room for beside those that wait.
    var room: Int { capacity - count }

    private var rowCount: Int { 2 * layerCount * modelWidth }

    /// Adds the rows of a group that count; there is room for them.
    mutating func add(_ readings: ActivationSource.Readings, pass: Int, group: Int) {
        precondition(readings.rows.count <= room)
        for row in readings.rows {
            write(readings, row: row, to: origins.count)
            origins.append(
                Origin(
                    pass: Int32(truncatingIfNeeded: pass), group: Int32(truncatingIfNeeded: group),
                    row: Int32(truncatingIfNeeded: row)))
        }
    }

    /// Takes the places of a checkpoint; their rows are empty until ``fill(_:places:)``.
    mutating func restore(_ origins: [Origin]) {
        precondition(origins.count <= capacity)
        self.origins = origins
    }

    /// Writes a group's rows into places that are theirs.
    func fill(_ readings: ActivationSource.Readings, places: [Int]) {
        for place in places { write(readings, row: Int(origins[place].row), to: place) }
    }

    /// Copies rows in random order; they go on waiting. A row may come twice.
    func sample(into batch: TrainingBatch, _ numbers: inout SeededNumbers) {
        for token in 0..<batch.tokenCount { copy(numbers.below(origins.count), into: batch, token: token) }
    }

    /// Takes rows out in random order.
    mutating func draw(into batch: TrainingBatch, _ numbers: inout SeededNumbers) {
        precondition(batch.tokenCount <= count)
        drawn = []
        for token in 0..<batch.tokenCount {
            let place = numbers.below(origins.count)
            copy(place, into: batch, token: token)
            drawn.append((place, origins[place]))
            exchange(place, origins.count - 1)
            origins[place] = origins[origins.count - 1]
            origins.removeLast()
        }
    }

    /// Puts the rows back that were drawn last.
    mutating func putBack() {
        for (place, origin) in drawn.reversed() {
            origins.append(place < origins.count ? origins[place] : origin)
            origins[place] = origin
            exchange(place, origins.count - 1)
        }
        drawn = []
    }

    private func exchange(_ first: Int, _ second: Int) {
        guard first != second else { return }
        let (one, other) = (rows.base + first * rowCount, rows.base + second * rowCount)
        for index in 0..<rowCount { (one[index], other[index]) = (other[index], one[index]) }
    }

    private func copy(_ place: Int, into batch: TrainingBatch, token: Int) {
        let (width, row) = (modelWidth, rows.base + place * rowCount)
        for layer in 0..<layerCount {
            (batch.inputs(ofLayer: layer) + token * width).update(from: row + layer * width, count: width)
        }
        batch.targets(atToken: token).update(from: row + layerCount * width, count: layerCount * width)
    }

    private func write(_ readings: ActivationSource.Readings, row source: Int, to place: Int) {
        let row = rows.base + place * rowCount
        for layer in 0..<layerCount {
            let (input, output) = (readings.inputs[layer], readings.outputs[layer])
            Self.copy(input, row: source, times: scales.inputs[layer], to: row + layer * modelWidth)
            Self.copy(output, row: source, times: scales.outputs[layer], to: row + (layerCount + layer) * modelWidth)
        }
    }

    private static func copy(
        _ matrix: Matrix, row: Int, times scale: Float, to place: UnsafeMutablePointer<Float>
    ) {
        let width = matrix.columnCount
        matrix.values.withUnsafeBufferPointer { values in
            for column in 0..<width { place[column] = scale * values[row * width + column] }
        }
    }
}
