import Files
import Foundation

/// A format in which a graph is written. One that is added has its case, and its bytes in `GraphDocument.data(as:)`.
public enum GraphFormat: String, CaseIterable, Sendable {
    /// That of circuit-tracer's viewer and Neuronpedia.
    case json
    /// What networkx, Gephi and igraph read.
    case graphml
}

extension GraphDocument {
    /// The whole graph in a format.
    public func data(as format: GraphFormat) -> Data {
        switch format {
        case .json: json
        case .graphml: graphML
        }
    }

    /// Writes `<slug>.<format>` into `folder`, making the folder; as JSON it is entered in the folder's list of graphs too, as
    /// ``write(to:overwriting:)`` tells.
    ///
    /// - Parameter overwriting: replace a file of that name
    /// - Returns: the graph's file.
    /// - Throws: `ExportError` for a file that is there, or a folder that cannot be written
    public func write(to folder: URL, as format: GraphFormat, overwriting: Bool) throws -> URL {
        guard format != .json else { return try write(to: folder, overwriting: overwriting) }
        return try writing(to: folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appendingPathComponent("\(metadata.slug).\(format.rawValue)")
            guard overwriting || !FileManager.default.fileExists(atPath: file.path) else {
                throw ExportError(
                    place: file.path, expected: "no file", found: "one",
                    advice: "choose another name (--slug) or replace it (--overwrite)")
            }
            try AtomicFile.write(data(as: format), to: file.path)
            return file
        }
    }
}
