import AtlasIndexing
import Circuits
import LanguageModels
import Texts

/// One sentence whose next word is a verb, with the verb in both numbers.
struct AgreementSentence: Sendable {
    let tokens: [Int]
    /// The verb that agrees, its first token.
    let right: Int
    /// The verb in the other number.
    let wrong: Int
    /// What both sentences of a pair share.
    let pair: String
    let isHeldOut: Bool
}

/// The sentences of one kind: both numbers of each, all of as many tokens.
struct AgreementSentences: Sendable {
    let kind: String
    /// Those that neurons are chosen by.
    let fitted: [AgreementSentence]
    /// Those that they are tried on.
    let heldOut: [AgreementSentence]

    /// The partner of each sentence, in the other number.
    let partners: [String: [AgreementSentence]]

    /// The other sentence of a pair.
    func partner(of sentence: AgreementSentence) -> AgreementSentence {
        partners[sentence.pair]!.first { $0.right != sentence.right }!
    }

    /// Reads a corpus's sentences by their tags `kind`, `pair`, `split` and `other_answer`, kind after kind.
    ///
    /// A pair counts when both of its sentences are there and have as many tokens as most of their kind.
    ///
    /// - Parameter limit: sentences held out a kind at most, a seeded choice of pairs
    static func read(_ path: String, tokenizer: (String) -> [Int], start: (String) -> [Int], limit: Int) throws
        -> [AgreementSentences]
    {
        let records = try CorpusSource.file(path: path).records(onMalformed: .fail)
        var order: [String] = []
        var byKind: [String: [AgreementSentence]] = [:]
        while let record = try records.next() {
            guard let kind = record.tags[ExactText("kind")], let pair = record.tags[ExactText("pair")],
                let other = record.tags[ExactText("other_answer")], let split = record.tags[ExactText("split")],
                let right = record.answer.flatMap({ tokenizer($0).first }), let wrong = tokenizer(other).first
            else { continue }
            if byKind[kind] == nil { order.append(kind) }
            byKind[kind, default: []].append(
                AgreementSentence(
                    tokens: start(record.text), right: right, wrong: wrong, pair: pair, isHeldOut: split == "held-out"))
        }
        return order.map { AgreementSentences(kind: $0, byKind[$0]!, limit: limit) }
    }

    private init(kind: String, _ sentences: [AgreementSentence], limit: Int) {
        let lengths = Dictionary(grouping: sentences, by: \.tokens.count)
        let usual = lengths.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.value ?? []
        partners = Dictionary(grouping: usual, by: \.pair).filter { $0.value.count == 2 }
        let whole = usual.filter { [partners] in partners[$0.pair] != nil }
        var numbers = SeededNumbers(seed: 1)
        let pairs = Set(whole.filter(\.isHeldOut).map(\.pair)).sorted().shuffled(using: &numbers).prefix(limit / 2)
        self.kind = kind
        fitted = whole.filter { !$0.isHeldOut }
        heldOut = whole.filter { $0.isHeldOut && pairs.contains($0.pair) }
    }
}
