import DemoData
import Foundation
import Testing

@Suite struct `precision of products from the command line` {
    private struct Summary: Decodable {
        struct Logit: Decodable, Equatable {
            let text: String
            let value: Double
        }
        let logits: [Logit]
        let largestViolation: Double
    }

    @Test func `a graph in lower precision explains the same targets, and says how far its sums are off`() throws {
        let data = try DemoData()
        func summary(_ precision: String) throws -> Summary {
            let outcome = try Program.run([
                "attribute", "calc: 36+59=", "--model", data.model, "--transcoders", data.transcoders,
                "--max-feature-nodes", "60", "--precision", precision, "--json",
            ])
            #expect(outcome.status == 0, "\(outcome.error)")
            return try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
        }
        let (exact, pairs, rounded) = (try summary("float32"), try summary("bf16x3"), try summary("bf16"))
        #expect(exact.logits == pairs.logits && exact.logits == rounded.logits)
        #expect(exact.largestViolation < 1e-5 && pairs.largestViolation < 1e-4)
        #expect(rounded.largestViolation > 1e-4 && rounded.largestViolation < 0.1)
    }

    @Test func `an atlas says in what precision its edges were computed, where it was another than usual`() throws {
        let data = try DemoData()
        let folder = NSTemporaryDirectory() + "precision-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "calc: 36+59=\n".write(toFile: folder + "/corpus.txt", atomically: true, encoding: .utf8)
        for (precision, recorded) in [("float32", "NULL"), ("bf16x3", "bf16x3")] {
            let atlas = "\(folder)/\(precision).atlas"
            let outcome = try Program.run([
                "index", folder + "/corpus.txt", "--model", data.model, "--transcoders", data.transcoders,
                "--atlas", atlas, "--max-feature-nodes", "20", "--precision", precision,
            ])
            #expect(outcome.status == 0, "\(outcome.error)")
            let asked = try Program.run([
                "sql", atlas, "SELECT coalesce(options ->> '$.attribution.precision', 'NULL') AS p FROM runs",
            ])
            #expect(asked.status == 0 && asked.output.contains(recorded), "\(asked.output)\(asked.error)")
        }
    }

    @Test func `an unknown precision is refused with those there are`() throws {
        let data = try DemoData()
        let outcome = try Program.run([
            "attribute", "x", "--model", data.model, "--transcoders", data.transcoders, "--precision", "half",
        ])
        #expect(outcome.status == 64)
        for name in ["float32", "bf16", "bf16x3"] { #expect(outcome.error.contains(name)) }
    }
}
