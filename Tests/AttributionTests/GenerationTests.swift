import Foundation
import LanguageModels
import Testing
import Transcoders

@Suite struct generation {
    @Test(arguments: RandomModel.all)
    func `the key-value cache gives the logits of a whole run after every token`(model: RandomModel) throws {
        let random = try RandomReplacement(model, RandomReplacement.Wiring.all[0])
        let model = random.attributor.model
        var cache = KeyValueCache(model)
        var read = 0
        for count in [3, 1, 2, 1, 1] {
            let logits = try model.advance(Array(random.tokens[read..<read + count]), cache: &cache)
            read += count
            let whole = try model.logits(model.run(Array(random.tokens[..<read])), position: read - 1)
            #expect(excess(logits, whole, absolute: 1e-4, relative: 1e-4) <= 1)
        }
        #expect(cache.positionCount == random.tokens.count)
    }

    @Test(arguments: ForwardCase.names)
    func `greedy generation takes the most likely token of a whole run each time`(name: String) throws {
        let golden = try ForwardCase(name)
        var tokens = golden.tokens
        for _ in 0..<12 {
            let logits = try golden.model.logits(golden.model.run(tokens), position: tokens.count - 1)
            tokens.append(try #require(logits.indices.max { logits[$0] < logits[$1] }))
        }
        #expect(try golden.model.generate(golden.tokens, count: 12) == Array(tokens.dropFirst(golden.tokens.count)))
    }

    @Test func `the same seed draws the same tokens, another one others`() throws {
        let golden = try ForwardCase("gpt2")
        func draw(_ seed: UInt64) throws -> [Int] {
            try golden.model.generate(golden.tokens, count: 20, sampling: .random(temperature: 2, seed: seed))
        }
        #expect(try draw(1) == draw(1))
        #expect(try draw(1) != draw(2))
    }

    @Test func `tokens are drawn as often as their probability says`() throws {
        let golden = try ForwardCase("gptneox")
        let logits = try golden.model.logits(golden.model.run(golden.tokens), position: golden.tokens.count - 1)
        let top = try #require(logits.indices.max { logits[$0] < logits[$1] })
        let weights = logits.map { Double($0 - logits[top]) }.map { exp($0) }
        let probability = weights[top] / weights.reduce(0, +)
        let draws = 400
        let hits = try (0..<draws).count { seed in
            try golden.model.generate(golden.tokens, count: 1, sampling: .random(seed: UInt64(seed))) == [top]
        }
        // Five standard deviations of a binomial count.
        let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
        #expect(abs(Double(hits) - Double(draws) * probability) <= 5 * deviation + 1)
    }

    @Test func `drawing among one token, or when cold, is greedy`() throws {
        let golden = try ForwardCase("qwen3-plt_relu")
        let greedy = try golden.model.generate(golden.tokens, count: 10)
        #expect(try golden.model.generate(golden.tokens, count: 10, sampling: .random(limit: 1, seed: 3)) == greedy)
        #expect(
            try golden.model.generate(golden.tokens, count: 10, sampling: .random(temperature: 1e-4, seed: 3)) == greedy
        )
    }

    @Test func `generation ends with a stop token`() throws {
        let golden = try ForwardCase("gemma3-plt_skip")
        let all = try golden.model.generate(golden.tokens, count: 8)
        let stop = all[4]
        let end = try #require(all.firstIndex(of: stop))
        #expect(try golden.model.generate(golden.tokens, count: 8, stops: [stop]) == Array(all[...end]))
    }

    @Test func `more tokens than the context holds are refused, as is a temperature of nothing`() throws {
        let golden = try ForwardCase("gpt2")
        let length = golden.model.configuration.contextLength
        let error = #expect(throws: ModelError.self) { try golden.model.generate(golden.tokens, count: length) }
        #expect(error?.description.contains("expected at most \(length) tokens in all") == true)
        #expect(throws: ModelError.self) {
            try golden.model.generate(golden.tokens, count: 1, sampling: .random(temperature: 0, seed: 1))
        }
    }

    @Test func `what stands in for an MLP does so at every generated position`() throws {
        let golden = try ForwardCase("llama-plt_relu")
        var seen: [Int] = []
        _ = try golden.model.generate(golden.tokens, count: 3) { layer, reading, mlp in
            if layer == 0 { seen += (0..<reading.residual.rowCount).map { reading.firstPosition + $0 } }
            return mlp()
        }
        #expect(seen == Array(0..<golden.tokens.count + 2))
    }
}
