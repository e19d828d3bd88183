import AtlasQuery
import Circuits
import Foundation

extension Route {
    static let features = [
        Route(
            "features", "Features that fire, or those that never do, in an order",
            [
                .search, .init("layer", .integer(0...65_535), "only features of this layer"),
                .init("firing", .yesOrNo, "no: those that fire in no prompt", fallback: "yes"),
                .init("minimumDensity", .number(0...1), "only those active at this share of the tokens or more"),
                .init("labelled", .yesOrNo, "only those that a person named, or only the others"),
                .init(
                    "sort", .choice(FeatureOrder.names),
                    "what the list is ordered by; with a minus sign backwards", fallback: "feature"),
            ] + RouteParameter.orderedList
        ) { request, service in
            var filter = FeatureFilter(layer: request.integer("layer"), words: request.text("search"))
            filter.firing = request.text("firing") != "no"
            filter.minimumDensity = request.number("minimumDensity")
            filter.labelled = request.text("labelled").map { $0 == "yes" }
            return try service.reader.featureList(
                where: filter, order: request.order(usually: FeatureOrder()),
                range: try request.range())
        },
        Route(
            "features/{layer}/{index}", "One feature: statistics, examples, token effects and neighbours",
            RouteParameter.feature + [
                .init("neighbours", .integer(0...1_000), "neighbours a side", fallback: "20"),
                .init("window", .integer(8...10_000), "tokens of an example at most", fallback: "160"),
            ]
        ) { request, service in
            try service.reader.feature(request.featureOfPath(), neighbourLimit: request.integer("neighbours")!)
                .shortened(window: request.integer("window")!)
        },
        Route(
            "features/{layer}/{index}/prompts", "The prompts in which a feature fires, in an order",
            RouteParameter.feature + [
                .init(
                    "sort", .choice(FiringOrder.names),
                    "what the list is ordered by: the largest activation, its position, or most active tokens first; "
                        + "with a minus sign backwards", fallback: "strength")
            ] + RouteParameter.list
        ) { request, service in
            try service.reader.firingPrompts(
                of: request.featureOfPath(), order: request.order(usually: FiringOrder()),
                range: try request.range())
        },
    ]
}
