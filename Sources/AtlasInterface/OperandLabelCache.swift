import AtlasQuery
import Circuits
import Foundation
import Synchronization

/// Keeps what features are called by operands until the atlas's file changes: each costs reading all places where it fires.
final class OperandLabelCache: Sendable {
    /// Features whose labels are kept; beyond, all are forgotten and asked for anew.
    private static let limit = 100_000

    private struct Kept {
        var state: [String]
        var summary: OperandLabels
        var rows: [FeatureID: OperandLabels.Row] = [:]
    }

    private let reader: AtlasReader
    private let kept = Mutex<Kept?>(nil)

    init(_ reader: AtlasReader) {
        self.reader = reader
    }

    /// What features are called, in the order given.
    func labels(_ features: [FeatureID]) throws -> OperandLabels {
        let state = reader.fileState
        let known = kept.withLock { $0?.state == state ? $0 : nil }
        let missing = features.filter { known?.rows[$0] == nil }
        let asked = known == nil || !missing.isEmpty ? try reader.operandLabels(of: missing) : known!.summary
        var rows = known?.rows ?? [:]
        for row in asked.features { rows[row.feature] = row }
        let answer = OperandLabels(
            rowTag: asked.rowTag, columnTag: asked.columnTag, cellCount: asked.cellCount,
            features: features.map { rows[$0]! })
        kept.withLock { kept in
            if kept?.state != state || (kept?.rows.count ?? 0) > Self.limit {
                kept = Kept(state: state, summary: asked)
            }
            for row in answer.features { kept?.rows[row.feature] = row }
        }
        return answer
    }
}

extension AtlasReader {
    /// Sizes and times of the atlas's file and of its write-ahead log: what was asked before holds while they stay.
    var fileState: [String] {
        ["", "-wal"].map { suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: atlas.path + suffix)
            return "\(attributes?[.size] ?? 0) \(attributes?[.modificationDate] ?? 0)"
        }
    }
}
