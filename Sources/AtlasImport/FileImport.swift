import AtlasExport
import AtlasQuery
import AtlasStore
import Foundation
import Safetensors
import Tensors
import Texts

/// Takes files of others into an imported atlas, one transaction a file.
///
/// A file that cannot be used is told and leaves nothing; the others stay. The atlas is made when there is something for
/// it, and widened where a file shows more tokens or features.
struct FileImport {
    /// What a file says.
    struct Reading {
        /// The model that it is about, as wide as it shows.
        let identity: AtlasIdentity
        /// What is stored, in an atlas of this identity.
        let prompt: (AtlasIdentity) throws -> ImportedPrompt
    }

    private let atlasPath: String
    private let corpus: String
    /// What the run's options say, a JSON object.
    private let options: String

    /// - Throws: `AtlasError` where no corpus may be called this
    init(atlasPath: String, corpus: String, options: String) throws(AtlasError) {
        try AtlasWriter.requireCorpusName(corpus)
        self.atlasPath = atlasPath
        self.corpus = corpus
        self.options = options
    }

    /// Imports files, then rebuilds what is derived.
    ///
    /// - Throws: `AtlasError` for the atlas itself; ``ImportInterrupted``
    func run(
        _ files: [URL], progress: (_ done: Int) -> Void, read: (URL, inout ImportSummary) throws -> Reading
    ) throws -> ImportSummary {
        var summary = ImportSummary()
        var atlas: Atlas?
        var run: Int?
        let isNew = !FileManager.default.fileExists(atPath: atlasPath)
        defer {
            // Made for files of which none could be stored; another program may have stored some meanwhile.
            let isIdle = isNew && summary.addedGraphs + summary.knownGraphs == 0
            let isEmpty = isIdle && (try? atlas.map { try AtlasReader($0).information().promptCount }) == 0
            try? atlas?.close()
            if isEmpty { removeAtlas() }
        }
        for (done, file) in files.enumerated() {
            guard Cancellation.current?.reason == nil else {
                throw ImportInterrupted(done: done, total: files.count, atlasPath: atlasPath)
            }
            progress(done)
            do {
                // What is told of a file that is left out in the end is not counted.
                var counted = summary
                try add(try read(file, &counted), to: &atlas, run: &run, &counted)
                summary = counted
            } catch let error as ExportError {
                summary.refused.append(.init(file, error.description))
            } catch let error as SafetensorsError {
                summary.refused.append(.init(file, error.description))
            } catch let error as AtlasError {
                guard error.isOfFile else { throw error }
                summary.refused.append(.init(file, "\(file.lastPathComponent): \(error)"))
            }
            summary.files += 1
        }
        progress(files.count)
        guard let filled = atlas, !isNew || summary.addedGraphs + summary.knownGraphs > 0 else { return summary }
        if let run { try AtlasWriter(filled).finishRun(run) }
        if try AtlasDerivation(filled).isStale() {
            // Opened anew, it knows the tokens that came in.
            try filled.close()
            atlas = try Atlas.open(atlasPath, mode: .readWrite)
            try AtlasDerivation(atlas!).update()
        }
        return summary
    }

    private func removeAtlas() {
        for suffix in ["-wal", "-shm", ""] { try? FileManager.default.removeItem(atPath: atlasPath + suffix) }
    }

    private func add(
        _ reading: Reading, to atlas: inout Atlas?, run: inout Int?, _ summary: inout ImportSummary
    ) throws {
        let wanted = reading.identity
        if let open = atlas {
            try open.requireImported(wanted)
            let found = open.identity
            if wanted.featuresPerLayer > found.featuresPerLayer || wanted.vocabulary.count > found.vocabulary.count {
                try open.close()
                atlas = nil
            }
        }
        if atlas == nil { atlas = try Atlas.openImported(atlasPath, as: wanted) }
        let prompt = try reading.prompt(atlas!.identity)
        let writer = AtlasWriter(atlas!)
        let isNew = try writer.needsRun(prompt, corpus: corpus)
        if isNew, run == nil { run = try writer.beginRun(corpus: corpus, options: options) }
        summary.add(try writer.commit(prompt, run: isNew ? run : nil))
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
