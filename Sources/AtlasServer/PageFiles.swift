import AtlasInterface
import Foundation

/// The pages' files as they are served: by their exact names, so that no path leads anywhere else.
struct PageFiles: Sendable {
    private let files: [String: ServerResponse.Content]

    init() {
        files = Dictionary(
            uniqueKeysWithValues: Pages.files.map { name, text in
                ("/\(name)", ServerResponse.Content(Data(text.utf8), type: Self.type(of: name)))
            })
    }

    /// The file at a path; `/` is the first page.
    func file(at path: some StringProtocol) -> ServerResponse.Content? {
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
