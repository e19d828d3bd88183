import Foundation
import GRDB

/// Writes which prompts a feature covers; see `logit_coverage`.
struct CoverageInsertion {
    private let rows: BulkInsertion
    private let byEffect: Bool

    init(_ db: Database, into place: DerivedSums.Place, byEffect: Bool) throws {
        self.byEffect = byEffect
        rows = try BulkInsertion(
            db, into: place("logit_coverage"), columns: ["by_effect", "token", "node", "held", "graphs"])
    }

    /// Writes one (token, feature), if it covers anything.
    ///
    /// - Parameters:
    ///   - held: the sum over the covered prompts of what the feature holds there
    ///   - graphs: the ids of these prompts' graphs, in any order
    func insert(token: Int, node: NodeKey, held: Double, graphs: [Int]) throws {
        guard !graphs.isEmpty else { return }
        rows.bind(byEffect ? 1 : 0)
        rows.bind(token)
        rows.bind(node.rawValue)
        rows.bind(held)
        rows.bind(GraphIDList.encode(graphs.sorted()))
        try rows.step()
    }
}

/// Chooses each token's covering set from what its features cover: by effects where all its graphs have them and it is the
/// answer of some, else by influence.
struct CoverDerivation {
    private static let coverage = """
        SELECT c.node, c.held, c.graphs
        FROM (SELECT EXISTS (
            SELECT 1 FROM logit_statistics s JOIN logit_effect_statistics e ON e.token = s.token
            WHERE s.token = :token AND e.known_prompts = s.prompt_count
                AND EXISTS (SELECT 1 FROM logit_driver_effects WHERE token = :token)) AS by_effect) k
        CROSS JOIN logit_coverage c ON c.by_effect = k.by_effect AND c.token = :token
        ORDER BY c.node
        """

    /// Chooses for some tokens whose covering sets are not there.
    func run(_ db: Database, tokens: [Int]) throws {
        let rows = try BulkInsertion(
            db, into: "logit_cover", columns: ["token", "rank", "node", "newly_covered", "covered"])
        let coverage = try db.makeStatement(sql: Self.coverage)
        for token in tokens {
            var keys: [Int64] = []
            var candidates: [LogitCover.Candidate] = []
            let found = try Row.fetchCursor(coverage, arguments: ["token": token])
            while let row = try found.next() {
                let graphs: Data = row[2]
                let ids = try Self.decode(graphs, token: token)
                candidates.append(.init(node: UInt32(keys.count), held: row[1], prompts: ids))
                keys.append(row[0])
            }
            for (place, choice) in LogitCover.choose(candidates).enumerated() {
                for value in [token, place + 1] { rows.bind(value) }
                rows.bind(keys[Int(choice.node)])
                for value in [choice.newlyCovered, choice.covered] { rows.bind(value) }
                try rows.step()
            }
        }
    }

    private static func decode(_ graphs: Data, token: Int) throws(AtlasError) -> [UInt32] {
        do throws(BlockFault) {
            let ids = try GraphIDList.decode(graphs)
            guard ids.last ?? 0 < 1 << 32 else { throw BlockFault(expected: "ids below 2^32", found: "larger ones") }
            return ids.map(UInt32.init)
        } catch {
            throw error.inRow(token, of: "logit_coverage.graphs")
        }
    }

    /// Chooses anew for the tokens that an addition tells of.
    func update(_ db: Database, added place: DerivedSums.Place) throws {
        let tokens = """
            SELECT token FROM \(place("logit_statistics")) UNION SELECT token FROM \(place("logit_effect_statistics"))
            """
        let rows = StoredRows(of: "logit_cover", sql: "SELECT * FROM main.logit_cover WHERE token IN (\(tokens))", [])
        try TableDigests.keeping([rows], in: db) {
            try db.execute(sql: "DELETE FROM main.logit_cover WHERE token IN (\(tokens))")
            try run(db, tokens: Int.fetchAll(db, sql: tokens + " ORDER BY token"))
        }
    }
}
