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

        /// What pages call it.
        var title: String { self == .circuit ? "circuit of 50 nodes" : rawValue }
    }

    let kind: Kind
    /// A token's id, a feature, two features, or words.
    let argument: String

    /// Asks it and throws the answer away.
    func ask(_ reader: AtlasReader) throws {
        switch kind {
        case .drivers: _ = try reader.drivers(of: Int(argument) ?? 0)
        case .feature: _ = try reader.feature(feature(argument))
        case .upstream: _ = try reader.upstream(of: feature(argument))
        case .downstream: _ = try reader.downstream(of: feature(argument))
        case .edge:
            let ends = argument.split(separator: " ").map { NodeKey(feature($0)) }
            _ = try reader.edge(from: ends[0], to: ends[1])
        case .search: _ = try reader.search(argument)
        case .circuit: _ = try reader.circuit(from: .token(Int(argument) ?? 0))
        }
    }

    private func feature(_ text: some StringProtocol) -> FeatureID { FeatureID(text) ?? FeatureID(layer: 0, index: 0) }
}

/// Chooses random questions that have an answer.
struct QuestionChoice {
    private let reader: AtlasReader

    init(_ reader: AtlasReader) { self.reader = reader }

    /// `count` questions of each kind: a token, a feature or a pair is as likely as any other of the atlas.
    func pick(_ count: Int) throws -> [Question] {
        try reader.atlas.read("choosing questions") { db in
            var generator = SeededNumbers(seed: 3)
            let tokens = try Int.fetchAll(db, sql: "SELECT token FROM logit_statistics ORDER BY token")
            let features = try Row.fetchAll(
                db, sql: "SELECT layer, feature_index FROM feature_statistics ORDER BY layer, feature_index"
            ).map { FeatureID(layer: $0[0], index: $0[1]) }
            let targets = try Int64.fetchAll(
                db, sql: "SELECT DISTINCT target FROM aggregated_edges WHERE target < 1 << 40 ORDER BY target")
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
            return questions
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
