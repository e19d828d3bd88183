import AtlasStore
import Circuits
import GRDB
import Texts

/// Several features that people treat as one.
public struct StoredSupernode: Codable, Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Anything longer; may be empty.
    public let note: String
    /// Its features, ascending.
    public let members: [FeatureID]

    /// Names some features.
    public init(name: String, note: String, members: [FeatureID]) {
        self.name = name
        self.note = note
        self.members = members
    }
}

/// The supernodes that people keep.
extension AtlasReader {
    static let allSupernodes = """
        SELECT s.name, s.note, m.layer, m.feature_index
        FROM supernodes s JOIN supernode_members m ON m.supernode_id = s.id ORDER BY s.name, m.layer, m.feature_index
        """

    /// Every supernode, by name.
    public func supernodes() throws -> [StoredSupernode] {
        try ask("listing supernodes") { db in
            var supernodes: [StoredSupernode] = []
            for row in try StoredRow.fetchAll(db, sql: Self.allSupernodes) {
                let member = try storedFeature(in: row)
                let name: String = try row["name"]
                if let last = supernodes.last, ExactText(last.name) == ExactText(name) {
                    supernodes[supernodes.count - 1] = StoredSupernode(
                        name: name, note: last.note, members: last.members + [member])
                } else {
                    try supernodes.append(StoredSupernode(name: name, note: row["note"], members: [member]))
                }
            }
            return supernodes
        }
    }

    /// The supernode of this name.
    ///
    /// - Throws: ``QuestionError/unknownSupernode(name:nearest:)``
    public func supernode(_ name: String) throws -> StoredSupernode {
        let all = try supernodes()
        let wanted = ExactText(NameRule.trimmed(name))
        guard let found = all.first(where: { ExactText($0.name) == wanted }) else {
            throw QuestionError.unknownSupernode(name: name, nearest: Self.offered(name, among: all.map(\.name)))
        }
        return found
    }
}
