import Testing
import Texts

@Suite struct ExactTextTests {
    static let composed = "caf\u{E9}"
    static let decomposed = "cafe\u{301}"

    @Test func `texts that Swift calls equal are two where their bytes differ`() {
        #expect(Self.composed == Self.decomposed)
        #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
        #expect(Set([ExactText(Self.composed), ExactText(Self.decomposed), ExactText(Self.composed)]).count == 2)
        // The Kelvin sign is a K, and the Greek question mark a semicolon, to Swift alone.
        #expect(ExactText("\u{212A}") != ExactText("K") && ExactText("\u{37E}") != ExactText(";"))
    }

    @Test func `equal bytes are one text however they are stored`() {
        let long = String(repeating: "é\r\n", count: 50)
        let part = ("x" + long).dropFirst()
        #expect(ExactText(long) == ExactText(part) && ExactText(long).hashValue == ExactText(part).hashValue)
    }

    @Test func `the order is that of the bytes`() {
        let texts = ["", "Z", "a", "e\u{301}", "\u{E9}", "\u{FFFD}", "\u{1F600}"]
        #expect(texts.shuffled().map { ExactText($0) }.sorted().map(\.string) == texts)
    }

    @Test func `one of some texts is found by its bytes`() {
        #expect(!["x", Self.composed].containsExactly(Self.decomposed))
        #expect(["x", Self.decomposed].containsExactly(Self.decomposed))
    }

    @Test(arguments: [
        ("a,b", ["a", "b"]), (",\u{301}", ["", "\u{301}"]), ("", [""]), ("a,,", ["a", "", ""]),
        ("\r\n,\r\n", ["\r\n", "\r\n"]),
    ])
    func `a separator is found before a combining mark too`(text: String, parts: [String]) {
        #expect(text.splitExactly(at: ",").map { ExactText($0) } == parts.map { ExactText($0) })
    }

    @Test func `the last part keeps the separators beyond the count`() {
        #expect("a=b=c".splitExactly(at: "=", maximumCount: 2) == ["a", "b=c"])
    }
}
