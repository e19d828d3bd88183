import AtlasQuery
import AtlasStore
import Foundation
import Testing

@Suite struct `the demo's answers` {
    @Test func `what drives " Austin" most directly is a feature of Texas that promotes " Austin"`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 30)
        let path = folder.path + "/demo.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        let reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
        let drivers = try reader.drivers(of: reader.token(" Austin"))
        let writer = try #require(
            drivers.features.filter { $0.directSupport > 1 }.max { $0.directEffect < $1.directEffect })
        let report = try reader.feature(#require(writer.node.feature))
        #expect(report.promoted.first?.text == " Austin")
        let answers = report.topExamples.prefix(5).map(\.answer)
        #expect(answers.filter { $0 == " Austin" || $0 == " Texas" }.count >= 4, "\(answers)")
    }

    @Test func `the model answers the corpus and its graphs keep their identity`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 30)
        let path = folder.path + "/demo.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        let information = try AtlasReader(try Atlas.open(path, mode: .readOnly)).information()
        #expect(try #require(information.shareRight) > 0.98)
        #expect(try #require(information.largestViolation) < 1e-4)
        #expect(try #require(information.bytesPerEdge) <= 4)
        #expect(try #require(information.bytesPerActivation) <= 3)
    }
}
