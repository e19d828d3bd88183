import Testing

@testable import Tokenizers

/// Against the pattern's text, read by hand.
@Suite struct `the scanned pattern of number groups` {
    private func cut(_ text: String, longestNumber: Int = 3) -> [String] {
        var cut = PieceList(Array(text.utf8))
        cut.cut(NumberGroupPattern(longestNumber: longestNumber).endOfMatch)
        return cut.pieces.map { String(decoding: cut.bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("x'ſt", ["x", "'ſ", "t"]), ("x'Ňt", ["x", "'Ňt"]), ("it's", ["it", "'s"]), ("x'ret", ["x", "'re", "t"]),
        ("x'vet", ["x", "'ve", "t"]), ("x'LLt", ["x", "'LL", "t"]), ("x'let", ["x", "'let"]), ("x'", ["x", "'"]),
        ("x'r", ["x", "'r"]), ("x'l", ["x", "'l"]),
    ])
    func `contractions are matches of their own, also with the long s`(text: String, pieces: [String]) {
        #expect(cut(text) == pieces)
    }

    @Test func `numbers are cut after their longest group, letters take what stands before them`() {
        #expect(cut("a12345,b") == ["a", "123", "45", ",b"])
        #expect(cut("a12", longestNumber: 1) == ["a", "1", "2"])
        #expect(cut("a\nb \n  c") == ["a", "\n", "b", " \n", " ", " c"])
    }
}
