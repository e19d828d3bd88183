import Circuits
import Foundation
import GRDB
import Texts

/// Adds what files say to an imported atlas.
extension AtlasWriter {
    /// Whether storing a prompt needs a run: its text, its graph or what the corpus calls it is not stored.
    public func needsRun(_ prompt: ImportedPrompt, corpus: String) throws(AtlasError) -> Bool {
        let needsGraph = prompt.facts.graph != nil
        guard try missing(texts: [prompt.facts.text], needGraphs: needsGraph).isEmpty else { return true }
        return try atlas.read("looking up a text") { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT NOT EXISTS (SELECT 1 FROM memberships m JOIN corpora c ON c.id = m.corpus_id
                        JOIN prompts p ON p.id = m.prompt_id
                        WHERE p.content_hash = ? AND c.name = ? AND m.external_id = ?)
                    """,
                arguments: [
                    ContentHash(of: prompt.facts.text).bytes, NameRule.trimmed(corpus), prompt.facts.externalID ?? "",
                ])!
        }
    }

    /// Stores what one file says: all of it or, after an error, nothing.
    ///
    /// What is stored already stays: a text's graph, a feature's label. Importing the same file again changes nothing.
    /// - Parameter run: where ``needsRun(_:corpus:)`` says so
    /// - Throws: `AtlasError.unstorable` where another graph of the text is stored, where a token has another text, and
    ///   for facts that contradict themselves.
    public func commit(_ prompt: ImportedPrompt, run: Int?) throws(AtlasError) -> ImportAdditions {
        precondition(atlas.identity.isImported)
        return try atlas.writeFacts("storing an imported prompt") { db in
            var additions = ImportAdditions()
            try requireSameGraph(prompt.facts, in: db)
            try insert(prompt.tokenTexts, in: db)
            if let run {
                let added = try add([prompt.facts], run: run, in: db)
                additions.prompts = added.prompts
                additions.graphs = added.graphs
            }
            for label in prompt.labels {
                switch try insert(label, in: db) {
                case true?: additions.labels += 1
                case false?: break
                case nil: additions.keptLabels += 1
                }
            }
            for supernode in prompt.supernodes where try insert(supernode, in: db) { additions.supernodes += 1 }
            return additions
        }
    }

    /// Throws where the text has a stored graph that is not this one.
    private func requireSameGraph(_ facts: PromptFacts, in db: Database) throws {
        guard let graph = facts.graph else { return }
        let stored = try Row.fetchOne(
            db,
            sql: "SELECT g.nodes, g.edges FROM graphs g JOIN prompts p ON p.id = g.prompt_id WHERE p.content_hash = ?",
            arguments: [ContentHash(of: facts.text).bytes])
        guard let stored else { return }
        let storable = try StorableGraph(graph, of: facts, identity: atlas.identity)
        guard stored[0] as Data? == storable.nodes, stored[1] as Data? == storable.edges else {
            throw AtlasError.unstorable(
                what: "graph of \(facts.text.quotedInOneLine)", expected: "the graph that is stored of this text",
                found: "another one; an atlas holds one graph of a text")
        }
    }

    /// Adds the tokens that are new; gives those a text that were seen without.
    private func insert(_ texts: [Int: String], in db: Database) throws {
        let select = try db.makeStatement(sql: "SELECT CAST(text AS BLOB) FROM vocabulary WHERE token = ?")
        for (token, text) in texts.sorted(by: { $0.key < $1.key }) {
            let rows = StoredRows(of: "vocabulary", where: "token = ?", [token])
            guard let bytes = try Data.fetchOne(select, arguments: [token]) else {
                try TableDigests.keeping([rows], in: db) {
                    let insertion = try BulkInsertion(db, into: "vocabulary", columns: ["token", "text"])
                    insertion.bind(token)
                    insertion.bind(text)
                    try insertion.step()
                }
                continue
            }
            let stored = String(decoding: bytes, as: UTF8.self)
            guard !text.isEmpty, Self.shown(stored) != Self.shown(text) else { continue }
            guard stored.isEmpty else {
                throw AtlasError.unstorable(
                    what: "token \(token)", expected: "its text in the atlas, \(stored.quotedInOneLine)",
                    found: "\(text.quotedInOneLine); files of one tokenizer agree")
            }
            try TableDigests.keeping([rows], in: db) {
                try db.execute(sql: "UPDATE vocabulary SET text = ? WHERE token = ?", arguments: [text, token])
            }
        }
    }

    /// A token's text as viewers show it: the reference writes signs for what does not show.
    private static func shown(_ text: String) -> ExactText {
        ExactText(text.replacing("\n", with: "⏎").replacing("\t", with: "→").replacing("\r", with: "↵"))
    }

    /// Names a feature that has no name; `false` where it has this one, `nil` where it has another.
    private func insert(_ label: ImportedPrompt.Label, in db: Database) throws -> Bool? {
        let what = "label of feature \(label.feature)"
        try require(label.feature, in: what)
        let name = try Self.name(label.text, of: what)
        try Self.require(note: label.note, of: what)
        let feature: [any DatabaseValueConvertible] = [label.feature.layer, label.feature.index]
        let stored = try String.fetchOne(
            db, sql: "SELECT label FROM labels WHERE layer = ? AND feature_index = ?",
            arguments: StatementArguments(feature))
        if let stored { return ExactText(stored) == ExactText(name) ? false : nil }
        let rows = StoredRows(of: "labels", where: "layer = ? AND feature_index = ?", StatementArguments(feature))
        try TableDigests.keeping([rows], in: db) {
            try db.execute(
                sql: "INSERT INTO labels (layer, feature_index, label, note, updated_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    label.feature.layer, label.feature.index, name, label.note, Date.now.formatted(.iso8601),
                ])
        }
        return true
    }

    /// Keeps a supernode unless it is there, under its other name where its first one is taken.
    private func insert(_ supernode: ImportedPrompt.Supernode, in db: Database) throws -> Bool {
        let members = Set(supernode.members).sorted()
        for given in [supernode.name, supernode.otherName] {
            let name = try Self.name(given, of: "supernode")
            let stored = try Row.fetchAll(
                db,
                sql: """
                    SELECT m.layer, m.feature_index FROM supernodes s JOIN supernode_members m ON m.supernode_id = s.id
                    WHERE s.name = ? ORDER BY m.layer, m.feature_index
                    """,
                arguments: [name])
            if stored.isEmpty {
                try keepSupernode(name, note: "", members: members, in: db)
                return true
            }
            if stored.map({ FeatureID(layer: $0[0], index: $0[1]) }) == members { return false }
        }
        throw AtlasError.unstorable(
            what: "supernode \(supernode.otherName.quotedInOneLine)", expected: "the features that it has",
            found: "others; rename or remove it")
    }
}
