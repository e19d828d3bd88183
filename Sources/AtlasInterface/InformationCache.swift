import AtlasQuery
import Foundation
import Synchronization

/// Keeps what the atlas says of itself until its file changes: counting it anew reads every prompt's and graph's row.
final class InformationCache: Sendable {
    /// Sizes and times of the file and of its write-ahead log.
    private typealias State = [String]

    private let reader: AtlasReader
    private let kept = Mutex<(state: State, information: AtlasInformation)?>(nil)

    init(_ reader: AtlasReader) {
        self.reader = reader
    }

    /// What the atlas is about, how much it holds, and how good it is.
    func information() throws -> AtlasInformation {
        let state = reader.fileState
        if let kept = kept.withLock({ $0 }), kept.state == state { return kept.information }
        let information = try reader.information()
        kept.withLock { $0 = (state, information) }
        return information
    }
}
