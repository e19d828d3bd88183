import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors
import Testing

/// What is added to a score moves the attention as the softmax says, and nothing else.
@Suite struct `changes of scores` {
    @Test(arguments: RandomModel.all)
    func `a changed score moves its own row of attention by the softmax, and no other`(random: RandomModel) throws {
        let replacement = try RandomReplacement(random, RandomReplacement.Wiring.all[0])
        let (model, tokens) = (replacement.attributor.model, replacement.tokens)
        let before = try model.run(tokens)
        let (layer, head, query) = (1, 1, tokens.count - 1)
        let (block, trace) = (model.blocks[layer], before.layers[layer])
        let normalized = block.attentionNorm.applied(
            to: trace.residual, denominators: trace.attentionDenominators)
        let first = block.attention.firstKey(ofQuery: query)
        let key = query - 1
        let after = try model.run(
            tokens, scoreChanges: [ScoreChange(layer: layer, head: head, query: query, key: key, amount: 1.5)])
        #expect(after.layers[0].patterns == before.layers[0].patterns)
        var scores = block.attention.scores(head: head, query: query, normalized: normalized)
        scores[key - first] += 1.5
        if let cap = block.attention.scoreSoftCap { scores = scores.map { cap * tanh($0 / cap) } }
        let expected = [Float](repeating: 0, count: first) + softmax(scores)
        let row = (head * tokens.count + query) * tokens.count..<(head * tokens.count + query + 1) * tokens.count
        let found = Array(after.layers[layer].patterns[row])
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found) \(expected)")
        #expect(found[key] > trace.patterns[row][row.lowerBound + key] + 0.01)
        for place in trace.patterns.indices where !row.contains(place) {
            #expect(after.layers[layer].patterns[place] == trace.patterns[place])
        }
        #expect(after.finalResidual.row(query - 1).elementsEqual(before.finalResidual.row(query - 1)))
    }

    @Test func `the pairs that raise a score are the strongest of those above 0; random ones are pairs of the score`()
        throws
    {
        let random = try RandomReplacement(RandomModel.all[0], RandomReplacement.Wiring.all[3])
        let local = try random.attributor.localReplacementModel(random.tokens)
        let place = ScorePlace(layer: 2, head: 1, query: 7, key: 6)
        let sources = try random.attributor.scoreSources(place, against: .mean, of: local)
        let all = sources.attribution(10_000_000).pairs
        let raising = sources.raisingPairs(30)
        #expect(raising == Array(all.filter { $0.contribution > 0 }.prefix(30)))
        var numbers = SeededNumbers(seed: 3)
        let drawn = sources.randomPairs(40, using: &numbers)
        #expect(drawn.count == 40)
        for pair in drawn {
            let same = all.first { $0.query == pair.query && $0.key == pair.key }
            #expect(abs((same?.contribution ?? 0) - pair.contribution) < 1e-6)
        }
        #expect(Set(drawn.map { "\($0.query) \($0.key)" }).count == 40)
        var again = SeededNumbers(seed: 3)
        #expect(sources.randomPairs(40, using: &again) == drawn)
        #expect(sources.randomPairs(10_000_000, using: &again).count == sources.attribution(1).pairCount)
    }
}
