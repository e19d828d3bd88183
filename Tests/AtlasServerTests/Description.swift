import Foundation
import Texts

@testable import AtlasInterface

/// The description that the server serves, held against answers.
enum Description {
    /// Where an answer is not as the description of its route says: a member too many or too few, a value of another kind.
    static func fault(of answer: Data, from route: Route) throws -> SchemaFault? {
        let document = OpenAPIDocument.whole
        guard
            let place = RouteTable.routes.firstIndex(where: { $0.path == route.path && $0.method == route.method })
        else { return SchemaFault(place: [route.path], sentence: "no such route") }
        do {
            try SchemaFault.check(
                JSONText.parse([UInt8](answer)), document.answers[place], components: document.schemas)
            return nil
        } catch let fault as SchemaFault {
            return fault
        }
    }

    /// The same of a route by its name, as `POST runs`.
    static func fault(of answer: Data, from name: String) throws -> SchemaFault? {
        guard let route = RouteTable.routes.first(where: { "\($0.method.rawValue) \($0.path)" == name }) else {
            return SchemaFault(place: [name], sentence: "no such route")
        }
        return try fault(of: answer, from: route)
    }
}
