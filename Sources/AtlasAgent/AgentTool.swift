import AtlasInterface
import Foundation

/// A question to the atlas as a tool that a language model can call: every route that only reads.
struct AgentTool: Encodable, Sendable {
    /// `prompt_graph` for `prompts/{id}/graph`.
    let name: String
    /// What it answers.
    let description: String
    /// What it takes.
    let inputSchema: JSONSchema
    private let annotations = Annotations()

    /// What is told of its effects.
    private struct Annotations: Encodable {
        let readOnlyHint = true
        let openWorldHint = false
    }

    private enum CodingKeys: CodingKey { case name, description, inputSchema, annotations }

    let route: Route

    /// Items of a list that are given unless more are asked for: a model reads every one.
    static let usualLimit = 20

    init(_ route: Route) {
        self.route = route
        name = Self.name(route)
        description = route.summary
        inputSchema = JSONSchema(parametersOf: route)
    }

    /// All tools, by the order of the routes: what reads the atlas, and not what tells of this program.
    static let all = RouteTable.routes.filter {
        $0.method.isReading && !$0.path.hasPrefix("jobs/") && $0.path != "openapi.json"
    }.map { AgentTool($0) }

    /// The words of a path; a list's word is in the singular where one of its items is meant.
    private static func name(_ route: Route) -> String {
        let segments = route.segments
        return segments.indices.compactMap { place -> String? in
            let word = segments[place]
            guard word.first != "{" else { return nil }
            let isOne = place + 1 < segments.count && segments[place + 1].first == "{" && word.last == "s"
            return String(isOne ? word.dropLast() : word)
        }.joined(separator: "_").replacing("-", with: "_")
    }

    /// The path and query below the version that ask this with some arguments, percent-encoded.
    ///
    /// - Throws: `Problem` for an argument that is no text, number or boolean, one that the tool does not take, or one that
    ///   the path needs and is not given
    func target(_ arguments: [(name: String, value: String)]) throws(Problem) -> String {
        var given = Dictionary(arguments.map { ($0.name, $0.value) }) { $1 }
        if given["limit"] == nil, let limit = route.parameters.first(where: { $0.name == "limit" }),
            let usual = limit.fallback.flatMap({ Int($0) }), usual > Self.usualLimit
        {
            given["limit"] = "\(Self.usualLimit)"
        }
        var path: [String] = []
        for segment in route.segments {
            guard segment.first == "{" else {
                path.append(String(segment))
                continue
            }
            let name = String(segment.dropFirst().dropLast())
            guard let value = given.removeValue(forKey: name), !value.isEmpty else {
                throw Problem(400, "Missing parameter", "\(name): expected a value, found none")
            }
            path.append(Self.encoded(value))
        }
        let query = given.sorted { $0.key < $1.key }.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }
        return path.joined(separator: "/") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// RFC 3986.
    private static let unreserved = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
}
