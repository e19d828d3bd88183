import Testing
import Texts

/// What strangers' JSON is taken for.
@Suite struct `decoding of JSON` {
    private struct Body: Decodable {
        enum Word: String, Decodable { case first }
        let whole: Int?
        let small: UInt8?
        let seed: UInt64?
        let number: Double?
        let single: Float?
        let flag: Bool?
        let text: String?
        let word: Word?
        let list: [Int]?
        let table: [String: [String]]?
    }

    private func decoded(_ json: String) throws -> Body { try JSONDecoding.decode(Body.self, from: Array(json.utf8)) }

    @Test(arguments: [
        #"{"whole": true}"#, #"{"whole": 1.5}"#, #"{"whole": "12"}"#, #"{"whole": 1e19}"#, #"{"whole": [1]}"#,
        #"{"whole": 9223372036854775808}"#, #"{"small": 256}"#, #"{"small": -1}"#, #"{"seed": -1}"#,
        #"{"number": false}"#, #"{"number": "1"}"#, #"{"number": 1e999}"#, #"{"single": 1e39}"#, #"{"flag": 1}"#,
        #"{"flag": "true"}"#, #"{"text": 1}"#, #"{"text": "a\u0000b"}"#, #"{"word": "second"}"#,
        #"{"list": [1, true]}"#,
        #"{"list": [1, null]}"#, #"{"whole": 1, "whole": 1}"#, #"{"table": {"a": [], "a": []}}"#, #"{"number": NaN}"#,
        "[]", "", "{", #"{"whole": 1} x"#, "\u{FEFF}{}",
    ])
    func `what is something else is refused`(json: String) {
        #expect(throws: DecodingError.self) { try decoded(json) }
    }

    @Test func `what is meant is read exactly`() throws {
        #expect(try decoded(#"{"whole": -9223372036854775808}"#).whole == .min)
        #expect(try decoded(#"{"whole": 1e3}"#).whole == 1000)
        #expect(try decoded(#"{"whole": 12.0, "small": 255}"#).whole == 12)
        #expect(try decoded(#"{"seed": 18446744073709551615}"#).seed == .max)
        #expect(try decoded(#"{"number": 0.1}"#).number == 0.1)
        #expect(try decoded(#"{"single": 3}"#).single == 3)
        #expect(try decoded(#"{"flag": false, "text": "é\n", "word": "first", "list": [1, 2]}"#).list == [1, 2])

        #expect(try decoded(#"{"whole": null}"#).whole == nil)
    }

    @Test func `nesting without end is refused`() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: DecodingError.self) { try decoded(#"{"list": \#(deep)}"#) }
    }

    @Test func `the place of a wrong value is told`() {
        #expect {
            try decoded(#"{"list": [1, 2, "three"]}"#)
        } throws: { error in
            guard case .typeMismatch(_, let context)? = error as? DecodingError else { return false }
            return context.codingPath.map(\.stringValue) == ["list", "Index 2"]
                && context.debugDescription == "found \"three\""
        }
    }

    @Test(arguments: ["fi\\u0001rst", "fi\\nrst", "fi\\u2028rst"])
    func `a value that is no choice is told on one line`(value: String) throws {
        let error = #expect(throws: DecodingError.self) { try decoded(#"{"word": "\#(value)"}"#) }
        guard case .dataCorrupted(let context)? = error else { throw try #require(error) }
        #expect(context.debugDescription.contains("fi"))
        #expect(
            context.debugDescription.unicodeScalars.allSatisfy {
                ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            })
    }
}
