import Foundation

/// Where a file lies or will lie: links are followed, so that the file behind them is replaced and not the link.
public struct FilePlace: Sendable {
    /// What stands at a place.
    public enum Kind: Sendable {
        case missing, emptyFile, file, folder
        /// A device, a pipe, a socket.
        case other
    }

    /// The path with no link at its end.
    public let path: String

    /// Follows the links that `path` ends in, also one that leads nowhere yet.
    public init(_ path: String) {
        var path = path
        for _ in 0..<Self.linkLimit {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { break }
            path = target.hasPrefix("/") ? target : FilePlace.folder(of: path) + "/" + target
        }
        self.path = path
    }

    /// As many links in a row as Linux follows.
    private static let linkLimit = 40

    /// The folder it lies in.
    public var folder: String { Self.folder(of: path) }

    /// What stands there now.
    public var kind: Kind {
        var state = stat()
        guard stat(path, &state) == 0 else { return .missing }
        switch state.st_mode & S_IFMT {
        case S_IFREG: return state.st_size == 0 ? .emptyFile : .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The permissions of the file that stands there.
    var permissions: mode_t? {
        var state = stat()
        return stat(path, &state) == 0 ? state.st_mode & 0o7777 : nil
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
