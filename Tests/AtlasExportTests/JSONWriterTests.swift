import Foundation
import Testing

@testable import AtlasExport

@Suite struct JSONWriterTests {
    private func text(escapesMarkup: Bool = false, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(escapesMarkup: escapesMarkup)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `fields and elements come in the order of the calls`() {
        let json = text { writer in
            writer.object { writer in
                writer.key("z")
                writer.array { writer in
                    writer.value(1)
                    writer.array { _ in }
                    writer.value(true)
                }
                writer.key("a")
                writer.object { _ in }
            }
        }
        #expect(json == #"{"z":[1,[],true],"a":{}}"#)
    }

    @Test func `numbers that are not finite become null`() {
        let json = text { writer in
            writer.array { writer in
                for number in [Double.nan, .infinity, -.infinity, -0.0, 1e-7, 0.1] { writer.value(number) }
                for number in [Float.nan, .infinity, 0.1, 1.6182423] { writer.value(number) }
            }
        }
        #expect(json == "[null,null,null,0,1e-07,0.1,null,null,0.1,1.6182423]")
    }

    @Test func `every float is read back as itself`() throws {
        var state: UInt32 = 1
        for _ in 0..<5_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let number = Float(bitPattern: state)
            guard number.isFinite else { continue }
            let json = text { $0.value(number) }
            #expect(try JSONDecoder().decode(Float.self, from: Data(json.utf8)) == number)
        }
    }

    @Test func `every scalar value is read back as itself`() throws {
        let scalars = (0..<0x110000 as Range<UInt32>).compactMap(Unicode.Scalar.init)
        var string = ""
        string.unicodeScalars.append(contentsOf: scalars)
        for escapesMarkup in [false, true] {
            let json = text(escapesMarkup: escapesMarkup) { $0.value(string) }
            let back = try JSONDecoder().decode(String.self, from: Data(json.utf8))
            #expect(back.unicodeScalars.elementsEqual(scalars))
        }
    }

    @Test func `line separators and, where asked, tags are escaped`() {
        #expect(text { $0.value("\u{2028}\u{2029}") } == #""\u2028\u2029""#)
        #expect(text(escapesMarkup: true) { $0.value("</script>") } == #""\u003c/script>""#)
    }
}
