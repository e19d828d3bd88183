import AtlasExport
import Foundation

/// Whether a file stood where one is about to be written: what replaces it says so.
struct ReplacedFile {
    private let path: String
    private let existed: Bool

    /// Looks before anything is written.
    init(_ path: String) {
        self.path = path
        existed = FileManager.default.fileExists(atPath: path)
    }

    /// Says on standard error, after the writing, that a file was replaced.
    func report() {
        if existed { FileHandle.standardError.write(Data("note: \(path): replaced\n".utf8)) }
    }
}

extension GraphSlug {
    /// The slug of a graph whose file's name was given: what can be read of it, however it is spelt.
    init(naming file: URL) {
        let name = file.deletingPathExtension().lastPathComponent
        self = (try? GraphSlug(name)) ?? GraphSlug(identifying: name)
    }
}
