import ArgumentParser
import AtlasQuery
import AtlasStore
import Circuits
import GRDB

/// A question that is measured.
struct Question {
    /// What is asked.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case drivers, feature, upstream, downstream, edge, search, circuit
        case globalCircuit, correlated, operands, similar, invariant, diff, contrast, wholeDiff
        case families, failures, motifs, allOperands

        /// What pages call it.
        var title: String {
            switch self {
            case .circuit: "circuit of 50 nodes"
            case .globalCircuit: "circuit of 50 nodes by TWERA"
            case .wholeDiff: "diff of whole groups"
            case .allOperands: "operands of all features"
            case .families: "families of 5,000 prompts"
            case .motifs: "motifs of 200 graphs"
            default: rawValue
            }
        }

        /// Whether it reads many prompts, so that a few of a kind tell enough.
        var readsMany: Bool {
            switch self {
            case .drivers, .feature, .upstream, .downstream, .edge, .search, .circuit: false
            default: true
            }
        }
    }

    let kind: Kind
    /// A token's or a prompt's id, a feature, two features, a filter, two filters, or words.
    let argument: String

    /// Asks it and throws the answer away.
    func ask(_ reader: AtlasReader) throws {
        switch kind {
        case .drivers: _ = try reader.drivers(of: Int(argument) ?? 0)
        case .feature: _ = try reader.feature(feature(argument))
        case .upstream: _ = try reader.upstream(of: feature(argument))
        case .downstream: _ = try reader.downstream(of: feature(argument))
        case .edge:
            let ends = words.map { NodeKey(feature($0)) }
            _ = try reader.edge(from: ends[0], to: ends[1])
        case .search: _ = try reader.search(argument)
        case .circuit: _ = try reader.circuit(from: .token(Int(argument) ?? 0))
        case .globalCircuit:
            _ = try reader.circuit(from: .token(Int(argument) ?? 0), weights: GeneratedWeights())
        case .correlated: _ = try reader.correlated(with: feature(argument))
        case .operands: _ = try reader.operands(of: feature(argument))
        case .allOperands: _ = try reader.operandRanking()
        case .similar: _ = try reader.similar(to: Int(argument) ?? 0)
        case .invariant: _ = try reader.invariant(filter(argument))
        case .diff: _ = try reader.diff(filter(words[0]), filter(words[1]))
        case .wholeDiff:
            var options = DiffOptions()
            options.promptLimit = Int.max
            _ = try reader.diff(filter(argument), nil, options: options)
        case .contrast: _ = try reader.contrast(filter(words[0]), filter(words[1]), pairedBy: "pair")
        case .families: _ = try reader.families()
        case .failures: _ = try reader.failures()
        case .motifs: _ = try reader.motifs()
        }
    }

    private var words: [Substring] { argument.split(separator: " ") }

    private func feature(_ text: some StringProtocol) -> FeatureID { FeatureID(text) ?? FeatureID(layer: 0, index: 0) }

    private func filter(_ text: some StringProtocol) -> PromptFilter { PromptFilter(String(text)) ?? .all }
}

/// Chooses random questions that have an answer.
struct QuestionChoice {
    private let reader: AtlasReader

    init(_ reader: AtlasReader) { self.reader = reader }

    /// `count` questions of each kind, `few` of those that read many prompts: a token, a feature, a pair or a topic is as
    /// likely as any other of the atlas.
    func pick(_ count: Int, few: Int) throws -> [Question] {
        try reader.atlas.read("choosing questions") { db in
            var generator = SeededNumbers(seed: 3)
            let tokens = try Int.fetchAll(db, sql: "SELECT token FROM logit_statistics ORDER BY token")
            let features = try Row.fetchAll(
                db, sql: "SELECT layer, feature_index FROM feature_statistics ORDER BY layer, feature_index"
            ).map { FeatureID(layer: $0[0], index: $0[1]) }
            let targets = try Int64.fetchAll(
                db, sql: "SELECT DISTINCT target FROM aggregated_edges WHERE target < 1 << 40 ORDER BY target")
            let prompts = try Int.fetchAll(db, sql: "SELECT id FROM prompts ORDER BY id")
            let topics = try String.fetchAll(
                db, sql: "SELECT value FROM tags WHERE name = 'topic' GROUP BY value HAVING count(*) > 1 ORDER BY 1")
            var questions: [Question] = []
            for _ in 0..<count {
                let token = "\(tokens.randomElement(using: &generator)!)"
                let feature = "\(features.randomElement(using: &generator)!)"
                questions += [
                    Question(kind: .drivers, argument: token), Question(kind: .circuit, argument: token),
                    Question(kind: .feature, argument: feature), Question(kind: .upstream, argument: feature),
                    Question(kind: .downstream, argument: feature),
                    Question(kind: .search, argument: "word\(Int.random(in: 0..<32_000, using: &generator))"),
                ]
                questions.append(try edge(among: targets, using: &generator, db))
            }
            for _ in 0..<few {
                let feature = "\(features.randomElement(using: &generator)!)"
                let pair = topics.shuffled(using: &generator).prefix(2).map { "topic=\($0)" }
                let both = pair.joined(separator: " ")
                questions += [
                    Question(kind: .globalCircuit, argument: "\(tokens.randomElement(using: &generator)!)"),
                    Question(kind: .correlated, argument: feature), Question(kind: .operands, argument: feature),
                    Question(kind: .similar, argument: "\(prompts.randomElement(using: &generator)!)"),
                    Question(kind: .invariant, argument: pair[0]), Question(kind: .diff, argument: both),
                    Question(kind: .contrast, argument: both), Question(kind: .wholeDiff, argument: pair[0]),
                ]
            }
            return questions
                + [.families, .failures, .motifs, .allOperands].map { Question(kind: $0, argument: "") }
        }
    }
    /// A stored edge between two features: a random target that has one, and one of its sources.
    private func edge(
        among targets: [Int64], using generator: inout SeededNumbers, _ db: Database
    ) throws -> Question {
        while true {
            let target = targets.randomElement(using: &generator)!
            let sources = try Int64.fetchAll(
                db, sql: "SELECT source FROM aggregated_edges WHERE target = ? AND source < 1 << 40",
                arguments: [target])
            if let source = sources.randomElement(using: &generator),
                let from = NodeKey(rawValue: source).feature, let to = NodeKey(rawValue: target).feature
            {
                return Question(kind: .edge, argument: "\(from) \(to)")
            }
        }
    }
}
