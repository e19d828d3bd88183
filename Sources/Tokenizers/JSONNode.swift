import Foundation
import Texts

/// A JSON value that knows its file and its place there, so that every wrong type is reported with both.
struct JSONNode {
    let value: JSONValue
    let file: String
    let place: String

    /// Reads and parses a whole file.
    init(contentsOf url: URL) throws(TokenizerError) {
        file = url.path
        place = ""
        let bytes: [UInt8]
        do throws(WholeFile.Fault) {
            bytes = try WholeFile.bytes(path: url.path)
        } catch {
            throw TokenizerError(
                file: url.path, place: "", expected: "a readable JSON file",
                found: error.isMissing ? "no file there" : "one that is none: \(error.reason)")
        }
        guard !LargeFilePointer.isOne(bytes) else {
            throw TokenizerError(
                file: url.path, place: "", expected: "the file itself", found: "a file that \(LargeFilePointer.advice)")
        }
        do throws(JSONSyntaxError) {
            value = try JSONText.parse(bytes)
        } catch {
            guard let lenient = try? JSONText.parse(PythonNumbers.quoted(bytes)) else {
                throw TokenizerError(
                    file: url.path, place: "line \(error.line), column \(error.column)", expected: error.expected,
                    found: error.found)
            }
            value = lenient
        }
    }

    init(value: JSONValue, file: String, place: String) {
        self.value = value
        self.file = file
        self.place = place
    }

    /// An error at this place.
    func error(expected: String, found: String) -> TokenizerError {
        TokenizerError(file: file, place: place, expected: expected, found: found)
    }

    /// An error that quotes this value as what was found.
    func unexpected(_ expected: String) -> TokenizerError {
        error(expected: expected, found: value.excerpt)
    }

    /// The member of this name, or nil where it is absent or null.
    func optional(_ name: String) throws(TokenizerError) -> JSONNode? {
        guard case .object(let members) = value else { throw unexpected("an object") }
        var found: JSONNode?
        for member in members where member.name == name {
            guard found == nil else { throw error(expected: "one \"\(name)\"", found: "two of them") }
            found = JSONNode(value: member.value, file: file, place: place.isEmpty ? name : "\(place).\(name)")
        }
        if case .null? = found?.value { return nil }
        return found
    }

    /// Whether there is a member of this name, be it null.
    func has(_ name: String) throws(TokenizerError) -> Bool {
        guard case .object(let members) = value else { throw unexpected("an object") }
        return members.contains { $0.name == name }
    }

    /// The member of this name, which must be there.
    func required(_ name: String) throws(TokenizerError) -> JSONNode {
        guard let member = try optional(name) else {
            throw error(expected: "a member \"\(name)\"", found: "none, or null")
        }
        return member
    }

    /// The elements of an array.
    func elements() throws(TokenizerError) -> [JSONNode] {
        guard case .array(let values) = value else { throw unexpected("an array") }
        return values.enumerated().map { JSONNode(value: $1, file: file, place: "\(place)[\($0)]") }
    }

    /// The text of a string.
    func string() throws(TokenizerError) -> String {
        guard case .string(let text) = value else { throw unexpected("a string") }
        return text
    }

    /// A whole number.
    func integer() throws(TokenizerError) -> Int {
        guard case .integer(let number) = value else { throw unexpected("a whole number") }
        return number
    }

    /// True or false.
    func boolean() throws(TokenizerError) -> Bool {
        guard case .boolean(let flag) = value else { throw unexpected("true or false") }
        return flag
    }
}
