import AtlasQuery
import Circuits
import Foundation

@testable import AtlasExport

extension FeatureReport {
    /// A label that would run if it ever became markup.
    static let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u{2028}\u{202e}"

    /// A report with something in every part.
    static func sample(
        _ feature: FeatureID, label: String? = nil, activeTokens: Int = 1_240, tokens: [String]? = nil,
        exampleCount: Int = 12, neighbours: [FeatureID] = []
    ) -> FeatureReport {
        let words = tokens ?? ["<|bos|>", "calc", ":", " 36", "+", "59", "="]
        let maximum = activeTokens == 0 ? 0 : 8.25 + Double(feature.index % 7)
        func example(_ ordinal: Int, _ activation: Double) -> FeatureExample {
            let position = words.count - 1 - ordinal % 3
            return FeatureExample(
                promptID: 100 + ordinal, position: position, activation: activation, tokens: words,
                activations: words.indices.map { $0 == 0 ? 0 : activation / Double(1 + abs($0 - position) * 2) },
                answer: ordinal % 2 == 0 ? "95" : nil)
        }
        let counts = (0..<50).map { activeTokens == 0 ? 0 : max(0, 210 - $0 * 9) + ($0 > 35 ? $0 * 2 - 68 : 0) }
        let isActive = activeTokens > 0
        let others = neighbours.enumerated().map { ordinal, other in
            Neighbour(
                node: NodeName(kind: "feature", feature: other), label: ordinal % 2 == 0 ? "sum near \(ordinal)" : nil,
                support: 3 + ordinal * 40, mean: (ordinal % 3 == 1 ? -1 : 1) * 1.75 / Double(ordinal + 1),
                spread: 0.31, meanShare: 0.22 / Double(ordinal + 1), signConsistency: 0.97, samePositionShare: 0.5)
        }
        let fixed = [
            NodeName(kind: "error", layer: 2), NodeName(kind: "token", token: 38, text: " 36"),
            NodeName(kind: "logit", token: 95, text: hostile),
        ].map {
            Neighbour(
                node: $0, label: nil, support: 120, mean: -0.41, spread: 0.1, meanShare: 0.08, signConsistency: 1,
                samePositionShare: 0)
        }
        return FeatureReport(
            feature: feature, label: label, labelIsAutomatic: label != nil && feature.index % 2 == 1,
            activeTokens: activeTokens, countedTokens: 81_920, activePrompts: activeTokens / 4, countedPrompts: 5_000,
            maximum: maximum, mean: maximum / 3, histogram: counts,
            topExamples: isActive ? (0..<exampleCount).map { example($0, maximum - Double($0) * 0.1) } : [],
            intervals: isActive
                ? (0..<5).map { step in
                    FeatureInterval(
                        lower: maximum * Double(step) / 5, upper: maximum * Double(step + 1) / 5,
                        promptCount: step == 4 ? 7 : 60 - step * 10,
                        examples: (0..<5).map { example($0, maximum * (Double(step) + 0.5) / 5) })
                } : [],
            promoted: ["95", " 5", "5", "<|end|>", "\n"].enumerated().map {
                TokenEffect(token: 90 + $0, text: $1, value: 2.4 - Double($0) * 0.4)
            },
            suppressed: [" the", "0", hostile].enumerated().map {
                TokenEffect(token: 190 + $0, text: $1, value: -1.9 + Double($0) * 0.4)
            },
            excitedBy: [" 36", "36", " 3"].enumerated().map {
                TokenEffect(token: 290 + $0, text: $1, value: 0.9 - Double($0) * 0.2)
            },
            upstream: isActive ? others + fixed.prefix(2) : [], downstream: isActive ? others + [fixed[2]] : [])
    }
}

extension DashboardExporter.Description {
    static let sample = DashboardExporter.Description(
        title: "Arithmetic <b>demo</b>", model: "demo-llama", transcoders: "demo-clt", promptCount: 5_000,
        tokenCount: 81_920)
}

extension TemporaryFolder {
    /// The value that a data file hands over, and the key it does so under.
    func received(_ path: String) throws -> (key: String, value: [String: Any]) {
        let text = try text(path)
        let match = text.wholeMatch(of: /atlasReceive\(("[^"]*"),(.*)\);\n/.dotMatchesNewlines())
        guard let match else { throw ExportError(place: path, expected: "one call", found: text) }
        let key = try JSONDecoder().decode(String.self, from: Data(match.1.utf8))
        let value = try JSONSerialization.jsonObject(with: Data(match.2.utf8)) as? [String: Any]
        return (key, value ?? [:])
    }
}
