import AtlasStore
import Foundation
import Texts

/// What importing files did.
public struct ImportSummary: Sendable, Encodable {
    /// A file that was left out.
    public struct Refusal: Sendable, Encodable {
        /// The file.
        public let file: String
        /// Why, in one line.
        public let reason: String

        private static let longestReason = 500

        /// Tells why a file was left out; what a hostile file says of itself is cut.
        init(_ file: URL, _ error: String) {
            self.file = file.path
            let line = error.inOneLine
            let scalars = line.unicodeScalars
            reason =
                scalars.count > Self.longestReason
                ? String(String.UnicodeScalarView(scalars.prefix(Self.longestReason))) + "…" : line
        }
    }

    /// Files read.
    public internal(set) var files = 0
    /// Texts that were not stored before.
    public internal(set) var addedPrompts = 0
    /// Graphs that were not stored before.
    public internal(set) var addedGraphs = 0
    /// Graphs that were there already.
    public internal(set) var knownGraphs = 0
    /// Names given to features that had none.
    public internal(set) var addedLabels = 0
    /// Names left out because the feature has another.
    public internal(set) var otherLabels = 0
    /// Supernodes that were not there.
    public internal(set) var addedSupernodes = 0
    /// Links of older files whose source may be an error or a feature of the same id; given to the feature.
    public internal(set) var ambiguousLinks = 0
    /// Features without an activation, which are nodes but fire nowhere.
    public internal(set) var featuresWithoutActivation = 0
    /// Files left out.
    public internal(set) var refused: [Refusal] = []

    /// Counts what a file added.
    mutating func add(_ added: ImportAdditions) {
        addedPrompts += added.prompts
        addedGraphs += added.graphs
        knownGraphs += 1 - added.graphs
        addedLabels += added.labels
        otherLabels += added.keptLabels
        addedSupernodes += added.supernodes
    }
}
