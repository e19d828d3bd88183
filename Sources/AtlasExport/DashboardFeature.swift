import AtlasQuery
import Circuits

/// The data file of one feature: its report in the fields of `FeatureReport`, with what only an export knows.
///
/// Beside the report's fields there are `previous` and `next` for walking through the export, `exported` in each
/// neighbour, and `firstPosition` and `tokenCount` in each example, of which a window around the strongest token is kept.
struct DashboardFeature {
    /// The windows tried, in tokens, until the file is small enough.
    private static let windows = [160, 80, 40, 20, 8]
    /// The longest text of a token or label, in Unicode scalars.
    private static let textLimit = 400

    let report: FeatureReport
    let previous: FeatureID?
    let next: FeatureID?
    let exported: Set<FeatureID>

    /// Where the file is, from the folder of the export.
    static func path(of feature: FeatureID) -> String {
        "data/feature/\(feature.layer)-\(feature.index).js"
    }

    /// The file, of at most `limit` bytes.
    func script(limit: Int) throws(ExportError) -> [UInt8] {
        try check()
        for window in Self.windows {
            let bytes = DashboardScript.bytes(key: "feature/\(report.feature)") { write(to: &$0, window: window) }
            if bytes.count <= limit { return bytes }
        }
        throw ExportError(
            place: "feature \(report.feature)", expected: "a report that fits \(limit) bytes", found: "a larger one",
            advice: "ask for fewer examples or neighbours")
    }

    private func check() throws(ExportError) {
        for example in report.topExamples + report.intervals.flatMap(\.examples) {
            guard example.tokens.count == example.activations.count, example.tokens.indices.contains(example.position)
            else {
                throw ExportError(
                    place: "feature \(report.feature), prompt \(example.promptID)",
                    expected: "an activation for each token and a position among them",
                    found: "\(example.tokens.count) tokens, \(example.activations.count) activations, position "
                        + "\(example.position)")
            }
        }
    }

    private func write(to writer: inout JSONWriter, window: Int) {
        Self.write(report.feature, key: "feature", to: &writer)
        Self.write(previous, key: "previous", to: &writer)
        Self.write(next, key: "next", to: &writer)
        writer.key("label")
        writer.value(report.label.map(Self.shortened))
        writer.key("labelIsAutomatic")
        writer.value(report.labelIsAutomatic)
        for (name, count) in [
            ("activeTokens", report.activeTokens), ("countedTokens", report.countedTokens),
            ("activePrompts", report.activePrompts), ("countedPrompts", report.countedPrompts),
        ] {
            writer.key(name)
            writer.value(count)
        }
        writer.key("maximum")
        writer.value(Float(report.maximum))
        writer.key("mean")
        writer.value(Float(report.mean))
        writer.key("histogram")
        writer.array { writer in
            for count in report.histogram { writer.value(count) }
        }
        Self.write(report.topExamples, key: "topExamples", window: window, to: &writer)
        writer.key("intervals")
        writer.array { writer in
            for interval in report.intervals { Self.write(interval, window: window, to: &writer) }
        }
        for (name, effects) in [
            ("promoted", report.promoted), ("suppressed", report.suppressed), ("excitedBy", report.excitedBy),
        ] {
            writer.key(name)
            writer.array { writer in
                for effect in effects { Self.write(effect, to: &writer) }
            }
        }
        for (name, neighbours) in [("upstream", report.upstream), ("downstream", report.downstream)] {
            writer.key(name)
            writer.array { writer in
                for neighbour in neighbours { write(neighbour, to: &writer) }
            }
        }
    }

    private static func write(_ feature: FeatureID?, key: String, to writer: inout JSONWriter) {
        writer.key(key)
        guard let feature else { return writer.value(nil as String?) }
        writer.object { writer in
            writer.key("layer")
            writer.value(feature.layer)
            writer.key("index")
            writer.value(feature.index)
        }
    }

    private static func write(_ examples: [FeatureExample], key: String, window: Int, to writer: inout JSONWriter) {
        writer.key(key)
        writer.array { writer in
            for example in examples { write(example, window: window, to: &writer) }
        }
    }

    private static func write(_ interval: FeatureInterval, window: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("lower")
            writer.value(Float(interval.lower))
            writer.key("upper")
            writer.value(Float(interval.upper))
            writer.key("promptCount")
            writer.value(interval.promptCount)
            write(interval.examples, key: "examples", window: window, to: &writer)
        }
    }

    /// What comes before the strongest token says more about the feature than what follows.
    private static func write(_ example: FeatureExample, window: Int, to writer: inout JSONWriter) {
        let count = example.tokens.count
        let lower = max(0, min(example.position - window * 3 / 4, count - window))
        let range = lower..<min(count, lower + window)
        writer.object { writer in
            writer.key("promptID")
            writer.value(example.promptID)
            writer.key("position")
            writer.value(example.position)
            writer.key("activation")
            writer.value(Float(example.activation))
            writer.key("firstPosition")
            writer.value(lower)
            writer.key("tokenCount")
            writer.value(count)
            writer.key("tokens")
            writer.value(example.tokens[range].map(shortened))
            writer.key("activations")
            writer.array { writer in
                for activation in example.activations[range] { writer.value(Float(activation)) }
            }
            writer.key("answer")
            writer.value(example.answer.map(shortened))
        }
    }

    private static func write(_ effect: TokenEffect, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("token")
            writer.value(effect.token)
            writer.key("text")
            writer.value(shortened(effect.text))
            writer.key("value")
            writer.value(Float(effect.value))
        }
    }

    private func write(_ neighbour: Neighbour, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("kind")
            writer.value(neighbour.node.kind)
            Self.write(neighbour.node.feature, key: "feature", to: &writer)
            writer.key("exported")
            writer.value(neighbour.node.feature.map(exported.contains) ?? false)
            writer.key("layer")
            if let layer = neighbour.node.layer { writer.value(layer) } else { writer.value(nil as String?) }
            writer.key("token")
            if let token = neighbour.node.token { writer.value(token) } else { writer.value(nil as String?) }
            writer.key("text")
            writer.value(neighbour.node.text.map(Self.shortened))
            writer.key("label")
            writer.value(neighbour.label.map(Self.shortened))
            writer.key("support")
            writer.value(neighbour.support)
            for (name, number) in [
                ("mean", neighbour.mean), ("spread", neighbour.spread), ("meanShare", neighbour.meanShare),
                ("signConsistency", neighbour.signConsistency), ("samePositionShare", neighbour.samePositionShare),
            ] {
                writer.key(name)
                writer.value(Float(number))
            }
        }
    }

    private static func shortened(_ text: String) -> String {
        guard text.unicodeScalars.count > textLimit else { return text }
        var short = ""
        short.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(textLimit - 1))
        return short + "…"
    }
}
