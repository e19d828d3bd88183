import Foundation
import Texts
import Yams

/// The fields of a small YAML file, by name.
///
/// Nodes are read as they are parsed and never built into values. Aliases, which can stand for exponentially many
/// nodes, are refused.
struct YAMLFields {
    private let path: String
    private let fields: Node.Mapping

    /// Bytes that such a file may have: hundreds of times what any set needs.
    private static let byteLimit = 1 << 20
    /// Characters of a value that an error repeats.
    private static let excerptLength = 80

    /// Reads a file.
    ///
    /// - Throws: `TranscoderError` when it cannot be read or is no mapping.
    init(path: String) throws(TranscoderError) {
        self.path = path
        let data: [UInt8]
        do throws(WholeFile.Fault) {
            data = try WholeFile.bytes(path: path, atMost: Self.byteLimit)
        } catch {
            throw TranscoderError(
                file: path,
                error.isMissing
                    ? "cannot be read; a transcoder folder holds config.yaml beside its weights" : error.reason)
        }
        if LargeFilePointer.isOne(data) { throw TranscoderError(file: path, LargeFilePointer.advice) }
        let text = String(decoding: data, as: UTF8.self)
        guard !Self.hasAlias(text) else {
            throw TranscoderError(file: path, "expected values written out, found an alias (*name)")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text, .basic)
        } catch {
            let reason = String(describing: error).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            throw TranscoderError(file: path, "is no YAML: \(reason)")
        }
        guard let mapping = node?.mapping else { throw TranscoderError(file: path, "expected fields by name") }
        fields = mapping
    }

    /// Whether an anchor (`&name`) and an alias (`*name`) may be in the text.
    private static func hasAlias(_ text: String) -> Bool {
        func occurs(_ indicator: UInt8) -> Bool {
            let bytes = Array(text.utf8)
            return bytes.indices.contains { index in
                bytes[index] == indicator && index + 1 < bytes.count && bytes[index + 1] > UInt8(ascii: " ")
                    && (index == 0 || bytes[index - 1] <= UInt8(ascii: " ") || "[{,:-?".utf8.contains(bytes[index - 1]))
            }
        }
        return occurs(UInt8(ascii: "&")) && occurs(UInt8(ascii: "*"))
    }

    /// Whether a field is there, and not null.
    func has(_ name: String) -> Bool { value(name) != nil }

    /// Refuses fields that are not understood and could change what is computed, going by the words in their names.
    func refuseUnknown(besides known: Set<String>) throws(TranscoderError) {
        for (key, _) in fields {
            guard let name = Self.text(key), !known.contains(name), ComputingField.isLikely(name), has(name),
                !["false", "none"].contains(text(name)?.lowercased())
            else { continue }
            throw TranscoderError(
                file: path, place: name, "is not understood and could change what the transcoders compute")
        }
    }

    /// The text of a field, or nil where it is none or not there.
    func text(_ name: String) -> String? { value(name).flatMap(Self.text) }

    /// The whole number of a field, or nil where it is none or not there.
    func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    /// The texts of a field that is a list of them, or nil where it is none or not there.
    func texts(_ name: String) -> [String]? {
        guard let elements = value(name)?.sequence else { return nil }
        let texts = elements.compactMap(Self.text)
        return texts.count == elements.count ? texts : nil
    }

    /// The error for a field that is not as expected.
    func unexpected(_ name: String, _ expected: String) -> TranscoderError {
        let found =
            switch value(name) {
            case nil: "nothing"
            case .scalar(let scalar)?: String(scalar.string.debugDescription.prefix(Self.excerptLength))
            case .sequence?: "a list"
            default: "fields by name"
            }
        return TranscoderError(file: path, place: name, "expected \(expected), found \(found)")
    }

    /// The value of a field, or nil where it is not there or null.
    private func value(_ name: String) -> Node? {
        // Compared text by text: the library's own look-up builds a node for the name.
        let field = fields.first { Self.text($0.key) == name }
        guard let node = field?.value else { return nil }
        if case .scalar(let scalar) = node, scalar.style == .plain, Self.nulls.contains(scalar.string) { return nil }
        return node
    }

    private static func text(_ node: Node) -> String? {
        if case .scalar(let scalar) = node { scalar.string } else { nil }
    }

    /// YAML's ways to write null.
    private static let nulls = ["", "~", "null", "Null", "NULL"]
}
