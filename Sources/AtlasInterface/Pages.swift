import Foundation

/// The pages' own files, as they lie in the folder `Pages` of this module.
public enum Pages {
    /// The environment variable that names a folder to read the files from as the program starts, in place of those that
    /// are built in: who changes a page sees it without building.
    static let folderVariable = "FEATURE_ATLAS_PAGES"

    /// Names and texts, in order of name.
    public static var files: [(name: String, text: String)] {
        guard let folder = ProcessInfo.processInfo.environment[folderVariable], !folder.isEmpty else {
            return EmbeddedPages.files
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).map { (name, $0) }
        }
    }
}
