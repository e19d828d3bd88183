import Testing
import Texts

/// What a name may be.
@Suite struct `rules of names` {
    @Test(arguments: [
        "Texas\u{0}junk", "a\nb", "a\tb", "\u{1B}[31m", "a\u{85}b", "a\u{2028}b", "a\u{202E}b", "a\u{200B}b",
    ])
    func `what does not show is refused, with what it is`(text: String) {
        #expect { try NameRule.name(text) } throws: { error in
            (error as? NameRule.Fault)?.found.hasPrefix("U+") == true
        }
    }

    @Test(arguments: ["", "  ", "\u{3000}", String(repeating: "x", count: 501)])
    func `a name has from 1 to 500 characters`(text: String) {
        #expect(throws: NameRule.Fault.self) { try NameRule.name(text) }
    }

    @Test func `white space at the ends is no part of a name`() throws {
        #expect(try NameRule.name("  two words\u{3000}\n") == "two words")
    }

    @Test(arguments: ["é", "e\u{301}", "👨‍👩‍👧", "می\u{200C}خواهم", "🏴\u{E0067}\u{E0062}\u{E007F}", "⊣ raises → 1/2"])
    func `letters of all languages stay as they are, byte for byte`(text: String) throws {
        #expect(try ExactText(NameRule.name(text)) == ExactText(text))
    }

    @Test func `a note has line breaks and tabs, and no other control characters`() throws {
        try NameRule.requireNote("two\nlines\r\n\twith a tab")
        #expect(throws: NameRule.Fault.self) { try NameRule.requireNote("a\u{0}b") }
        #expect(throws: NameRule.Fault.self) { try NameRule.requireNote("a\u{1B}[2Jb") }
    }
}
