import Circuits
import Foundation
import GRDB

/// The places where some features fire, read from the postings.
struct StoredPostings {
    private var places: [FeatureID: [StoredExample]] = [:]

    /// Reads those of `features`; each block that holds one of them is unpacked once.
    init(_ db: Database, of features: Set<FeatureID>) throws {
        let wanted = Dictionary(uniqueKeysWithValues: features.map { (NodeKey($0).rawValue, $0) })
        let keys = wanted.keys.sorted()
        guard let first = keys.first, let last = keys.last else { return }
        var places = places
        let blocks = try Row.fetchAll(
            db,
            sql: """
                SELECT block, first_feature, last_feature FROM feature_postings
                WHERE last_feature >= ? AND first_feature <= ? ORDER BY block
                """, arguments: [first, last])
        let reading = try db.makeStatement(sql: "SELECT entries FROM feature_postings WHERE block = ?")
        for block in blocks {
            let (number, first, last): (Int, Int64, Int64) = (block[0], block[1], block[2])
            guard keys[keys.place(notBelow: first)...].first ?? .max <= last,
                let entries = try Data.fetchOne(reading, arguments: [number])
            else { continue }
            for posting in try Self.decode(entries, block: number) {
                guard let feature = wanted[posting.feature] else { continue }
                places[feature, default: []].append(
                    StoredExample(
                        prompt: Int(posting.prompt), position: posting.position, activation: posting.activation))
            }
        }
        self.places = places
    }

    /// The places where a feature fires, by prompt id and position.
    subscript(feature: FeatureID) -> [StoredExample] { places[feature] ?? [] }

    private static func decode(_ entries: Data, block: Int) throws(AtlasError) -> [Posting] {
        do throws(BlockFault) {
            return try PostingBlock.decode(entries)
        } catch {
            throw error.inRow(block, of: "feature_postings.entries")
        }
    }
}
