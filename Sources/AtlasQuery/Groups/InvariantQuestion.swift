import AtlasStore
import Circuits
import GRDB

/// What the prompts of a group have in common.
extension AtlasReader {
    static let promptDensities = """
        SELECT layer, feature_index, active_prompts FROM feature_statistics ORDER BY layer, feature_index
        """
    static let derivedPromptCount = "SELECT prompt_count FROM derivation"

    /// The features active in at least a share of a group, with their density outside, and those that never are.
    ///
    /// Only the group is read; what lies outside is the derived statistics less the group.
    ///
    /// - Parameters:
    ///   - filter: the group
    ///   - share: in 0…1
    ///   - limit: how many features of each kind are told
    public func invariant(_ filter: PromptFilter, share: Double = 0.9, limit: Int = 20) throws -> InvariantReport {
        precondition(0...1 ~= share, "a share in 0…1, found \(share)")
        return try ask("asking what a group has in common") { db in
            try requireAllActivations(for: "what a group has in common", db)
            try requireDerivation(db)
            let ids = try prompts(where: filter, needGraphs: false, db)
            let total = try Int.fetchOne(db, sql: Self.derivedPromptCount) ?? 0
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM prompts") == total else {
                throw QuestionError.staleStatistics(path: atlas.path)
            }
            let outside = total - ids.count
            let incidence = try featureMaxima(of: ids, db).sorted()
            let places = Dictionary(uniqueKeysWithValues: incidence.keys.enumerated().map { ($1, $0) })
            var invariant: [InvariantReport.Row] = []
            var absent: [InvariantReport.Row] = []
            let densities = try StoredRow.fetchCursor(db, sql: Self.promptDensities)
            while let row = try densities.next() {
                let feature = try storedFeature(in: row)
                let entries = places[feature].map { incidence[$0] } ?? []
                guard entries.isEmpty || Double(entries.count) >= share * Double(ids.count) else { continue }
                let outsideCount: Int = try row["active_prompts"] - entries.count
                let insideShare = Double(entries.count) / Double(ids.count)
                let outsideShare = outside > 0 ? Double(outsideCount) / Double(outside) : 0
                let found = InvariantReport.Row(
                    feature: feature, label: nil, labelIsAutomatic: false, insideCount: entries.count,
                    insideShare: insideShare, outsideCount: outsideCount, outsideShare: outsideShare,
                    lift: outsideCount > 0 ? insideShare / outsideShare : nil,
                    meanMaximum: entries.isEmpty
                        ? 0 : entries.reduce(0) { $0 + $1.value } / Double(entries.count))
                if entries.isEmpty { absent.append(found) } else { invariant.append(found) }
            }
            invariant.sort {
                ($1.lift ?? .infinity, $1.insideCount, $0.feature) < ($0.lift ?? .infinity, $0.insideCount, $1.feature)
            }
            absent.sort { ($1.outsideCount, $0.feature) < ($0.outsideCount, $1.feature) }
            // Most rows are never told, so only those that are get their labels looked up.
            func told(_ rows: [InvariantReport.Row]) throws -> [InvariantReport.Row] {
                try rows.prefix(limit).map { row in
                    var row = row
                    let label = try shownLabel(of: row.feature, db)
                    (row.label, row.labelIsAutomatic) = (label.label, label.isAutomatic)
                    return row
                }
            }
            return InvariantReport(
                filter: "\(filter)", promptCount: ids.count, outsideCount: outside, share: share,
                invariantCount: invariant.count, features: try told(invariant), absentCount: absent.count,
                absent: try told(absent))
        }
    }
}
