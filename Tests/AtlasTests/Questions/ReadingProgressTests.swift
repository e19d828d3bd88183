import Synchronization
import Testing

@testable import AtlasQuery

/// How far a question that reads many prompts is.
struct ReadingProgressTests {
    @Test func `a question tells how many prompts it reads, each time it reads them, to its end`() throws {
        let fixture = try QueryFixture(count: 150)
        let told = Mutex<[[Int]]>([])
        let hear: @Sendable (Int, Int) -> Void = { done, total in told.withLock { $0.append([done, total]) } }
        let report = try ReadingProgress.$tell.withValue(hear) {
            try fixture.reader.diff(PromptFilter("family=even")!, nil)
        }
        #expect(report.first.graphCount + report.second.graphCount == 150)
        let once = [[0, 150], [64, 150], [128, 150], [150, 150]]
        #expect(told.withLock(\.self) == once + once)
    }

    @Test func `nobody needs to listen`() throws {
        let fixture = try QueryFixture()
        #expect(ReadingProgress.tell == nil)
        #expect(try fixture.reader.failures().promptCount == 40)
    }
}
