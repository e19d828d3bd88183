import AtlasStore
import Texts

/// Finds the texts of a corpus to which it gives different answers.
///
/// - Complexity: some 60 bytes of memory for each record that has an answer
struct RepeatedAnswers {
    /// Half a content hash: enough to tell texts apart.
    private struct Key: Hashable {
        let bits: (UInt64, UInt64)

        init(_ text: String) {
            let bytes = ContentHash(of: text).bytes
            func number(_ part: Range<Int>) -> UInt64 {
                part.reduce(0) { $0 << 8 | UInt64(bytes[bytes.startIndex + $1]) }
            }
            bits = (number(0..<8), number(8..<16))
        }

        static func == (left: Key, right: Key) -> Bool { left.bits == right.bits }

        func hash(into hasher: inout Hasher) { hasher.combine(bits.0) }
    }

    private var answers: [Key: Int] = [:]
    private var differing: Set<Key> = []
    private var places: [Key: String] = [:]

    /// Looks at a record of the first reading.
    mutating func add(_ record: CorpusRecord) {
        guard let answer = record.answer else { return }
        let key = Key(record.text)
        let hash = ExactText(answer).hashValue
        if answers.updateValue(answers[key] ?? hash, forKey: key) ?? hash != hash { differing.insert(key) }
    }

    /// Where the first record with this one's text and an answer stands, in a second reading; `nil` for itself and for
    /// a text with one answer.
    mutating func firstPlace(of record: CorpusRecord) -> String? {
        guard !differing.isEmpty, record.answer != nil else { return nil }
        let key = Key(record.text)
        guard differing.contains(key) else { return nil }
        if let place = places[key] { return place }
        places[key] = record.place
        return nil
    }
}
