import ArgumentParser
import Files
import Foundation

/// Where a measurement is kept, beside those that other runs left there.
struct ResultsOptions: ParsableArguments {
    @Option(help: "Keep the measurement in this file of results, in place of the one of its name.") var results: String?
    @Option(help: "The measurement's name there; the benchmark's own unless given.") var resultName: String?

    /// Keeps a measurement, where that was asked for.
    ///
    /// - Parameters:
    ///   - rows: values by name
    ///   - name: its name unless one was given
    func keep(_ rows: [[String: KeptMeasurement.Value]], as name: String) throws {
        guard let results else { return }
        try Self.merge(KeptMeasurement(rows: rows), as: resultName ?? name, into: results)
    }

    /// Puts a measurement in the place of the one of its name; all others stay as they are.
    static func merge(_ measurement: KeptMeasurement, as name: String, into path: String) throws {
        var kept: [String: KeptMeasurement] = [:]
        if FileManager.default.fileExists(atPath: path) {
            kept = try JSONDecoder().decode(
                [String: KeptMeasurement].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        }
        kept[name] = measurement
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(encoder.encode(kept), to: path)
    }
}
