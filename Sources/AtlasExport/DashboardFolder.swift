import Foundation

/// A folder of pages and answers that opens from disk without a network.
///
/// The pages lie in it as they are served, except that their modules are one script; each answer is a script in `data`.
/// No file is larger than `DashboardFolder.fileLimit`.
struct DashboardFolder {
    /// The largest file that is written, in bytes.
    static let fileLimit = 300_000
    /// The answer without which no page shows anything: written last and removed first, so that a folder that has it
    /// has everything.
    static let lastPath = "atlas"

    private let folder: URL

    /// Makes the folder and writes the pages; what an earlier export left is removed, anything else is refused.
    init(_ folder: URL) throws {
        self.folder = folder
        let bundle = try PageBundle()
        try writing(to: folder) { try prepare() }
        for file in bundle.files { try write(Array(file.text.utf8), to: file.name) }
    }

    /// Writes an answer; whether it was small enough.
    func write(_ json: Data, at path: String) throws -> Bool {
        let bytes = DashboardScript.bytes(path: path, json: json)
        guard bytes.count <= Self.fileLimit else { return false }
        try write(bytes, to: "data/" + DashboardScript.name(of: path))
        return true
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        guard bytes.count <= Self.fileLimit else {
            throw ExportError(place: path, expected: "at most \(Self.fileLimit) bytes", found: "\(bytes.count)")
        }
        let file = folder.appendingPathComponent(path)
        try writing(to: file) { try Data(bytes).write(to: file) }
    }

    private func prepare() throws {
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let contents = try manager.contentsOfDirectory(atPath: folder.path)
        let home = try? String(contentsOf: folder.appendingPathComponent("index.html"), encoding: .utf8)
        guard contents.isEmpty || home?.contains(Self.generatorMark) == true else {
            throw ExportError(
                place: folder.lastPathComponent, expected: "an empty folder or an earlier export",
                found: "\(contents.count) other files", advice: "choose a new folder")
        }
        let data = folder.appendingPathComponent("data")
        if manager.fileExists(atPath: data.path) {
            try? manager.removeItem(at: data.appendingPathComponent(DashboardScript.name(of: Self.lastPath)))
            try manager.removeItem(at: data)
        }
        // Scripts and styles of an earlier version of the pages.
        for name in contents where name.hasSuffix(".js") || name.hasSuffix(".css") {
            try manager.removeItem(at: folder.appendingPathComponent(name))
        }
        try manager.createDirectory(at: data, withIntermediateDirectories: true)
    }

    /// The line of `index.html` by which an export is known.
    private static let generatorMark = "<meta name=\"generator\" content=\"Feature Atlas\">"
}
