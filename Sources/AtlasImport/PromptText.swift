import AtlasExport
import Texts

/// Texts as files of the field write them.
struct PromptText {
    private let metadata: GraphDocument.Metadata

    init(_ metadata: GraphDocument.Metadata) { self.metadata = metadata }

    /// The prompt without the text of a beginning-of-sequence token in front, which the reference writes and an atlas
    /// does not keep.
    ///
    /// - Parameter isFirstSpecial: whether nothing is attributed to the first position
    func withoutSpecialTokens(isFirstSpecial: Bool) -> String {
        guard isFirstSpecial, let first = metadata.promptTokens.first?.utf8, first.count > 2,
            first.first == UInt8(ascii: "<"), first.last == UInt8(ascii: ">"),
            metadata.prompt.utf8.starts(with: first), metadata.prompt.utf8.count > first.count
        else { return metadata.prompt }
        return String(decoding: metadata.prompt.utf8.dropFirst(first.count), as: UTF8.self)
    }

    /// The token's text in a logit's label, `Output "{token}" (p=0.123)`; `nil` for a label of another form.
    static func token(ofLogitLabel label: String) -> String? {
        let bytes = Array(label.utf8)
        let ending = Array("\" (p=".utf8)
        guard let start = bytes.firstIndex(of: UInt8(ascii: "\"")), bytes.count >= ending.count else { return nil }
        let last = (start + 1...max(start + 1, bytes.count - ending.count)).last { place in
            place + ending.count <= bytes.count && bytes[place..<place + ending.count].elementsEqual(ending)
        }
        return last.map { String(decoding: bytes[start + 1..<$0], as: UTF8.self) }
    }

    /// The probability in a logit's label, as above.
    static func probability(ofLogitLabel label: String) -> Float? {
        let bytes = Array(label.utf8)
        let beginning = Array("(p=".utf8)
        guard bytes.last == UInt8(ascii: ")"), bytes.count > beginning.count else { return nil }
        let start = (0..<bytes.count - beginning.count).last {
            bytes[$0..<$0 + beginning.count].elementsEqual(beginning)
        }
        return start.flatMap {
            Float(String(decoding: bytes[$0 + beginning.count..<bytes.count - 1], as: UTF8.self))
        }
    }
}
