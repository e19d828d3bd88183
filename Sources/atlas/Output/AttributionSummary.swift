import AtlasQuery
import Attribution
import Circuits
import Tokenizers

/// One prompt's attribution in figures.
struct AttributionSummary: Encodable {
    struct Logit: Encodable {
        let token: Int
        let text: String
        /// `token`, `set`, `difference`, `direction` or `feature`.
        let kind: String
        let position: Int
        let probability: Float
        /// What the target's inputs sum to.
        let value: Float

        /// A token in quotes, anything else as it describes itself.
        var name: String { kind == "token" ? "\"\(shown(text))\"" : shown(text) }
    }
    struct Feature: Encodable {
        let feature: String
        let position: Int
        let token: String
        let activation: Float
        let influence: Float
    }

    /// What was put in front of the prompt; nil where it was nothing, and for `--tokens`.
    let putInFront: PromptStartRecord?
    let tokens: [String]
    let logits: [Logit]
    let activeFeatures: Int
    let selectedFeatures: Int
    let replacementScore: Double
    let completenessScore: Double
    let largestViolation: Float
    let strongestFeatures: [Feature]
    let verification: GraphVerification?
    /// Through which heads the edges of the pruned graph go, where that was asked for.
    let edgeHeads: EdgeHeadsReport?

    /// Features named in the summary.
    private static let shownFeatures = 10

    init(
        _ result: Attributor.Result, edgeHeads: EdgeHeadsReport?, putInFront: PromptStartRecord?,
        verification: GraphVerification?,
        tokenText: (Int) -> String
    ) {
        self.putInFront = putInFront
        self.verification = verification
        self.edgeHeads = edgeHeads
        let graph = result.graph
        let scores = GraphScores(graph)
        let influence = Influence(graph).ofSources(logitWeights: graph.targets.map(\.probability))
        let texts = graph.tokens.map(tokenText)
        tokens = texts
        let values = graph.preActivations[graph.layout.featureCount...]
        logits = zip(graph.targets, values).map { target, value in
            Logit(
                token: target.token, text: target.name(tokenText: tokenText), kind: target.target.kind,
                position: target.position, probability: target.probability, value: value)
        }
        activeFeatures = graph.activeFeatures.count
        selectedFeatures = graph.selectedFeatures.count
        replacementScore = scores.replacement
        completenessScore = scores.completeness
        largestViolation = graph.violations().max() ?? 0
        let order = (0..<graph.layout.featureCount).sorted { (influence[$1], $0) < (influence[$0], $1) }
        strongestFeatures = order.prefix(Self.shownFeatures).map { node in
            let feature = graph.feature(node)
            return Feature(
                feature: "\(feature.feature)", position: feature.position, token: texts[feature.position],
                activation: feature.activation, influence: influence[node])
        }
    }

    func print() {
        StandardOutput.line("tokens                \(tokens.map(shown).joined(separator: "|"))")
        printTargets()
        StandardOutput.line("active features       \(activeFeatures.grouped), \(selectedFeatures.grouped) attributed")
        StandardOutput.line(
            "replacement score     \(replacementScore.fixed(3))  (share of paths that start in tokens, not errors)")
        StandardOutput.line(
            "completeness score    \(completenessScore.fixed(3))  (share of inputs that do not come from errors)")
        StandardOutput.line(
            "largest violation     \(String(format: "%.1e", Double(largestViolation)))  (inputs against pre-activation; rounding only)"
        )
        var table = TextTable(["feature", ">position", "token", ">activation", ">influence"])
        for feature in strongestFeatures {
            table.add([
                feature.feature, "\(feature.position)", "\"\(feature.token)\"", Double(feature.activation).fixed(3),
                Double(feature.influence).fixed(4),
            ])
        }
        StandardOutput.line("strongest features")
        table.print()
        if let edgeHeads { EdgeHeadsText(edgeHeads).lines.forEach { StandardOutput.line($0) } }
        if let verification { printVerification(verification) }
    }

    private func printTargets() {
        if logits.allSatisfy({ $0.kind == "token" && $0.position == tokens.count - 1 }) {
            StandardOutput.line(
                "next token            "
                    + logits.map { "\($0.name) \(Double($0.probability).fixed(3))" }.joined(separator: ", "))
            return
        }
        var table = TextTable(["target", ">position", "token", ">value", ">weight"])
        for logit in logits {
            table.add([
                logit.name, "\(logit.position)", "\"\(tokens[logit.position])\"", Double(logit.value).fixed(3),
                Double(logit.probability).fixed(4),
            ])
        }
        table.print()
    }

    private func printVerification(_ verification: GraphVerification) {
        StandardOutput.line(
            "verification          \(verification.columns.count) features silenced, \(verification.targetCount) targets each: "
                + (verification.agrees ? "agree" : "disagree")
                + String(format: ", worst %.1e of the largest effect", Double(verification.worst)))
    }
}
