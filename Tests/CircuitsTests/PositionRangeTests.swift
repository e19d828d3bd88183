import Circuits
import Testing

@Suite struct `position ranges` {
    @Test(arguments: ["0", "12", "3-7", "5-5", "12-"])
    func `what is read is written again`(text: String) throws {
        let range = try #require(PositionRange(text))
        #expect(range.description == (text == "5-5" ? "5" : text))
    }

    @Test(arguments: ["", "-", "-3", "7-3", "3-7-9", "a", "3-b", "+3", "3 - 7", "99999999999999999999"])
    func `anything else is no range`(text: String) {
        #expect(PositionRange(text) == nil)
    }

    @Test func `the positions below a count are those that it contains`() throws {
        for text in ["0", "4", "2-5", "3-", "7-9", "6-"] {
            let range = try #require(PositionRange(text))
            for count in 0...10 {
                #expect(Array(range.positions(below: count)) == (0..<count).filter(range.contains))
            }
        }
    }

    @Test func `ranges overlap where both contain a position`() throws {
        let ranges = try ["0", "4", "2-5", "3-", "7-9", "10-"].map { try #require(PositionRange($0)) }
        for left in ranges {
            for right in ranges {
                let both = (0..<20).contains { left.contains($0) && right.contains($0) }
                #expect(left.overlaps(right) == both)
            }
        }
    }
}
