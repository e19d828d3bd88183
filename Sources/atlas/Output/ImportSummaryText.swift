import ArgumentParser
import AtlasImport

/// What importing did, as one line, and what it left out.
struct ImportSummaryText {
    private let summary: ImportSummary
    private let atlas: String

    init(_ summary: ImportSummary, atlas: String) {
        self.summary = summary
        self.atlas = atlas
    }

    /// Prints it; throws where files were left out.
    func report(_ output: JSONOutput) throws {
        try output.print(summary) { print(line) }
        for refusal in summary.refused { StandardError.line("left out: \(refusal.reason)") }
        guard summary.refused.isEmpty else {
            throw LeftOut(description: "\(summary.refused.count) of \(summary.files) files were left out")
        }
    }

    /// That files were left out.
    private struct LeftOut: Error, CustomStringConvertible {
        /// One line.
        let description: String
    }

    private var line: String {
        var parts = [
            "\(summary.addedPrompts.grouped) prompts and \(summary.addedGraphs.grouped) graphs added",
            "\(summary.knownGraphs.grouped) already there",
        ]
        for (count, what) in [
            (summary.addedLabels, "labels added"), (summary.otherLabels, "labels left out, the features have others"),
            (summary.addedSupernodes, "supernodes added"),
            (summary.ambiguousLinks, "links from an error or a feature of the same id, taken for the feature's"),
            (summary.featuresWithoutActivation, "feature nodes without an activation"),
        ] where count > 0 {
            parts.append("\(count.grouped) \(what)")
        }
        return "\(atlas): " + parts.joined(separator: ", ")
    }
}

extension ProgressLine {
    /// Shows an import, whose file under way is finished when the terminal interrupts.
    func showImport(done: Int, of total: Int) {
        InterruptionRequest.wait(
            seconds: done < total ? InterruptionRequest.long : InterruptionRequest.briefly)
        show("importing", done: done, total: total, unit: "files")
    }
}
