import AtlasExport
import AtlasStore
import Circuits
import Foundation

/// Takes attribution graphs of others into an atlas, without a model.
///
///     let summary = try GraphImport(atlasPath: "found.atlas", corpus: "found", kind: .perLayer).run(files)
///
/// Each file is one transaction. A file that is none of the format, or of another model, is told and leaves nothing; the
/// others stay. Importing the same files again changes nothing.
public struct GraphImport {
    private let files: FileImport
    private let kind: TranscoderKind

    /// Imports into the atlas at `atlasPath`, which is made when there is a graph for it.
    ///
    /// - Parameters:
    ///   - corpus: the name of the corpus that the prompts belong to
    ///   - kind: what the transcoders' features write to, which no file tells
    /// - Throws: `AtlasError` where no corpus may be called this
    public init(atlasPath: String, corpus: String, kind: TranscoderKind) throws(AtlasError) {
        files = try FileImport(atlasPath: atlasPath, corpus: corpus, options: #"{"import":"graphs"}"#)
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
    public func run(_ graphs: [URL], progress: (_ done: Int) -> Void = { _ in }) throws -> ImportSummary {
        try files.run(graphs, progress: progress) { file, summary in
            let document = try GraphDocument(contentsOf: file)
            let conversion = try GraphConversion(document, kind: kind, place: file.lastPathComponent)
            let identity = try conversion.identity()
            // Before an atlas is made for it.
            let prompt = try conversion.prompt(vocabularySize: identity.vocabulary.count)
            summary.ambiguousLinks += document.ambiguousLinks.count
            summary.featuresWithoutActivation += document.nodes.count { node in
                if case .feature = node.name { (node.activation ?? 0) == 0 } else { false }
            }
            return FileImport.Reading(identity: identity) { found in
                let isAsWide = found.vocabulary.count == identity.vocabulary.count
                return isAsWide || !prompt.facts.hasCustomTarget
                    ? prompt : try conversion.prompt(vocabularySize: found.vocabulary.count)
            }
        }
    }
}

extension PromptFacts {
    /// Whether a target is no token, so that its number depends on the vocabulary.
    fileprivate var hasCustomTarget: Bool { graph?.targets.contains { $0.custom != nil } ?? false }
}
