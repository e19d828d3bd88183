import Circuits
import LanguageModels
import Synchronization
import Tensors

extension Attributor {
    /// Says which pairs of sources make a head look from one position to another.
    ///
    /// 1. Of each number of the query's and of the key's vector the direction that it reads is swept down to every source:
    ///    two matrices, `[headWidth, sources]`.
    /// 2. Their product holds every pair; the strongest are found by their bounds, groups by sums over each side.
    ///
    /// - Parameters:
    ///   - place: the head and the two positions
    ///   - reference: what the key is compared with; the score itself is told where `nil`
    ///   - local: the prompt's frozen network
    ///   - pairs: pairs, and sources of each side, to be told
    ///   - jobs: threads
    /// - Throws: `TargetError` for a head, position or pair that there is not.
    /// - Complexity: as attributing twice `headWidth` targets of the layer
    public func attributeScore(
        _ place: ScorePlace, against reference: ScorePlace.Reference? = nil, of local: LocalReplacementModel,
        pairs: Int = 20, jobs: Int = 1
    ) throws -> ScoreAttribution {
        try scoreSources(place, against: reference, of: local, jobs: jobs).attribution(pairs)
    }

    /// Takes both sides of a score apart, so that any pair of sources can be asked for.
    ///
    /// Parameters, errors and complexity are those of ``attributeScore(_:against:of:pairs:jobs:)``.
    public func scoreSources(
        _ place: ScorePlace, against reference: ScorePlace.Reference? = nil, of local: LocalReplacementModel,
        jobs: Int = 1
    ) throws -> ScoreSources {
        try place.check(against: reference, model: model, positionCount: local.layout.positionCount)
        let block = model.blocks[place.layer]
        let attention = block.attention
        let trace = local.trace.layers[place.layer]
        let normalized = block.attentionNorm.applied(
            to: trace.residual, denominators: trace.attentionDenominators)
        let reached = attention.firstKey(ofQuery: place.query)...place.query
        let headWidth = attention.headWidth
        let sides = ScoreReadings(block: block, head: place.head, trace: trace, normalized: normalized)
        let query = sides.readings(.query, at: [place.query: 1])
        let key = sides.readings(.key, at: place.keyWeights(against: reference, reached: reached))
        let rows = EdgeRows(rowCapacity: 2 * headWidth, columnCount: local.layout.columnCount)
        let readings = query.readings + key.readings
        let targets = readings.indices.map { index in
            SweepTarget(
                kind: .logit(index), position: index < headWidth ? place.query : key.last, layer: place.layer)
        }
        _ = rows.append(targets)
        let sweep = AdjointSweep(
            model: model, weights: weights, prompt: local.frozen, readings: readings, activeFeatures: [])
        let size = max(1, min((headWidth + jobs - 1) / jobs, max(8, 1024 / (place.query + 1))))
        let starts = [0, headWidth].flatMap { side in
            stride(from: side, to: side + headWidth, by: size).map { $0..<min($0 + size, side + headWidth) }
        }
        try inParallelUnlessCancelled(count: starts.count, jobs: jobs) { piece in
            let range = starts[piece]
            let visitor = EdgeVisitor(basis: basis, local: local, rows: rows, first: range.lowerBound)
            _ = sweep.run(Array(targets[range]), below: place.layer, visitor)
        }
        for (index, constant) in (query.constants + key.constants).enumerated() {
            rows.row(index)[local.layout.bias] += constant
        }
        let (queries, keys) = (
            ScoreVectors(rows, first: 0, headWidth: headWidth, local: local),
            ScoreVectors(rows, first: headWidth, headWidth: headWidth, local: local)
        )
        let scores = attention.scores(head: place.head, query: place.query, normalized: normalized)
        func own(_ key: Int) -> Float { scores[key - reached.lowerBound] }
        let score: Float =
            switch reference {
            case nil: own(place.key)
            case .key(let other): own(place.key) - own(other)
            case .mean: own(place.key) - scores.reduce(0, +) / Float(scores.count)
            }
        return ScoreSources(
            place: place, reference: reference, score: score, softCap: attention.scoreSoftCap,
            weight: trace.attention.weights(head: place.head, query: place.query)[place.key],
            queries: queries, keys: keys, scale: attention.scoreScale)
    }
}

extension ScorePlace {
    /// How much each position's key counts.
    fileprivate func keyWeights(against reference: Reference?, reached: ClosedRange<Int>) -> [Int: Float] {
        var weights: [Int: Float] = [:]
        switch reference {
        case nil: break
        case .key(let other): weights[other] = -1
        case .mean: for position in reached { weights[position] = -1 / Float(reached.count) }
        }
        weights[key, default: 0] += 1
        return weights
    }
}

/// The directions that the numbers of a head's query or key read in the residual stream that enters the block.
private struct ScoreReadings {
    let block: TransformerBlock
    let head: Int
    let trace: ForwardTrace.Layer
    /// `[positionCount, modelWidth]`.
    let normalized: Matrix

    /// One reading for each number of the vector, weighted over positions, with what biases add and the last position.
    func readings(
        _ side: ScoreSide, at weights: [Int: Float]
    ) -> (readings: [TargetSelection.Reading], constants: [Float], last: Int) {
        let (width, headWidth) = (normalized.columnCount, block.attention.headWidth)
        let (first, last) = (weights.keys.min() ?? 0, weights.keys.max() ?? 0)
        let adjoint = NormAdjoint(block.attentionNorm, denominators: trace.attentionDenominators)
        var rows = [[Float]](
            repeating: [Float](repeating: 0, count: (last - first + 1) * width), count: headWidth)
        var constants = [Float](repeating: 0, count: headWidth)
        var gradient = [Float](repeating: 0, count: width)
        for (position, weight) in weights.sorted(by: { $0.key < $1.key }) where weight != 0 {
            let reading = block.attention.reading(side, head: head, position: position, normalized: normalized)
            for number in 0..<headWidth {
                let direction = Array(reading.directions.row(number))
                adjoint.apply(direction, position: position, into: &gradient)
                constants[number] += weight * (reading.constants[number] + adjoint.constant(direction))
                rows[number].withUnsafeMutableBufferPointer { own in
                    guard let own = own.baseAddress else { return }
                    addScaled(weight, gradient, to: own + (position - first) * width, count: width)
                }
            }
        }
        return (rows.map { .stream(first: first, rows: $0) }, constants, last)
    }
}
