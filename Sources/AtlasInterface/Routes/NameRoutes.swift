import AtlasQuery
import Circuits
import Foundation
import Texts

/// What is sent to name a feature.
struct LabelBody: RequestBody {
    let label: String
    let note: String?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("label", "the feature's name, one line") {
            $0.allow(characters: 1...NameRule.longestName)
        }
        members.describe("note", "more about it") { $0.allow(characters: 0...NameRule.longestNote) }
    }
}

/// What is sent to keep a supernode.
struct SupernodeBody: RequestBody {
    let features: [FeatureText]
    let note: String?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("features", "the features that it stands for") { $0.allow(elements: 1...10_000) }
        members.describe("note", "more about it") { $0.allow(characters: 0...NameRule.longestNote) }
    }
}

/// A feature as a text, `2/157`, or as an object, `{"layer": 2, "index": 157}`.
struct FeatureText: Decodable {
    let feature: FeatureID

    init(_ feature: FeatureID) { self.feature = feature }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let feature = FeatureID(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription:
                        "expected a feature as layer/index, found \(String(text.prefix(100)).debugDescription)")
            }
            self.feature = feature
        } else {
            feature = try container.decode(FeatureID.self)
        }
    }
}

extension RouteParameter {
    static let supernode = RouteParameter("name", .text(limit: 2_000), "a supernode's name")
}

extension Route {
    static let names = [
        Route("features/{layer}/{index}/label", "A feature's label and note", RouteParameter.feature) {
            request, service in try service.reader.name(of: request.featureOfPath())
        },
        Route(
            .put, "features/{layer}/{index}/label", "Gives a feature a label and a note", RouteParameter.feature,
            body: LabelBody.self, example: #"{"label": "Texas", "note": "fires on cities of Texas"}"#
        ) { request, body, service in
            let feature = try request.featureOfPath()
            // A feature that the atlas has not is told as it is where it is asked for.
            _ = try service.reader.name(of: feature)
            try service.write { try $0.setLabel(body.label, note: body.note ?? "", of: feature) }
            return try service.reader.name(of: feature)
        },
        Route(
            .delete, "features/{layer}/{index}/label", "Takes a feature's label and note away", RouteParameter.feature
        ) { request, service in
            let feature = try request.featureOfPath()
            // A feature that the atlas has not is told as it is where it is asked for.
            _ = try service.reader.name(of: feature)
            try service.write { try $0.setLabel(nil, of: feature) }
            return try service.reader.name(of: feature)
        },
        Route("labels", "The labels that people gave, by feature", RouteParameter.list) { request, service in
            try service.reader.labels().part(try request.range())
        },
        Route("supernodes", "The supernodes that people keep, by name", RouteParameter.list) { request, service in
            try service.reader.supernodes().part(try request.range())
        },
        Route("supernodes/{name}", "One supernode", [.supernode]) { request, service in
            try service.reader.supernode(try request.required("name"))
        },
        Route(
            .put, "supernodes/{name}", "Keeps features under a name", [.supernode],
            body: SupernodeBody.self, example: #"{"features": ["2/157", "0/303"], "note": "Texas"}"#
        ) { request, body, service in
            let name = try request.required("name")
            try service.write {
                try $0.setSupernode(name, note: body.note ?? "", members: body.features.map(\.feature))
            }
            return try service.reader.supernode(name)
        },
        Route(.delete, "supernodes/{name}", "Forgets a supernode", [.supernode]) { request, service in
            let name = try request.required("name")
            let old = try service.reader.supernode(name)
            try service.write { _ = try $0.removeSupernode(name) }
            return old
        },
    ]
}

extension Array where Element: Codable & Sendable & Equatable {
    /// A part of a list that is in memory already.
    func part(_ range: ListRange) -> ItemList<Element> {
        ItemList(items: Array(dropFirst(range.offset).prefix(range.limit)), total: count, offset: range.offset)
    }
}
