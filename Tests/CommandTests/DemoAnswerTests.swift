import AtlasQuery
import AtlasStore
import DemoData
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

    private struct Quality: Decodable {
        struct Agreement: Decodable { let topOneAgreement, divergence: Double }
        let answerPosition: Agreement
    }

    @Test(arguments: [("transcoders", 0.97, 0.1), ("transcoders-per-layer", 0.9, 0.4)])
    func `the replacement model gives the model's answers`(
        name: String, leastAgreement: Double, mostDivergence: Double
    ) throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 15)
        let outcome = try Program.run([
            "evaluate", demo.corpus, "--model", demo.data.model, "--transcoders", demo.data.model + "/../" + name,
            "--attributed-prompts", "0", "--no-layers-alone", "--quiet", "--json",
        ])
        let quality = try JSONDecoder().decode(Quality.self, from: Data(outcome.output.utf8)).answerPosition
        #expect(quality.topOneAgreement >= leastAgreement && quality.divergence <= mostDivergence, "\(quality)")
    }

    private struct Record: Decodable {
        let modelFingerprint: String
    }

    @Test(arguments: ["transcoders", "transcoders-per-layer"])
    func `transcoders were trained on the model that lies beside them`(name: String) throws {
        let data = try DemoData()
        let record = try Data(contentsOf: URL(fileURLWithPath: data.model + "/../" + name + "/training.json"))
        let inspected = try Program.run(["inspect", data.model, "--json"])
        #expect(inspected.output.contains(try JSONDecoder().decode(Record.self, from: record).modelFingerprint))
    }
}
