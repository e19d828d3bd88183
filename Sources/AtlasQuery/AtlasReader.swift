import AtlasStore
import Circuits
import GRDB
import Tensors

/// Asks an atlas questions; each question is an extension in a file of its own, beside its answer.
///
///     let reader = AtlasReader(try Atlas.open("demo.atlas", mode: .readOnly))
///     let report = try reader.drivers(of: reader.token(" Austin"))
///
/// Every question reads one consistent state of the file and changes nothing. Questions about derived numbers are refused
/// until `AtlasDerivation` has run; afterwards they answer as of the last run, and ``AtlasInformation/isStale`` tells
/// whether facts have come in since.
public struct AtlasReader: Sendable {
    /// The atlas that is asked.
    public let atlas: Atlas

    /// Asks an open atlas.
    public init(_ atlas: Atlas) {
        self.atlas = atlas
    }

    /// Runs `body` on one consistent state, and keeps the errors of questions apart from those of the file.
    ///
    /// Statements end soon after the running ``Cancellation`` asks for it. What takes long and needs no more of the file
    /// belongs after `body`: a state that is read holds a connection, and the log behind it.
    ///
    /// - Throws: ``Cancelled`` where the question should end
    package func ask<Answer>(_ operation: String, _ body: (Database) throws -> Answer) throws -> Answer {
        try Cancellation.check()
        let result = try atlas.read(operation) { db -> Result<Answer, any Error> in
            do {
                return .success(try db.interruptible(by: Cancellation.current) { try body(db) })
            } catch let error as QuestionError {
                return .failure(error)
            } catch let error as Cancelled {
                return .failure(error)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
                guard let reason = Cancellation.current?.reason else { throw error }
                return .failure(reason)
            }
        }
        return try result.get()
    }

    /// Throws unless the derived tables have been built.
    package func requireDerivation(_ db: Database) throws {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM derivation)") == true else {
            throw QuestionError.notDerived(path: atlas.path)
        }
    }

    /// Throws where prompts were imported from pruned graphs, which do not tell where a feature is silent.
    func requireAllActivations(for question: String, _ db: Database) throws {
        guard atlas.identity.isImported else { return }
        let isPartial = try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE json_extract(options, '$.import') = 'graphs')")
        guard isPartial == false else { throw QuestionError.needsActivations(question: question) }
    }

    /// What a token decodes to alone; an id outside the vocabulary, which only damage explains, is told as such.
    package func text(of token: Int) -> String {
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
