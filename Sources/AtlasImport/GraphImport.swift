import AtlasExport
import AtlasStore
import Foundation
import Tensors
import Texts

/// Takes attribution graphs of others into an atlas, without a model.
///
///     let summary = try GraphImport(atlasPath: "found.atlas", corpus: "found").run(files)
///
/// Each file is one transaction. A file that is none of the format, or of another model, is told and leaves nothing; the
/// others stay. Importing the same files again changes nothing.
public struct GraphImport {
    /// What importing did.
    public struct Summary: Sendable, Encodable {
        /// A file that was left out.
        public struct Refusal: Sendable, Encodable {
            /// The file.
            public let file: String
            /// Why, in one line.
            public let reason: String
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
    }

    private let atlasPath: String
    private let corpus: String
    private let kind: AtlasIdentity.TranscoderKind

    /// Imports into the atlas at `atlasPath`, which is made when there is a graph for it.
    ///
    /// - Parameters:
    ///   - corpus: the name of the corpus that the prompts belong to
    ///   - kind: what the transcoders' features write to, which no file tells
    /// - Throws: `AtlasError` where no corpus may be called this
    public init(atlasPath: String, corpus: String, kind: AtlasIdentity.TranscoderKind) throws(AtlasError) {
        try AtlasWriter.requireCorpusName(corpus)
        self.atlasPath = atlasPath
        self.corpus = corpus
        self.kind = kind
    }

    /// The graph files in a folder and the folders in it, in the order of their paths; hidden ones and lists left out.
    ///
    /// - Throws: `ExportError` where there is none
    public static func graphFiles(in folder: URL) throws(ExportError) -> [URL] {
        var files: [URL] = []
        let found = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        while let file = found?.nextObject() as? URL {
            if file.pathExtension == "json", file.lastPathComponent != "graph-metadata.json" { files.append(file) }
        }
        guard !files.isEmpty else {
            throw ExportError(place: folder.path, expected: "a folder with .json files", found: "none in it")
        }
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Imports files, then rebuilds what is derived.
    ///
    /// - Parameter progress: told how many files are done
    /// - Throws: `AtlasError` for the atlas itself; ``ImportInterrupted``
    public func run(_ files: [URL], progress: (_ done: Int) -> Void = { _ in }) throws -> Summary {
        var summary = Summary()
        var atlas: Atlas?
        var run: Int?
        defer { try? atlas?.close() }
        for (done, file) in files.enumerated() {
            guard Cancellation.current?.reason == nil else {
                throw ImportInterrupted(done: done, total: files.count, atlasPath: atlasPath)
            }
            progress(done)
            do {
                try add(file, to: &atlas, run: &run, &summary)
            } catch let error as ExportError {
                summary.refused.append(.init(file: file.path, reason: error.description.inOneLine))
            } catch let error as AtlasError {
                guard error.isOfFile else { throw error }
                summary.refused.append(
                    .init(file: file.path, reason: "\(file.lastPathComponent): \(error)".inOneLine))
            }
            summary.files += 1
        }
        progress(files.count)
        guard let filled = atlas else { return summary }
        if let run { try AtlasWriter(filled).finishRun(run) }
        if try AtlasDerivation(filled).isStale() {
            // Opened anew, it knows the tokens that came in.
            try filled.close()
            atlas = try Atlas.open(atlasPath, mode: .readWrite)
            try AtlasDerivation(atlas!).rebuild()
        }
        return summary
    }

    private func add(_ file: URL, to atlas: inout Atlas?, run: inout Int?, _ summary: inout Summary) throws {
        let document = try GraphDocument(contentsOf: file)
        let conversion = try GraphConversion(document, kind: kind, place: file.lastPathComponent)
        let prompt = try conversion.prompt()
        let wanted = try conversion.identity()
        if let open = atlas {
            try open.requireImported(wanted)
            let found = open.identity
            if wanted.featuresPerLayer > found.featuresPerLayer || wanted.vocabulary.count > found.vocabulary.count {
                try open.close()
                atlas = nil
            }
        }
        if atlas == nil { atlas = try Atlas.openImported(atlasPath, as: wanted) }
        let writer = AtlasWriter(atlas!)
        let isNew = try writer.needsRun(prompt, corpus: corpus)
        if isNew, run == nil { run = try writer.beginRun(corpus: corpus, options: #"{"import":"graphs"}"#) }
        let added = try writer.commit(prompt, run: isNew ? run : nil)
        summary.addedPrompts += added.prompts
        summary.addedGraphs += added.graphs
        summary.knownGraphs += 1 - added.graphs
        summary.addedLabels += added.labels
        summary.otherLabels += added.keptLabels
        summary.addedSupernodes += added.supernodes
        summary.ambiguousLinks += document.ambiguousLinks.count
        summary.featuresWithoutActivation += document.nodes.count { node in
            if case .feature = node.name { (node.activation ?? 0) == 0 } else { false }
        }
    }
}

/// An import that was asked to stop before its end.
public struct ImportInterrupted: Error, CustomStringConvertible, Sendable {
    /// Files that are in.
    public let done: Int
    /// Files asked for.
    public let total: Int
    /// The atlas that they are in.
    public let atlasPath: String

    /// One line: what is kept, and how to go on.
    public var description: String {
        "interrupted: \(done) of \(total) files are in \(atlasPath), statistics are not derived; the same command goes on "
            + "from there"
    }
}

extension AtlasError {
    /// Whether it is about what a file says, and the next file may be better.
    fileprivate var isOfFile: Bool {
        switch self {
        case .otherReplacementModel, .unstorable: true
        default: false
        }
    }
}
