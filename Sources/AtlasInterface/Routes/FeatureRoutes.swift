import AtlasQuery
import Circuits
import Foundation

extension Route {
    static let features = [
        Route(
            "features", "Features that fire, in an order",
            [
                .search, .init("layer", .integer(0...65_535), "only features of this layer"),
                .init(
                    "sort", .choice(FeatureOrder.allCases.map(\.rawValue)), "what the list is ordered by",
                    fallback: "feature"),
            ] + RouteParameter.list
        ) { request, service in
            try service.reader.featureList(
                layer: request.integer("layer"), containing: request.text("search"),
                order: request.text("sort").flatMap { FeatureOrder(rawValue: $0) } ?? .feature,
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
            "features/{layer}/{index}/prompts", "The prompts in which a feature fires, strongest first",
            RouteParameter.feature + RouteParameter.list
        ) { request, service in
            try service.reader.firingPrompts(of: request.featureOfPath(), range: try request.range())
        },
    ]
}
