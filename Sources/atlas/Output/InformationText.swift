import AtlasQuery

/// What an atlas holds, as lines of text.
struct InformationText {
    private let information: AtlasInformation

    init(_ information: AtlasInformation) { self.information = information }

    var lines: [String] {
        let info = information
        var lines = [
            "model         \(shown(info.modelName))  "
                + (info.isImported ? "known from files only" : "\(info.modelFingerprint.prefix(16))…"),
            basis,
            "prompts       \(info.promptCount.grouped) with \(info.tokenCount.grouped) tokens",
            "activations   \(info.activationCount.grouped)" + bytes(info.bytesPerActivation)
                + (info.basis == "neurons" ? "; of each token only nodes and the strongest neurons are stored" : "")
                + (info.isImported ? "; of pruned graphs that were imported those of nodes only" : ""),
            "graphs        \(info.graphCount.grouped) with \(info.nodeCount.grouped) nodes and \(info.edgeCount.grouped) edges"
                + bytes(info.bytesPerEdge),
            "effects       of the nodes of \(info.effectCount.grouped) graphs"
                + (info.effectCount < info.graphCount && !info.isImported
                    ? "; atlas index --effects adds the others" : "")
                + "; measured too in \(info.measuredCount.grouped)",
            info.headedGraphCount == 0
                ? "heads         of edges: not computed" + (info.isImported ? "" : "; atlas index --heads adds them")
                : "heads         of the edges of \(info.headedGraphCount.grouped) graphs" + bytes(info.headBytesPerEdge)
                    + (info.headedGraphCount < info.graphCount ? "; atlas index --heads adds the others" : ""),
            "features      \(info.firedFeatureCount.grouped) fire somewhere, \(info.aggregatedEdgeCount.grouped) edges between "
                + "nodes with positions collapsed, \(info.explainedTokenCount.grouped) explained logits",
            "file          \((Double(info.fileSize) / 1_048_576).fixed(1)) MiB"
                + (info.shardCount.map { ", assembled from \($0.grouped) shards, which hold the graphs" } ?? ""),
        ]
        if let replacement = info.meanReplacementScore, let completeness = info.meanCompletenessScore {
            lines.append(
                "scores        replacement \(replacement.fixed(3)), completeness \(completeness.fixed(3)), mean over graphs "
                    + (isOfPrunedGraphs
                        ? "as files hold them, pruned; before pruning errors had a larger part"
                        : "before pruning; fidelity is another thing, see atlas evaluate")
            )
        }
        if let share = info.shareRight {
            lines.append(
                "answers       \(share.percent(2)) of \(info.answeredCount.grouped) prompts with a known answer are right"
            )
        }
        for corpus in info.corpora {
            lines.append("corpus        \(shown(corpus.name)): \(corpus.promptCount.grouped) prompts")
        }
        let open = info.runs.filter { $0.finishedAt == nil }.count
        lines.append("runs          \(info.runs.count)" + (open > 0 ? ", \(open) interrupted or running" : ""))
        lines.append(
            "derived       " + (info.derivedAt ?? "never")
                + (info.isStale ? ", older than the prompts or than this program" : ""))
        return lines
    }

    /// Whether graphs came in as files that hold what pruning left.
    private var isOfPrunedGraphs: Bool {
        information.runs.contains { $0.options.contains(#""import":"graphs""#) }
    }

    private var basis: String {
        let layers = "\(information.layerCount) layers of \(information.featuresPerLayer.grouped)"
        if information.basis == "neurons" {
            return "basis         \(layers) neurons: " + shown(information.transcoderFingerprint)
        }
        let set =
            "transcoders   \(shown(information.transcoderName)) (\(information.transcoderKind), \(layers) features"
        return information.isImported
            ? set + " at most, as seen)" : set + ")  \(information.transcoderFingerprint.prefix(16))…"
    }

    private func bytes(_ mean: Double?) -> String { mean.map { ", \($0.fixed(2)) bytes each" } ?? "" }
}
