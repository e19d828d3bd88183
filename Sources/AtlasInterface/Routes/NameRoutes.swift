import AtlasIndexing
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

/// A file of labels, as it is read by `atlas import labels`.
public struct LabelFileAnswer: Codable, Sendable, Equatable {
    /// How it is written.
    public let format: LabelFormat
    /// All of it.
    public let content: String
}

/// What is sent to take over a file of labels.
struct LabelFileBody: RequestBody {
    let name: String
    let content: String
    let replace: Bool?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("name", "the file's name, whose ending tells its format: .csv, .tsv or .jsonl") {
            $0.allow(characters: 1...200)
        }
        members.describe("content", "all that the file holds") { $0.allow(characters: 1...longestFile) }
        members.describe("replace", "whether features that have a label get the file's; no unless given")
    }

    /// The most characters of a file; how many bytes a server takes, it says itself.
    static let longestFile = 10_000_000
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
        Route(
            "labels/file", "The labels that people gave, as a file that other tools read",
            [.init("format", .choice(LabelFormat.allCases.map(\.rawValue)), "how it is written", fallback: "csv")]
        ) { request, service in
            let format = request.text("format").flatMap { LabelFormat(rawValue: $0) } ?? .csv
            let identity = service.reader.atlas.identity
            let table = try LabelTable(
                service.reader.labels(), modelName: identity.modelName, transcoderName: identity.transcoderName)
            return LabelFileAnswer(format: format, content: String(decoding: table.data(as: format), as: UTF8.self))
        },
        Route(
            .put, "labels", "Takes over the labels of a file: all of them or, after an error, none",
            body: LabelFileBody.self, example: #"{"name": "labels.csv", "content": "layer,index,label\n2,157,Texas\n"}"#
        ) { _, body, service in
            let file: LabelFile
            do { file = try LabelFile(content: body.content, named: body.name) } catch {
                throw Problem(422, "Wrong file", "\(error)")
            }
            var summary = LabelImport()
            try service.write { summary = try file.write(to: $0, replaces: body.replace ?? false) }
            return summary
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
