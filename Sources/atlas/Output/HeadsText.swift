import AtlasExperiments
import AtlasQuery

/// What heads do across prompts, as lines of text.
enum HeadsText {
    static func lines(_ report: HeadsReport, by order: HeadOrder, limit: Int) -> [String] {
        var table = TextTable([
            "head", ">share", ">edges", ">previous", ">same token", ">first", ">distance", ">entropy",
        ])
        for head in report.heads.sorted(by: order.precedes).prefix(limit) {
            table.add([
                "\(head.layer).\(head.head)", head.share.percent(1), head.edgeCount.grouped, head.previous.percent(1),
                head.same.percent(1), head.first.percent(1), head.distance.fixed(2), head.entropy.fixed(2),
            ])
        }
        let lacking =
            report.lackingCount > 0 ? "; \(report.lackingCount.grouped) graphs without heads are left out" : ""
        return [
            "\(report.layerCount) layers of \(report.headCount) heads over \(report.graphCount.grouped) graphs\(lacking)"
        ] + table.lines
    }

    static func lines(_ report: FeatureHeadsReport, limit: Int) -> [String] {
        var table = TextTable(["head", ">share", ">loading", ">edges", ">prompts"])
        for head in report.heads.prefix(limit) {
            table.add([
                "\(head.layer).\(head.head)", head.share.percent(1), head.loading.signed(3), head.edgeCount.grouped,
                head.promptCount.grouped,
            ])
        }
        let name = "\(report.feature)" + (report.label.map { " (\(shown($0)))" } ?? "")
        return [
            "heads that carry \(name): \(report.edgeCount.grouped) outgoing edges over \(report.graphCount.grouped) graphs, "
                + "\(report.ownPositionShare.percent(1)) of their weight through no head"
        ] + table.lines
    }

    static func lines(_ report: HeadReport) -> [String] {
        let head = report.head
        var lines = [
            "head          \(head.layer).\(head.head) over \(report.graphCount.grouped) graphs",
            "edges         \(head.share.percent(1)) of all loadings, \(head.edgeCount.grouped) edges",
            "looks at      the position before \(head.previous.percent(1)), the same token before "
                + "\(head.same.percent(1)), the first position \(head.first.percent(1))",
            "distance      \(head.distance.fixed(2)) positions; entropy \(head.entropy.fixed(2)) nats",
        ]
        for (title, features) in [("carries", report.carried), ("brings something to", report.served)] {
            var table = TextTable([">share", ">of the feature", ">edges", ">prompts", "feature", "label"])
            for feature in features {
                table.add([
                    feature.share.percent(1), feature.shareOfFeature.percent(1), feature.edgeCount.grouped,
                    feature.promptCount.grouped, "\(feature.feature)", feature.label ?? "",
                ])
            }
            lines += [title] + table.lines
        }
        var examples = TextTable([">loading", ">weight", "from", "to", "prompt"])
        for example in report.examples {
            examples.add([
                example.loading.signed(3), example.weight.signed(3), example.source.phrase, example.target.phrase,
                "\(example.prompt) \(example.text)",
            ])
        }
        return lines + ["strongest edges, one a prompt"] + examples.lines
    }

    static func lines(_ report: HeadPairsReport) -> [String] {
        func named(_ source: HeadPairsReport.Source) -> String {
            let node = source.node
            return switch node.kind {
            case "feature":
                (node.feature.map { "\($0)" } ?? "feature") + (source.label.map { " (\($0))" } ?? "")
            case "error": "errors of layer \(node.layer ?? 0)"
            case "token": "token \"\(node.text ?? "")\""
            default: "bias"
            }
        }
        var table = TextTable([">mean", ">spread", ">scores", "query", "key", "most in"])
        for pair in report.pairs {
            let most = pair.examples.first.map { "\($0.prompt) from \($0.query) to \($0.key)" } ?? ""
            table.add([
                pair.mean.signed(3), pair.spread.fixed(3), "\(pair.count) of \(report.scoreCount)", named(pair.query),
                named(pair.key), most,
            ])
        }
        return ["looks because of (what pairs add to its score less that of the mean key)"] + table.lines
    }
}
