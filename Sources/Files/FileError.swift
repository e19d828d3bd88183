import Foundation

/// What the system refused to do with a file: one line with the path, what was tried and why it failed.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What could not be done, as `cannot be written`.
    public let failure: String
    /// The system's number for the reason.
    public let code: Int32

    /// Describes a failure; the reason is what the last call of the system left in `errno`, unless given.
    public init(_ path: String, _ failure: String, code: Int32 = errno) {
        self.path = path
        self.failure = failure
        self.code = code
    }

    /// The system's words for the reason.
    public var reason: String { String(cString: strerror(code)) }

    /// One line.
    public var description: String { "\(path): \(failure): \(reason)" + (isFull ? "; make room and try again" : "") }

    /// Whether there was no room, or no more of it for this user or process.
    public var isFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }
}
