import Testing

@testable import AtlasIndexing

@Suite struct `the size of batches` {
    @Test func `it grows while batches are fast`() {
        var pace = BatchPace(jobs: 2)
        pace.measure { true }
        #expect(pace.size == 4)
    }

    @Test func `a resumed run passes over what is known without ending in one large batch`() {
        var pace = BatchPace(jobs: 2)
        for _ in 0..<10 { pace.measure { false } }
        #expect(pace.size == 2)
    }
}
