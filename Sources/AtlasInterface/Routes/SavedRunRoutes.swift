import AtlasQuery
import Foundation
import Texts

/// What is sent to keep a run.
struct SavedRunBody: RequestBody {
    let text: String
    let state: [String: String]?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("text", "the text that is run") { $0.allow(characters: 1...RunBody.longestText) }
        members.describe("state", "the parameters of the page Run that shows it, texts by name")
    }
}

extension RouteParameter {
    fileprivate static let savedRun = RouteParameter("name", .text(limit: 2_000), "a kept run's name")
}

extension Route {
    static let savedRuns = [
        Route("saved-runs", "The runs that people keep, by name", RouteParameter.list) { request, service in
            try service.reader.savedRuns().part(try request.range())
        },
        Route("saved-runs/{name}", "One kept run", [.savedRun]) { request, service in
            try service.reader.savedRun(try request.required("name"))
        },
        Route(
            .put, "saved-runs/{name}", "Keeps a text with what is set in it under a name", [.savedRun],
            body: SavedRunBody.self,
            example: #"{"text": "calc: 36+59=", "state": {"set": "2/157@3-=x0", "doses": "0, 1, 2"}}"#
        ) { request, body, service in
            let name = try request.required("name")
            try service.write { try $0.setSavedRun(name, text: body.text, state: body.state ?? [:]) }
            return try service.reader.savedRun(name)
        },
        Route(.delete, "saved-runs/{name}", "Forgets a kept run", [.savedRun]) { request, service in
            let name = try request.required("name")
            let old = try service.reader.savedRun(name)
            try service.write { _ = try $0.removeSavedRun(name) }
            return old
        },
    ]
}
