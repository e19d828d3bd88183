import Texts

/// Names and texts as an atlas keeps them; see ``NameRule``.
extension AtlasWriter {
    /// The name that is meant by `text`.
    ///
    /// - Throws: `AtlasError.unstorable` for what no name may be.
    static func name(_ text: String, of what: String) throws(AtlasError) -> String {
        do throws(NameRule.Fault) {
            return try NameRule.name(text)
        } catch {
            throw .unstorable(what: what, expected: error.expected, found: error.found)
        }
    }

    /// Throws unless a corpus may be called this, so that it is known before a long run.
    public static func requireCorpusName(_ text: String) throws(AtlasError) { _ = try name(text, of: "corpus") }

    /// Throws unless a text may be a note.
    static func require(note text: String, of what: String) throws(AtlasError) {
        do throws(NameRule.Fault) { try NameRule.requireNote(text) } catch {
            throw .unstorable(what: what, expected: error.expected, found: error.found)
        }
    }

    /// Throws unless a prompt's texts may be stored: data without NUL, and tags with names.
    static func require(
        texts: [String?], tags: [ExactText: String], of what: String
    ) throws(AtlasError) {
        do throws(NameRule.Fault) {
            for text in texts { if let text { try NameRule.requireData(text) } }
            for (name, value) in tags {
                guard try ExactText(NameRule.name(name.string)) == name else {
                    throw NameRule.Fault(
                        expected: "a tag's name without white space at its ends", found: name.string.debugDescription)
                }
                try NameRule.requireData(value)
            }
        } catch {
            throw .unstorable(what: what, expected: error.expected, found: error.found)
        }
    }
}
