import AtlasStore
import Circuits
import GRDB

/// Asks an atlas questions; each question is an extension in a file of its own, beside its answer.
///
///     let reader = AtlasReader(try Atlas.open("demo.atlas", mode: .readOnly))
///     let report = try reader.drivers(of: reader.token(" Austin"))
///
/// Every question reads one consistent state of the file and changes nothing. Questions about derived numbers are refused
/// until ``AtlasDerivation`` has run; afterwards they answer as of the last run, and ``AtlasInformation/isStale`` tells
/// whether facts have come in since.
public struct AtlasReader: Sendable {
    /// The atlas that is asked.
    public let atlas: Atlas

    /// Asks an open atlas.
    public init(_ atlas: Atlas) {
        self.atlas = atlas
    }

    /// Runs `body` on one consistent state, and keeps the errors of questions apart from those of the file.
    func ask<Answer>(_ operation: String, _ body: (Database) throws -> Answer) throws -> Answer {
        let result = try atlas.read(operation) { db -> Result<Answer, QuestionError> in
            do {
                return .success(try body(db))
            } catch let error as QuestionError {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Throws unless the derived tables have been built.
    func requireDerivation(_ db: Database) throws {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM derivation)") == true else {
            throw QuestionError.notDerived(path: atlas.path)
        }
    }

    /// What a token decodes to alone; an id outside the vocabulary, which only damage explains, is told as such.
    func text(of token: Int) -> String {
        atlas.identity.vocabulary.indices ~= token ? atlas.identity.vocabulary[token] : "<no token \(token)>"
    }
}

extension NodeName {
    /// The name of a node whose key stands in the database.
    init(_ key: NodeKey, vocabulary: [String]) {
        let token = key.token
        self.init(
            kind: "\(key.kind)", feature: key.feature, layer: key.kind == .error ? key.layer : nil, token: token,
            text: token.flatMap { vocabulary.indices ~= $0 ? vocabulary[$0] : nil })
    }
}
