import Attribution
import Circuits
import LanguageModels
import Tensors
import Testing

/// Why a head looks where it looks: scores as sums over pairs of sources.
@Suite struct `score attribution` {
    @Test(arguments: RandomReplacement.all)
    func `pairs of sources sum to the score that the model computes`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let local = try random.attributor.localReplacementModel(random.tokens)
        for (number, place) in random.attributor.places(positionCount: random.tokens.count).enumerated() {
            let other = place.key == place.query ? place.key - 1 : place.query
            let reference = [nil, .mean, .key(other)][number % 3] as ScorePlace.Reference?
            let found = try random.attributor.attributeScore(place, against: reference, of: local)
            #expect(found.largestViolation <= 1e-5, "\(place) \(found.score)")
            let sum = found.groups.reduce(0.0) { $0 + Double($1.contribution) }
            #expect(abs(sum - Double(found.score)) <= 1e-4)
        }
    }

    @Test(arguments: RandomModel.all)
    func `over neurons pairs sum to the score too`(random: RandomModel) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 60)
        let local = try attributor.localReplacementModel(neurons.tokens)
        for place in attributor.places(positionCount: neurons.tokens.count) {
            let found = try attributor.attributeScore(place, of: local)
            #expect(found.largestViolation <= 1e-5, "\(place) \(found.score)")
        }
    }

    @Test(arguments: RandomModel.all, [RandomReplacement.Wiring.all[0], RandomReplacement.Wiring.all[3]])
    func `taking a pair's part out of both residual streams takes its contribution out of the score`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let attributor = random.attributor
        let local = try attributor.localReplacementModel(random.tokens)
        let place = ScorePlace(layer: 2, head: 1, query: 6, key: 4)
        let held = HeldScore(attributor.model, local.trace, place)
        let found = try attributor.attributeScore(place, of: local, pairs: 100_000)
        #expect(abs(held.score(held.query, held.key) - found.score) <= 1e-4 * max(1, abs(found.score)))
        func part(_ node: NodeID, at position: Int) throws -> [Float]? {
            guard case .feature(let layer, let own, let index) = node else { return nil }
            let after = try attributor.intervene(
                random.tokens,
                [.silencing(FeatureID(layer: layer, index: index), at: PositionRange(own))], mode: .frozen)
            return zip(
                local.trace.layers[place.layer].residual.row(position),
                after.trace.layers[place.layer].residual.row(position)
            ).map { $0 - $1 }
        }
        var compared = 0
        for pair in found.pairs.filter({ $0.query.isFeature && $0.key.isFeature }).prefix(6) {
            guard let query = try part(pair.query, at: place.query), let key = try part(pair.key, at: place.key)
            else { continue }
            let (withoutQuery, withoutKey) = (zip(held.query, query).map(-), zip(held.key, key).map(-))
            let measured =
                held.score(held.query, held.key) - held.score(withoutQuery, held.key)
                - held.score(held.query, withoutKey) + held.score(withoutQuery, withoutKey)
            #expect(abs(measured - pair.contribution) <= 2e-4 * max(1, abs(found.score)) + 1e-3 * abs(measured))
            compared += 1
        }
        #expect(compared == 6)
    }

    @Test func `the strongest pairs are the strongest of all, and all sum to the score`() throws {
        let random = try RandomReplacement(RandomModel.all[8], RandomReplacement.Wiring.all[3])
        let local = try random.attributor.localReplacementModel(random.tokens)
        let place = ScorePlace(layer: 2, head: 3, query: 7, key: 6)
        let all = try random.attributor.attributeScore(place, of: local, pairs: 10_000_000)
        #expect(all.pairs.count <= all.pairCount && all.pairs.count > 1000)
        let sum = all.pairs.reduce(0.0) { $0 + Double($1.contribution) }
        #expect(abs(sum - Double(all.score)) <= 1e-4)
        let some = try random.attributor.attributeScore(place, of: local, pairs: 25)
        #expect(some.pairs == Array(all.pairs.prefix(25)))
        #expect(try #require(all.softCap) > 0)
    }

    @Test func `the largest violations of scores' identity are rounding`() throws {
        var lines = ["| case | scores | largest violation |", "|---|---|---|"]
        var worst: Float = 0
        func add(_ name: String, _ attributor: Attributor, _ tokens: [Int]) throws {
            let local = try attributor.localReplacementModel(tokens)
            let places = attributor.places(positionCount: tokens.count)
            let violations = try places.map { try attributor.attributeScore($0, of: local, jobs: 2).largestViolation }
            lines.append("| \(name) | \(places.count) | \(scientific(violations.max() ?? 0)) |")
            worst = max(worst, violations.max() ?? .infinity)
        }
        for name in GoldenCase.graphNames {
            let golden = try GoldenCase(name)
            try add(name, golden.attributor, try golden.tokens())
        }
        for name in NeuronCase.names {
            let golden = try NeuronCase(name)
            let attributor = try Attributor(model: golden.model, neurons: NeuronOptions(maximumNeurons: 150))
            try add(name + ", neurons", attributor, golden.tokens)
        }
        print(lines.joined(separator: "\n"))
        #expect(worst <= 1e-5)
    }

    @Test(arguments: [
        ("9.0@3,2", "attention 9.0@3,2: expected a layer from 0 to 2, found 9"),
        ("0.4@3,2", "attention 0.4@3,2: expected a head from 0 to 3, found 4"),
        ("0.0@8,2", "attention 0.0@8,2: expected a query position from 0 to 7, the prompt's, found 8"),
        ("0.0@3,4", "attention 0.0@3,4: expected a key at or before the query, 0 to 3, found 4"),
        ("0.0@7,2", "attention 0.0@7,2: expected a key inside the window of 3 positions, 5 to 7, found 2"),
    ])
    func `a score that there is not is refused in one line`(text: String, expected: String) throws {
        let random = try RandomReplacement(RandomModel.all[8], RandomReplacement.Wiring.all[0])
        let local = try random.attributor.localReplacementModel(random.tokens)
        let place = try #require(ScorePlace(text))
        let error = #expect(throws: TargetError.self) { try random.attributor.attributeScore(place, of: local) }
        #expect(error?.description == expected)
    }

    @Test func `only four numbers name a score`() {
        #expect(ScorePlace("3.1@9,4") == ScorePlace(layer: 3, head: 1, query: 9, key: 4))
        for text in ["", "3.1", "3@9,4", "3.1@9", "3.1@9,", "-3.1@9,4", "3.1@9,4,5", "a.1@9,4", "3.1@9,4@"] {
            #expect(ScorePlace(text) == nil)
        }
    }
}

/// A score from two residual streams, every norm held as a run had it.
private struct HeldScore {
    let query: [Float]
    let key: [Float]
    private let block: TransformerBlock
    private let trace: ForwardTrace.Layer
    private let place: ScorePlace
    private let normalized: Matrix

    init(_ model: LanguageModel, _ trace: ForwardTrace, _ place: ScorePlace) {
        block = model.blocks[place.layer]
        self.trace = trace.layers[place.layer]
        self.place = place
        query = Array(self.trace.residual.row(place.query))
        key = Array(self.trace.residual.row(place.key))
        normalized = block.attentionNorm.applied(
            to: self.trace.residual, denominators: self.trace.attentionDenominators)
    }

    func score(_ query: [Float], _ key: [Float]) -> Float {
        let (x, y) = (vector(.query, query, place.query), vector(.key, key, place.key))
        return block.attention.scoreScale * zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func vector(_ side: ScoreSide, _ residual: [Float], _ position: Int) -> [Float] {
        let reading = block.attention.reading(side, head: place.head, position: position, normalized: normalized)
        let row = block.attentionNorm.applied(
            to: Matrix(rowCount: 1, columnCount: residual.count, values: residual),
            denominators: [trace.attentionDenominators[position]])
        return reading.constants.enumerated().map { number, constant in
            zip(reading.directions.row(number), row.values).reduce(constant) { $0 + $1.0 * $1.1 }
        }
    }
}

extension NodeID {
    fileprivate var isFeature: Bool { if case .feature = self { true } else { false } }
}

extension Attributor {
    /// Some scores of a prompt: every layer, two heads of different groups, near and far keys inside windows.
    fileprivate func places(positionCount: Int) -> [ScorePlace] {
        let last = positionCount - 1
        return (0..<model.configuration.layerCount).flatMap { layer in
            [(0, last, last - 1), (model.configuration.headCount - 1, last, last), (1, last - 1, last - 3)].map {
                ScorePlace(layer: layer, head: $0, query: $1, key: $2)
            }
        }.filter { (try? $0.check(model: model, positionCount: positionCount)) != nil }
    }
}
