import Foundation
import Texts

/// Why something could not be exported, or an exported file not be read back.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or the value concerned.
    public let place: String
    /// What should have been there.
    public let expected: String
    /// What was there.
    public let found: String
    /// What to do about it.
    public let advice: String?

    /// Describes a failure at `place`.
    public init(place: String, expected: String, found: String, advice: String? = nil) {
        self.place = place
        self.expected = expected
        self.found = found
        self.advice = advice
    }

    /// One line: `place: expected …, found …; advice`.
    public var description: String {
        ("\(place): expected \(expected), found \(found)" + (advice.map { "; \($0)" } ?? "")).inOneLine
    }
}

extension ExportError {
    /// The bytes of a file that is read whole.
    ///
    /// - Throws: `ExportError` for what is no regular file, cannot be read, or is too large.
    static func bytes(of file: URL) throws(ExportError) -> Data {
        do throws(WholeFile.Fault) {
            return Data(try WholeFile.bytes(path: file.path))
        } catch {
            throw ExportError(place: file.path, expected: "a file that can be read", found: "none: \(error.reason)")
        }
    }
}
