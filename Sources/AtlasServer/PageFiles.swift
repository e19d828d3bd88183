import AtlasInterface
import Foundation

/// The pages' files as they are served: by their exact names, so that no path leads anywhere else.
struct PageFiles: Sendable {
    /// A file and what it is.
    struct File: Sendable {
        let type: String
        let bytes: Data
    }

    private let files: [String: File]

    init() {
        files = Dictionary(
            uniqueKeysWithValues: Pages.files.map { name, text in
                ("/\(name)", File(type: Self.type(of: name), bytes: Data(text.utf8)))
            })
    }

    /// The file at a path; `/` is the first page.
    func file(at path: some StringProtocol) -> File? {
        files[path == "/" ? "/index.html" : String(path)]
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "text/plain; charset=utf-8"
        }
    }
}
