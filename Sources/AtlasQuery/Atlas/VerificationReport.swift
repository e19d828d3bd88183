import AtlasStore
import Circuits
import Foundation
import GRDB

/// Whether an atlas is sound: what was looked at, and what is wrong.
public struct VerificationReport: Codable, Sendable, Equatable {
    /// What is wrong, one sentence each; empty for a sound atlas.
    public var problems: [String] = []
    /// How many packed columns were unpacked.
    public var blockCount = 0
    /// Whether facts have come in since the last derivation, so that derived rows were not compared with them.
    public var isStale = false

    /// Whether nothing is wrong.
    public var isSound: Bool { problems.isEmpty }
}

/// A complete check of the file: SQLite's own, foreign keys, every block, derived rows against facts.
extension AtlasReader {
    /// Checks the whole file; problems are told, not thrown.
    ///
    /// - Complexity: reads every page once or twice, and unpacks every block
    public func verify() throws -> VerificationReport {
        var baselines = VerificationReport()
        for key in try atlas.baselineKeys() {
            baselines.blockCount += 1
            do throws(AtlasError) { _ = try atlas.baseline(key) } catch { baselines.problems.append("\(error)") }
        }
        return try ask("verifying") { db in
            var report = baselines
            report.problems += try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                .map { "integrity check: \($0)" }
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
                let (table, parent): (String, String) = (row["table"], row["parent"])
                report.problems.append("foreign keys: a row of \(table) points at no row of \(parent)")
            }
            try verifyPrompts(db, &report)
            let edgeCount = try verifyGraphs(db, &report)
            report.isStale = try AtlasDerivation.isStale(db)
            try verifyDerived(db, edgeCount: edgeCount, &report)
            return report
        }
    }

    private func verifyPrompts(_ db: Database, _ report: inout VerificationReport) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, text, content_hash, token_count, activation_count, tokens, activations FROM prompts")
        while let row = try rows.next() {
            let id: Int = row["id"]
            if ContentHash(of: row["text"]).bytes != row["content_hash"] as Data {
                report.problems.append("prompts, row \(id): its content hash is not that of its text")
            }
            check(&report, "prompts.tokens", row: id, expected: row["token_count"]) { () throws(AtlasError) in
                try tokens(row["tokens"], prompt: id).count
            }
            check(&report, "prompts.activations", row: id, expected: row["activation_count"]) {
                () throws(AtlasError) in
                try activations(row["activations"], prompt: id, positions: row["token_count"]).count
            }
        }
    }

    /// - Returns: how many edges are aggregated: all but those to targets that are no single token
    private func verifyGraphs(_ db: Database, _ report: inout VerificationReport) throws -> Int {
        var edgeCount = 0
        for prompt in try Int.fetchAll(db, sql: "SELECT prompt_id FROM graphs ORDER BY id") {
            report.blockCount += 3
            do {
                let graph = try storedGraph(of: prompt, withEffects: true, db)
                let row = try Row.fetchOne(
                    db, sql: "SELECT id, node_count, edge_count FROM graphs WHERE prompt_id = ?", arguments: [prompt])!
                if graph.nodes.count != row["node_count"] || graph.edges.count != row["edge_count"] {
                    report.problems.append("graphs, row \(row["id"] as Int): its counts are not those of its blocks")
                }
                if let effects = graph.effects { report.blockCount += effects.measured.isEmpty ? 2 : 3 }
                edgeCount += graph.edges.count { !graph.isCustomTarget($0.target) }
            } catch let error as AtlasError {
                report.problems.append("\(error)")
            }
        }
        return edgeCount
    }

    private func verifyDerived(_ db: Database, edgeCount: Int, _ report: inout VerificationReport) throws {
        var postings = 0
        let blocks = try Row.fetchCursor(db, sql: "SELECT block, entry_count, entries FROM feature_postings")
        while let row = try blocks.next() {
            check(&report, "feature_postings.entries", row: row["block"], expected: row["entry_count"]) {
                () throws(AtlasError) in
                let count = try decode("feature_postings.entries", row: row["block"]) { () throws(BlockFault) in
                    try PostingBlock.decode(row["entries"] as Data).count
                }
                postings += count
                return count
            }
        }
        for table in ["feature_statistics", "feature_negative_tails"] {
            let histograms = try Row.fetchCursor(db, sql: "SELECT feature_index, histogram FROM \(table)")
            while let row = try histograms.next() {
                let (name, feature) = ("\(table).histogram", row["feature_index"] as Int)
                check(&report, name, row: feature, expected: HistogramBlock.binCount) { () throws(AtlasError) in
                    try decode(name, row: feature) { () throws(BlockFault) in
                        try HistogramBlock.decode(row["histogram"] as Data).count
                    }
                }
            }
        }
        guard !report.isStale else { return }
        let facts = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT coalesce(sum(activation_count), 0) FROM prompts) AS activations,
                    (SELECT count(*) FROM (SELECT DISTINCT graph_id, token FROM logit_targets)) AS targets,
                    (SELECT count(*) FROM feature_examples WHERE prompt_id NOT IN (SELECT id FROM prompts))
                        + (SELECT count(*) FROM feature_negative_examples
                            WHERE prompt_id NOT IN (SELECT id FROM prompts)) AS orphans,
                    (SELECT coalesce(sum(active_tokens), 0) FROM feature_statistics) AS active_tokens,
                    (SELECT coalesce(sum(occurrences), 0) FROM aggregated_edges) AS occurrences,
                    (SELECT coalesce(sum(prompt_count), 0) FROM logit_statistics) AS explained
                """)!
        let comparisons: [(String, Int, Int)] = [
            ("feature statistics count activations", facts["active_tokens"], facts["activations"]),
            ("postings hold activations", postings, facts["activations"]),
            ("aggregated edges count edges", facts["occurrences"], edgeCount),
            ("logit statistics count targets", facts["explained"], facts["targets"]),
            ("examples without their prompt", facts["orphans"], 0),
        ]
        for (what, found, expected) in comparisons where found != expected {
            report.problems.append("derived rows: \(what): expected \(expected), found \(found); derive again")
        }
    }

    /// Unpacks a block and compares how many elements it has with what its row says.
    private func check(
        _ report: inout VerificationReport, _ table: String, row: Int, expected: Int,
        _ count: () throws(AtlasError) -> Int
    ) {
        report.blockCount += 1
        do throws(AtlasError) {
            let found = try count()
            guard found != expected else { return }
            report.problems.append("\(table), row \(row): expected \(expected) elements, found \(found)")
        } catch {
            report.problems.append("\(error)")
        }
    }
}
