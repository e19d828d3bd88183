import AtlasStore
import Foundation
import GRDB

/// Whether an atlas is sound: what was looked at, and what is wrong.
public struct VerificationReport: Codable, Sendable, Equatable {
    /// What is wrong, one sentence each; empty for a sound atlas.
    public var problems: [String] = []
    /// The ids of the prompts whose facts are not what was stored.
    public var damagedPrompts: [Int] = []
    /// How many packed columns were unpacked.
    public var blockCount = 0
    /// Whether facts have come in since the last derivation, so that derived rows were not compared with them.
    public var isStale = false

    /// How many derived rows and entries were compared with those of a copy derived anew; `nil` where that was not asked.
    public var comparedRows: Int?
    /// The largest relative difference of two sums that agree within rounding; `nil` where that was not asked.
    public var largestRounding: Double?

    /// Whether nothing is wrong.
    public var isSound: Bool { problems.isEmpty }
}

/// A complete check of the file: SQLite's own, the schema, every digest, every block, derived rows against facts.
extension AtlasReader {
    /// Checks the whole file; problems are told, not thrown.
    ///
    /// - Parameter derivingAnew: whether what is derived is compared with a copy that is derived anew, in the temporary
    ///   folder; see `DerivedComparison`. Where facts have come in since it was derived, they are what differs.
    /// - Complexity: reads every page a few times, and unpacks every block
    public func verify(derivingAnew: Bool = false) throws -> VerificationReport {
        var report = try verifyFile()
        guard derivingAnew, report.isSound else { return report }
        let state = try atlas.read("looking at what is derived") { db in try AtlasDerivation.state(db) }
        switch state {
        case .missing: report.problems.append("derived: nothing is, so nothing was compared; derive first")
        case .earlier:
            report.problems.append("derived: by an earlier program, so nothing was compared; derive again")
        case .complete: break
        }
        guard state == .complete else { return report }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let comparison = try DerivedComparison.run(atlas, copyingTo: folder.path)
        report.problems += comparison.problems.map { "derived: \($0); derive again" }
        report.comparedRows = comparison.rowCount
        report.largestRounding = comparison.largestRounding.share
        return report
    }

    private func verifyFile() throws -> VerificationReport {
        var report: VerificationReport?
        do {
            try ask("verifying") { db in
                let check = AtlasCheck.run(db, identity: atlas.identity, shards: atlas.shards)
                var damaged: [Int] = []
                for case .prompt(let id) in check.damage.map(\.place) where damaged.last != id { damaged.append(id) }
                report = VerificationReport(
                    problems: check.damage.map(\.description), damagedPrompts: damaged, blockCount: check.blockCount,
                    isStale: (try? AtlasDerivation.isStale(db)) ?? true)
            }
        } catch {
            // After a page that cannot be read SQLite may refuse to end the reading; what was found is told all the same.
            guard var found = report else { throw error }
            found.problems.append("\(error)")
            return found
        }
        guard let report else { preconditionFailure("a check that ended has a report") }
        return report
    }
}
