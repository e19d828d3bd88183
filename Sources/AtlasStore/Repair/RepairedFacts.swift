import Foundation
import GRDB

/// Leaves in a salvaged atlas what is sound, and makes its digests anew.
struct RepairedFacts {
    let identity: AtlasIdentity

    /// Removes damaged prompts and what points at nothing, and tells what is to be looked at.
    ///
    /// - Returns: the digests of tables that only the model can put right, as they were recorded
    func keepSound(_ db: Database, _ report: inout AtlasRepair.Report) throws -> [(table: String, digest: Digest)] {
        try restoreRuns(db, &report)
        try removeStrays(db, &report)
        try removePrompts(db, &report)
        let kept = try settleTables(db, &report)
        for index in ["prompt_search", "supernode_search"] {
            try db.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('rebuild')")
        }
        try db.execute(
            sql: "DELETE FROM label_search; INSERT INTO label_search (rowid, label, note) "
                + "SELECT (layer << 24 | feature_index) * 2, label, note FROM labels")
        try DigestRecording.recordAll(db)
        return kept
    }

    /// Puts rows in the place of runs and corpora that are gone, so that their prompts can stay.
    private func restoreRuns(_ db: Database, _ report: inout AtlasRepair.Report) throws {
        try db.execute(
            sql: """
                INSERT INTO runs (id, corpus_id, started_at, program_version, options)
                SELECT run_id, (SELECT coalesce(min(id), 1) FROM corpora), '', '', '{}'
                FROM (SELECT run_id FROM prompts UNION SELECT run_id FROM graphs)
                WHERE run_id NOT IN (SELECT id FROM runs)
                """)
        if db.changesCount > 0 {
            report.notes.append("runs: \(db.changesCount) rows were lost; empty ones stand for them")
        }
        try db.execute(
            sql: """
                INSERT INTO corpora (id, name) SELECT corpus_id, 'recovered ' || corpus_id
                FROM (SELECT corpus_id FROM runs UNION SELECT corpus_id FROM memberships)
                WHERE corpus_id NOT IN (SELECT id FROM corpora)
                """)
        if db.changesCount > 0 { report.notes.append("corpora: \(db.changesCount) names were lost") }
    }

    /// Removes rows that point at nothing.
    private func removeStrays(_ db: Database, _ report: inout AtlasRepair.Report) throws {
        let strays = [
            ("graphs", "prompt_id NOT IN (SELECT id FROM prompts)"),
            ("memberships", "prompt_id NOT IN (SELECT id FROM prompts)"),
            ("tags", "prompt_id NOT IN (SELECT id FROM prompts)"),
            ("logit_targets", "graph_id NOT IN (SELECT id FROM graphs)"),
            ("custom_targets", "graph_id NOT IN (SELECT id FROM graphs)"),
            ("node_effects", "graph_id NOT IN (SELECT id FROM graphs)"),
            ("measured_effects", "graph_id NOT IN (SELECT graph_id FROM node_effects)"),
            ("edge_heads", "graph_id NOT IN (SELECT id FROM graphs)"),
            ("supernode_members", "supernode_id NOT IN (SELECT id FROM supernodes)"),
            ("supernodes", "id NOT IN (SELECT supernode_id FROM supernode_members)"),
            ("labels", Self.unknownFeature(identity)), ("supernode_members", Self.unknownFeature(identity)),
            ("token_effects", Self.unknownFeature(identity)),
        ]
        for (table, condition) in strays {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(condition)")
            if db.changesCount > 0 { report.notes.append("\(table): \(db.changesCount) rows that belong to nothing") }
        }
    }

    private static func unknownFeature(_ identity: AtlasIdentity) -> String {
        "NOT (layer BETWEEN 0 AND \(identity.layerCount - 1) "
            + "AND feature_index BETWEEN 0 AND \(identity.featuresPerLayer - 1))"
    }

    /// Removes every prompt whose facts are not what was stored, and names it; those that are gone already, too.
    private func removePrompts(_ db: Database, _ report: inout AtlasRepair.Report) throws {
        let recorded = try Set(Int.fetchAll(db, sql: "SELECT prompt_id FROM prompt_digests"))
        let stored = try Set(Int.fetchAll(db, sql: "SELECT id FROM prompts"))
        var reasons: [Int: [String]] = [:]
        for id in recorded.subtracting(stored) { reasons[id] = ["it cannot be read"] }
        for found in AtlasCheck.run(db, identity: identity).damage {
            if case .prompt(let id) = found.place { reasons[id, default: []].append(found.what) }
        }
        let overlooked = try Int.fetchAll(
            db,
            sql: """
                SELECT id FROM prompts p WHERE predicted_token NOT IN (SELECT token FROM vocabulary)
                    OR answer_token NOT IN (SELECT token FROM vocabulary)
                """)
        for id in overlooked { reasons[id, default: []].append("a token that is not in the vocabulary") }
        let text = try db.makeStatement(sql: "SELECT text FROM prompts WHERE id = ?")
        for (id, reason) in reasons.sorted(by: { $0.key < $1.key }) {
            report.setAside.append(
                .init(id: id, text: try String.fetchOne(text, arguments: [id]), reason: reason.joined(separator: "; ")))
            for table in ["edge_heads", "measured_effects", "node_effects", "logit_targets", "custom_targets"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE graph_id IN (SELECT id FROM graphs WHERE prompt_id = ?)",
                    arguments: [id])
            }
            for table in ["graphs", "tags", "memberships", "prompt_digests"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE prompt_id = ?", arguments: [id])
            }
            try db.execute(sql: "DELETE FROM prompts WHERE id = ?", arguments: [id])
        }
    }

    /// Decides about tables whose rows belong to no prompt.
    private func settleTables(
        _ db: Database, _ report: inout AtlasRepair.Report
    ) throws -> [(table: String, digest: Digest)] {
        var kept: [(table: String, digest: Digest)] = []
        for table in TableDigests.facts + TableDigests.names {
            let recorded = try TableDigests.read(table, in: db)
            guard let recorded else {
                report.notes.append("\(table): its digest is lost; kept as it can be read")
                continue
            }
            guard try StoredRows(allOf: table).digest(db) != recorded else { continue }
            switch table {
            case "token_effects", "baselines":
                try db.execute(sql: "DELETE FROM \(table)")
                report.notes.append("\(table): not what was stored; all left out, indexing makes them again")
            case "atlas", "vocabulary", "neuron_basis":
                kept.append((table, recorded))
                report.notes.append("\(table): not what was stored; indexing with the model puts it right")
            default:
                report.notes.append("\(table): not what was stored; kept as it can be read: look at it")
            }
        }
        return kept
    }
}
