import AtlasQuery
import Circuits
import Foundation

extension RouteParameter {
    fileprivate static func filter(_ name: String, _ summary: String, isRequired: Bool = false) -> RouteParameter {
        RouteParameter(name, .filter, summary, isRequired: isRequired)
    }

    fileprivate static func measure(fallback: SimilarityMeasure?) -> RouteParameter {
        RouteParameter(
            "by", .choice(SimilarityMeasure.allCases.map(\.rawValue)), "what makes two prompts alike",
            fallback: fallback?.rawValue)
    }

    fileprivate static let rate = RouteParameter(
        "rate", .number(0...1), "the false-discovery rate: up to which q-value a row counts as significant",
        fallback: "0.05")

    fileprivate static let operands = [
        RouteParameter("rows", .text(limit: 200), "the tag of the first operand", fallback: "a"),
        RouteParameter("columns", .text(limit: 200), "the tag of the second operand", fallback: "b"),
        RouteParameter(
            "position", .choice(OperandPosition.allCases.map(\.rawValue)), "where activations are read",
            fallback: OperandPosition.last.rawValue), group,
    ]
}

extension RouteRequest {
    fileprivate var measure: SimilarityMeasure? { text("by").flatMap { SimilarityMeasure(rawValue: $0) } }

    fileprivate func operandsOptions() throws(Problem) -> OperandsOptions {
        var options = OperandsOptions()
        options.rowTag = try required("rows")
        options.columnTag = try required("columns")
        options.position = text("position").flatMap { OperandPosition(rawValue: $0) } ?? .last
        options.filter = filter()
        return options
    }
}

extension Route {
    static let groups = [
        Route(
            "diff", "What sets two groups of prompts apart, and what they share",
            [
                .filter("a", "a group of prompts", isRequired: true),
                .filter("b", "another; all other prompts unless given"),
                .rate,
                .init("limit", .integer(1...1_000), "rows of each kind at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            var options = DiffOptions()
            options.falseDiscoveryRate = request.number("rate")!
            options.limit = request.integer("limit")!
            return try service.reader.diff(
                request.filter("a"), request.text("b").map { _ in request.filter("b") }, options: options)
        },
        Route(
            "invariant", "What a share of a group's prompts has in common",
            [
                .filter("where", RouteParameter.group.summary, isRequired: true),
                .init("share", .number(0...1), "the share of prompts that must have it", fallback: "0.9"),
                .init("limit", .integer(1...1_000), "rows at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            try service.reader.invariant(
                request.filter(), share: request.number("share")!, limit: request.integer("limit")!)
        },
        Route(
            "contrast", "What differs within pairs of prompts that share a tag's value",
            [
                .filter("a", "the group of the pairs' first prompts", isRequired: true),
                .filter("b", "that of their second prompts", isRequired: true),
                .init("by", .text(limit: 200), "the tag whose value makes a pair", isRequired: true),
                .init("limit", .integer(1...1_000), "rows at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            try service.reader.contrast(
                request.filter("a"), request.filter("b"), pairedBy: try request.required("by"),
                limit: request.integer("limit")!)
        },
        Route(
            "prompts/{id}/similar", "The prompts most like one",
            [
                .prompt, .measure(fallback: nil), .group,
                .init("limit", .integer(1...1_000), "prompts at most", fallback: "10"),
            ], length: .long
        ) { request, service in
            try service.reader.similar(
                to: request.promptOfPath(service), by: request.measure, where: request.filter(),
                limit: request.integer("limit")!)
        },
        Route(
            "families", "Prompts sorted into families of alike ones",
            [
                .measure(fallback: .influence), .group,
                .init("threshold", .number(0...1), "the cosine from which prompts are alike", fallback: "0.7"),
                .init("prompts", .integer(1...30_000), "prompts that are read at most", fallback: "5000"),
                .init("limit", .integer(1...1_000), "families at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            try service.reader.families(
                where: request.filter(), by: request.measure ?? .influence, threshold: request.number("threshold")!,
                promptLimit: request.integer("prompts")!, limit: request.integer("limit")!)
        },
        Route(
            "failures", "Where the model is wrong, or explained badly",
            [
                .group, .init("tag", .text(limit: 200), "the tag whose values are told apart"),
                .init("limit", .integer(1...1_000), "prompts of each kind at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            try service.reader.failures(
                where: request.filter(), byTag: request.text("tag"), limit: request.integer("limit")!)
        },
        Route(
            "motifs", "Labelled subgraphs that recur over prompts, against graphs rewired at random",
            [
                .group, .init("graphs", .integer(1...1_000), "graphs that are read at most", fallback: "200"),
                .init(
                    "rewirings", .integer(1...30_000), "how often each graph is rewired under each null",
                    fallback: "2000"),
                .init(
                    "signed", .choice(["yes", "no"]), "whether edges that lower are told from edges that raise",
                    fallback: "yes"),
                .rate,
                .init("limit", .integer(1...200), "motifs of each kind at most", fallback: "10"),
            ], length: .long
        ) { request, service in
            var options = MotifsOptions()
            options.graphLimit = request.integer("graphs")!
            options.rewirings = request.integer("rewirings")!
            options.signed = request.text("signed") == "yes"
            options.falseDiscoveryRate = request.number("rate")!
            options.limit = request.integer("limit")!
            return try service.reader.motifs(where: request.filter(), options: options, jobs: service.threads)
        },
        Route("operand-tags", "The two tags that make the corpus an operand grid; none where it is none") {
            _, service in
            try service.reader.operandTags()
        },
        Route(
            "operand-labels", "What features are called by their activations over the operands of a template",
            [
                .init(
                    "features",
                    .form(RouteParameter.featureListForm, expected: "features as layer/index, spaces between"),
                    "the features, several with spaces between", isRequired: true)
            ], length: .long
        ) { request, service in
            let features = try request.required("features").split(separator: " ").compactMap { FeatureID($0) }
            for feature in features { try service.reader.requireFeature(feature) }
            return try service.operandLabels.labels(features)
        },
        Route(
            "operands", "Features that depend on the two operands of a template, the best fits of each class first",
            RouteParameter.operands + [
                .init("class", .choice(OperandClass.allCases.map(\.rawValue)), "only features of this class"),
                .init("limit", .integer(1...1_000), "features of each class at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            try service.reader.operandRanking(
                of: request.text("class").flatMap { OperandClass(rawValue: $0) }, options: request.operandsOptions(),
                limit: request.integer("limit")!)
        },
        Route(
            "features/{layer}/{index}/operands", "A feature's activation over the two operands of a template",
            RouteParameter.feature + RouteParameter.operands, length: .long
        ) { request, service in
            try service.reader.operands(of: request.featureOfPath(), options: request.operandsOptions())
        },
    ]
}
