import AtlasQuery
import Circuits
import Foundation

/// What is sent to name a feature.
struct LabelBody: Decodable {
    let label: String
    let note: String?

    static let labelLimit = 20_000
    static let noteLimit = 100_000
}

/// Neighbours of a feature on one side.
public struct NeighbourList: Codable, Sendable, Equatable {
    /// Those that hold the largest shares first.
    public let items: [Neighbour]
}

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
            "features/{layer}/{index}/upstream", "What drives a feature in stored graphs",
            RouteParameter.feature + [.limit]
        ) { request, service in
            NeighbourList(
                items: try service.reader.upstream(of: request.featureOfPath(), limit: try request.range().limit)
                    .map(\.shortened))
        },
        Route(
            "features/{layer}/{index}/downstream", "What a feature drives in stored graphs",
            RouteParameter.feature + [.limit]
        ) { request, service in
            NeighbourList(
                items: try service.reader.downstream(of: request.featureOfPath(), limit: try request.range().limit)
                    .map(\.shortened))
        },
        Route(
            "features/{layer}/{index}/prompts", "The prompts in which a feature fires, strongest first",
            RouteParameter.feature + RouteParameter.list
        ) { request, service in
            try service.reader.firingPrompts(of: request.featureOfPath(), range: try request.range())
        },
        Route("features/{layer}/{index}/label", "A feature's label and note", RouteParameter.feature) {
            request, service in
            try service.reader.name(of: request.featureOfPath())
        },
        Route(
            .put, "features/{layer}/{index}/label", "Gives a feature a label and a note", RouteParameter.feature,
            bodyExample: #"{"label": "Texas", "note": "fires on cities of Texas"}"#
        ) { request, service in
            let feature = try request.featureOfPath()
            let body = try request.decoded(LabelBody.self)
            guard !body.label.isEmpty, body.label.utf8.count <= LabelBody.labelLimit else {
                throw Problem(
                    400, "Wrong body",
                    "label: expected 1 to \(LabelBody.labelLimit) bytes, found \(body.label.utf8.count)")
            }
            let note = body.note ?? ""
            guard note.utf8.count <= LabelBody.noteLimit else {
                throw Problem(
                    400, "Wrong body", "note: expected \(LabelBody.noteLimit) bytes at most, found \(note.utf8.count)")
            }
            try service.write { try $0.setLabel(body.label, note: note, of: feature) }
            return try service.reader.name(of: feature)
        },
        Route(
            .delete, "features/{layer}/{index}/label", "Takes a feature's label and note away", RouteParameter.feature
        ) { request, service in
            let feature = try request.featureOfPath()
            try service.write { try $0.setLabel(nil, of: feature) }
            return try service.reader.name(of: feature)
        },
    ]
}
