import Testing

@testable import AtlasStore

struct AutomaticLabelTests {
    private static let vocabulary = [" is", " Texas", " Ohio", "\"\n", " Austin", " the", " capital", " of"]

    private func example(
        _ token: Int, after before: [Int32] = [], next: Int = 5, activation: Double = 1
    ) -> AutomaticLabel.Example {
        AutomaticLabel.Example(token: token, before: before[...], next: next, activation: activation)
    }

    private func label(_ examples: [AutomaticLabel.Example], promoted: [Int32] = []) -> String {
        let weights = TokenWeights(vocabularySize: Self.vocabulary.count)
        return AutomaticLabel(examples: examples, promoted: promoted[...], weights: weights)
            .text(quoted: { AutomaticLabel.quoted(Self.vocabulary[$0]) }, frequency: { $0 == 5 ? 0.9 : 0.1 })
    }

    @Test func `a label names the tokens that hold most of the activation, strongest first`() {
        #expect(label([example(0, activation: 5), example(7, activation: 6), example(3)]) == #"on " of", " is""#)
        #expect(label((0..<8).map { example($0) }) == #"on " is", …"#)
        #expect(label([example(3)]) == #"on "\"\n""#)
    }

    @Test func `a label names what stands before far more often than elsewhere`() {
        let examples = [example(0, after: [5, 1, 6, 1]), example(0, after: [5, 1, 6]), example(0, after: [5, 1])]
        #expect(label(examples) == #"on " is" after " Texas", " capital""#)
    }

    @Test func `what stands before nearly as often everywhere is not named, and the most telling comes first`() {
        let contexts = [(token: 1, share: 1), (token: 2, share: 0.6), (token: 6, share: 0.9)].map {
            AutomaticLabel.Context(token: $0.token, share: $0.share)
        }
        // Share times logarithm of the lift: 1.20, 1.80 and, with a lift of 2.9, nothing.
        let frequencies = [1: 0.3, 2: 0.03, 6: 0.9 / 2.9]
        #expect(AutomaticLabel.named(contexts) { frequencies[$0]! } == [2, 1])
    }

    @Test func `a promoted token is named only where it comes next`() {
        let examples = [example(0, next: 4), example(0, next: 5), example(0, next: 4)]
        #expect(label(examples, promoted: [4, 1]) == #"on " is" → " Austin""#)
        #expect(label(examples, promoted: [1, 2]) == #"on " is""#)
    }
}
