import AtlasExport
import Files
import Foundation

/// Whether a file stood where one is about to be written: what replaces it says so.
struct ReplacedFile {
    private let name: String
    private let existed: Bool

    /// Looks before anything is written.
    ///
    /// - Parameter name: what is said to be replaced, unless it is the file itself
    init(_ path: String, knownAs name: String? = nil) {
        self.name = name ?? path
        // A device or pipe is written, not replaced.
        existed = [.file, .emptyFile].contains(FilePlace(path).kind)
    }

    /// Says on standard error, after the writing, that a file was replaced.
    func report() {
        if existed { StandardError.line("note: \(name): replaced") }
    }
}

extension GraphSlug {
    /// The slug of a graph whose file's name was given: what can be read of it, however it is spelt.
    init(naming file: URL) {
        let name = file.deletingPathExtension().lastPathComponent
        self = (try? GraphSlug(name)) ?? GraphSlug(identifying: name)
    }
}

extension GraphDocument {
    /// Writes the graph to a file whose name was given and enters it in the folder's list, from which viewers open it; a
    /// name that no viewer asks for is told.
    func enter(asFile file: URL) throws {
        if try !write(toNamedFile: file) {
            StandardError.line(
                "note: \(file.lastPathComponent): not entered in graph-metadata.json, where viewers look for "
                    + "\(metadata.slug).json; give it that name")
        }
        tellSupernodeAddress()
    }

    /// Says, where there are supernodes, how circuit-tracer's viewer is made to draw them.
    func tellSupernodeAddress() {
        if let address = supernodeAddress {
            StandardError.line("note: circuit-tracer's viewer takes supernodes from its address: \(address)")
        }
    }
}
