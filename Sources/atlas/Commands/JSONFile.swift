import ArgumentParser
import Foundation
import Texts

/// A JSON file that a person names on the command line.
struct JSONFile {
    let path: String

    /// Reads it whole; one line says what is wrong with a file that cannot be read or holds something else.
    func decode<Content: Decodable>(_ type: Content.Type, expected: String) throws -> Content {
        let bytes: [UInt8]
        do throws(WholeFile.Fault) {
            bytes = try WholeFile.bytes(path: path)
        } catch {
            throw ValidationError(
                "\(path): expected \(expected), found no file that can be read: \(error.reason)")
        }
        do {
            return try JSONDecoding.decode(type, from: bytes)
        } catch let error as DecodingError {
            throw ValidationError("\(path): expected \(expected), found something else: \(Self.place(of: error))")
        }
    }

    private static func place(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "no \(key.stringValue) in \(Self.path(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(Self.path(context)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty
            ? "the file"
            : context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
