import AtlasStore
import Texts

/// Tells whether two corpora hold the same texts, answers and families in the same order.
///
/// Each record's hash covers the one before it; texts hold no NUL, so fields cannot run into each other.
struct CorpusDigest {
    /// The digest of the records so far; empty for none.
    private(set) var hexadecimal = ""

    /// Adds the next record.
    ///
    /// - Parameter family: the family that it is judged in, if any
    mutating func add(_ record: CorpusRecord, family: String?) {
        let fields = [hexadecimal, record.text, record.answer.map { "=\($0)" } ?? "", family.map { "=\($0)" } ?? ""]
        hexadecimal = ContentHash(of: fields.joined(separator: "\0")).bytes.hexadecimal
    }
}
