import AtlasExport
import Files
import Foundation

/// A folder of pages and answers that opens from disk without a network.
///
/// The pages lie in it as they are served, except that their modules are one script; each answer is a script in `data`.
/// No answer is larger than `DashboardFolder.fileLimit`, no page than `DashboardFolder.pageLimit`. All of it is written out
/// of sight, in a hidden folder within, and takes the place of an earlier export when it is whole.
final class DashboardFolder {
    /// The largest answer that is written, in bytes.
    static let fileLimit = 300_000
    /// The largest file of the pages themselves: their script, which is read once.
    static let pageLimit = 700_000
    /// The answer without which no page shows anything: it gets its name last, and that of an earlier export loses it
    /// first, so that a folder that has it has everything.
    static let lastPath = "atlas"

    private let folder: URL
    private let part: HiddenPart
    private let isNew: Bool

    private static let home = "index.html"
    private static let data = "data"
    private static let last = "\(data)/\(DashboardScript.name(of: lastPath))"

    /// Makes the folder and writes the pages out of sight; a folder with anything but an earlier export is refused.
    init(_ folder: URL) throws {
        self.folder = folder
        let bundle = try PageBundle()
        let manager = FileManager.default
        isNew = !manager.fileExists(atPath: folder.path)
        part = try writing(to: folder) {
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            try Self.requireOwn(folder)
            let part = try HiddenPart(.folder, in: folder.path, for: folder.path)
            try manager.createDirectory(atPath: part.path + "/" + Self.data, withIntermediateDirectories: false)
            return part
        }
        for file in bundle.files { try write(Array(file.text.utf8), to: file.name) }
    }

    deinit {
        part.remove()
        // Nothing was published: a folder that was made for it goes too.
        if isNew { rmdir(folder.path) }
    }

    /// Writes an answer out of sight; whether it was small enough.
    func write(_ json: Data, at path: String) throws -> Bool {
        let bytes = DashboardScript.bytes(path: path, json: json)
        guard bytes.count <= Self.fileLimit else { return false }
        try write(bytes, to: Self.data + "/" + DashboardScript.name(of: path))
        return true
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        guard bytes.count <= Self.pageLimit else {
            throw ExportError(place: name, expected: "at most \(Self.pageLimit) bytes", found: "\(bytes.count)")
        }
        let file = folder.appendingPathComponent(name)
        try writing(to: file) {
            try AtomicFile.writeNew(Data(bytes), to: part.path + "/" + name, for: file.path)
        }
    }

    /// Puts everything in its place: all is on the disk, and only names change.
    func publish() throws {
        try writing(to: folder) {
            let manager = FileManager.default
            let names = try manager.subpathsOfDirectory(atPath: part.path)
            for name in names where name != Self.data {
                try Folder.synchroniseFile(part.path + "/" + name, for: folder.path)
            }
            try Folder.synchronise(part.path + "/" + Self.data, for: folder.path)
            unlink(folder.path + "/" + Self.last)
            let waiting = "last"
            if names.contains(Self.last) { try move(part.path + "/" + Self.last, to: part.path + "/" + waiting) }
            // The page by which an export is known comes first: what is interrupted here is replaced by the next.
            let pages = [Self.home] + names.filter { !$0.hasPrefix(Self.data) && $0 != Self.home }
            for name in pages { try move(part.path + "/" + name, to: folder.path + "/" + name) }
            // Scripts and styles of an earlier version of the pages.
            for name in try manager.contentsOfDirectory(atPath: folder.path)
            where (name.hasSuffix(".js") || name.hasSuffix(".css")) && !pages.contains(name) {
                try manager.removeItem(at: folder.appendingPathComponent(name))
            }
            let data = folder.path + "/" + Self.data
            if manager.fileExists(atPath: data) { try move(data, to: part.path + "/earlier") }
            try move(part.path + "/" + Self.data, to: data)
            if names.contains(Self.last) { try move(part.path + "/" + waiting, to: folder.path + "/" + Self.last) }
            try Folder.synchronise(data, for: folder.path)
            try Folder.synchronise(folder.path, for: folder.path)
        }
        part.remove()
    }

    private func move(_ old: String, to new: String) throws(FileError) {
        guard rename(old, new) == 0 else { throw FileError(new, "cannot be written") }
    }

    private static func requireOwn(_ folder: URL) throws {
        let contents = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { !HiddenPart.isHiddenName($0) }
        let home = try? String(contentsOf: folder.appendingPathComponent(home), encoding: .utf8)
        guard contents.isEmpty || home?.contains(generatorMark) == true else {
            throw ExportError(
                place: folder.lastPathComponent, expected: "an empty folder or an earlier export",
                found: "\(contents.count) other files", advice: "choose a new folder")
        }
    }

    /// The line of `index.html` by which an export is known.
    private static let generatorMark = "<meta name=\"generator\" content=\"Feature Atlas\">"
}
