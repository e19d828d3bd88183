import Circuits
import LanguageModels
import Testing

@testable import Attribution

@Suite struct `costs of an attribution` {
    @Test(arguments: RandomReplacement.all.map { $0 })
    func `targets that fill their causal cone take the operations they are counted to take`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let replacement = try RandomReplacement(model, wiring)
        // No features, so that every target is at the last position.
        let options = AttributionOptions(maximumFeatureNodes: 0, maximumLogits: 4)
        let result = try replacement.attributor.attribute(replacement.tokens, options: options)
        let counted = AttributionCounts(replacement.attributor, result, options: options)
        #expect(counted.meanReach == 8)
        for phase in [AttributionPhase.sources, .projections, .skips] {
            #expect(result.costs[phase]?.operations ?? 0 == counted.byPhase[phase]?.operations ?? 0, "\(phase)")
        }
        let patterns = try #require(counted.byPhase[.mixing]?.operations)
        // The kernel does not look at windows.
        let hasWindow = replacement.attributor.model.blocks.contains { $0.attention.window != nil }
        #expect(try #require(result.costs[.mixing]?.operations) >= patterns)
        #expect(hasWindow || result.costs[.mixing]?.operations == patterns)
        #expect(result.floatingPointOperations == result.costs.values.reduce(0) { $0 + $1.operations })
    }

    @Test(arguments: RandomReplacement.all.map { $0 })
    func `a feature as target takes the projections of the layers below what it reads`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let replacement = try RandomReplacement(model, wiring)
        for layer in 1...2 {
            let options = AttributionOptions(
                targets: [.feature(id: FeatureID(layer: layer, index: 0))], maximumFeatureNodes: 0)
            let result = try replacement.attributor.attribute(replacement.tokens, options: options)
            let counted = AttributionCounts(replacement.attributor, result, options: options)
            for phase in [AttributionPhase.sources, .projections, .skips] {
                #expect(result.costs[phase]?.operations ?? 0 == counted.byPhase[phase]?.operations ?? 0, "\(phase)")
            }
        }
    }

    @Test func `every phase is counted and measured, and no fewer operations are done than counted`() throws {
        let (model, wiring) = try #require(RandomReplacement.all.first)
        let replacement = try RandomReplacement(model, wiring, length: 60)
        let options = AttributionOptions(maximumFeatureNodes: 50)
        let clock = ContinuousClock()
        let start = clock.now
        let result = try replacement.attributor.attribute(replacement.tokens, options: options, jobs: 2)
        // Processor time of two threads: no phase can have taken more than both had.
        let had = 2 * ((clock.now - start) / .seconds(1))
        #expect(result.costs.values.allSatisfy { $0.seconds <= had })
        let counted = AttributionCounts(replacement.attributor, result, options: options)
        for phase in AttributionPhase.allCases {
            let own = try #require(counted.byPhase[phase], "\(phase)")
            #expect(own.operations > 0 && own.bytes > 0)
            let measured = try #require(result.costs[phase], "\(phase)")
            #expect(measured.seconds > 0)
            #expect(measured.operations == 0 || measured.operations >= own.operations)
        }
    }
}

@Suite struct `memory of an attribution` {
    private static func replacement(limit: Int) throws -> (Attributor, [Int]) {
        let (model, wiring) = try #require(RandomReplacement.all.first)
        let replacement = try RandomReplacement(model, wiring, length: 60)
        var attributor = replacement.attributor
        attributor.memory.limit = limit
        return (attributor, replacement.tokens)
    }

    @Test func `a prompt that needs more than it may is refused with what would fit`() throws {
        let (attributor, tokens) = try Self.replacement(limit: 600_000)
        let options = AttributionOptions(maximumFeatureNodes: 500)
        let refusal = try #require(throws: MemoryError.self) { try attributor.attribute(tokens, options: options) }
        #expect(refusal.tokens == 60 && refusal.needed > refusal.limit && refusal.limit == 600_000)
        #expect(
            refusal.description.hasPrefix(
                "prompt: expected at most 600 kB of memory a prompt beside the weights, found 60 tokens, which need "))
        #expect(!refusal.description.contains("\n"))
        #expect(1..<60 ~= refusal.fittingTokens)
        _ = try attributor.attribute(Array(tokens.prefix(refusal.fittingTokens / 2)), options: options)
    }

    @Test func `where not even one token fits none is offered`() throws {
        let (attributor, tokens) = try Self.replacement(limit: 1)
        let refusal = try #require(throws: MemoryError.self) { try attributor.attribute(tokens) }
        #expect(refusal.fittingTokens == 0 && refusal.fittingNodes ?? 0 == 0)
        #expect(refusal.description.hasSuffix("nothing shorter would fit"))
    }

    @Test func `what fires is not known beforehand, and counts once it is`() throws {
        let options = AttributionOptions()
        let (open, tokens) = try Self.replacement(limit: .max)
        let count = try open.attribute(tokens, options: options).graph.activeFeatures.count
        let (needed, known) = (
            try Self.need(open, 60, features: count, options), try Self.need(open, 60, features: 0, options)
        )
        #expect(known < needed)
        let (exact, _) = try Self.replacement(limit: needed)
        _ = try exact.attribute(tokens, options: options)
        let (less, _) = try Self.replacement(limit: needed - 1)
        let refusal = try #require(throws: MemoryError.self) { try less.attribute(tokens, options: options) }
        let nodes = try #require(refusal.fittingNodes)
        #expect(1..<count ~= nodes)
        var fewer = options
        fewer.maximumFeatureNodes = nodes
        _ = try less.attribute(tokens, options: fewer)
    }

    @Test func `what follows the graph counts, and a prompt that has no room for it is refused`() throws {
        let (open, tokens) = try Self.replacement(limit: .max)
        let options = AttributionOptions(maximumFeatureNodes: 20)
        let count = try open.attribute(tokens, options: options).graph.activeFeatures.count
        func need(_ following: AttributionMemory.Following) -> Int {
            var memory = AttributionMemory()
            memory.following = following
            return MemoryNeed(
                attributor: open, tokenCount: 60, featureCount: count, options: options, jobs: 1, memory: memory
            ).bytes
        }
        let graph = need(AttributionMemory.Following())
        let effects = need(AttributionMemory.Following(effects: true))
        #expect(graph < effects)
        // So many rows of logits that they are what takes most.
        #expect(effects < need(AttributionMemory.Following(effects: true, measuredNodes: 1_000)))
        let heads = need(AttributionMemory.Following(heads: true))
        #expect(max(effects, heads) == need(AttributionMemory.Following(effects: true, heads: true)))
        var attributor = open
        attributor.memory.limit = graph
        _ = try attributor.attribute(tokens, options: options)
        attributor.memory.following.heads = true
        #expect(throws: MemoryError.self) { try attributor.attribute(tokens, options: options) }
        // What is not attributed has nothing that follows.
        _ = try attributor.localReplacementModel(tokens)
    }

    @Test func `a limit makes less be kept before it refuses`() throws {
        let (model, wiring) = try #require(RandomReplacement.all.first)
        let replacement = try RandomReplacement(model, wiring, length: 64)
        var attributor = replacement.attributor
        let options = AttributionOptions(maximumFeatureNodes: 10)
        let usual = MemoryNeed(
            attributor: attributor, tokenCount: 64, featureCount: 0, options: options, jobs: 1,
            memory: AttributionMemory()
        ).bytes
        attributor.memory.limit = usual - 1
        let fitted = try attributor.memory(forTokens: 64, featureCount: nil, options: options, jobs: 1)
        #expect(fitted.keptPatterns == 0 && fitted.keptDecoders == 0)
    }

    /// Of the way that keeps least.
    private static func need(
        _ attributor: Attributor, _ tokens: Int, features: Int, _ options: AttributionOptions
    ) throws -> Int {
        var least = AttributionMemory()
        (least.keptPatterns, least.keptDecoders) = (0, 0)
        return MemoryNeed(
            attributor: attributor, tokenCount: tokens, featureCount: features, options: options, jobs: 1,
            memory: least
        ).bytes
    }
}
