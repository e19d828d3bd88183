import AtlasStore
import Foundation

/// The interface's description in OpenAPI 3.1, made from the table of routes.
struct OpenAPIDocument: Encodable {
    private let openapi = "3.1.0"
    private let info = [
        "title": "Feature Atlas", "version": Atlas.programVersion,
        "description": """
        A question ends when its connection does, or after the time that the server gives one (atlas serve \
        --question-limit, 60 seconds unless given): then the answer is 503 and says what to ask for instead. 503 with \
        Retry-After means that too much waits. Questions that take long have workers of their own. A request has 20 \
        seconds to arrive whole (408), 64 KiB for its head (431) and 1 MB for its body (413); rates are limited by \
        address and count what answers took (429 with Retry-After). Host must be there once and name this server \
        (400, 403). DELETE jobs/{id} stops a job between two steps. 400 is told where a request is not as described here, \
        422 where it is and asks for what cannot be: a circuit of two seeds, a head that looks ahead.
        """,
    ]
    private let servers = [["url": "/api/\(RouteTable.version)"]]
    private let paths: [String: [String: Operation]]
    private let components: Components
    /// Reading from this machine needs no token; what does shows the server's.
    private let security: [[String: [String]]] = [[:], ["token": []]]

    /// The schemas of good answers, in the order of the routes.
    let answers: [JSONSchema]
    /// The schemas of all structures, by name.
    var schemas: [String: JSONSchema] { components.schemas }

    private enum CodingKeys: CodingKey { case openapi, info, servers, paths, components, security }

    /// The description of all routes: made once.
    static let whole = OpenAPIDocument()

    private init() {
        var description = TypeDescription()
        let problem = description.schema(of: Problem.self)
        var paths: [String: [String: Operation]] = [:]
        var bodies: [String: JSONSchema] = [:]
        var answers: [JSONSchema] = []
        for route in RouteTable.routes {
            let answer = description.schema(of: route.answerType)
            answers.append(answer)
            paths["/\(route.path)", default: [:]][route.method.rawValue.lowercased()] = Operation(
                route, answer: answer, problem: problem)
            if let body = route.body { bodies.merge(body.components) { $1 } }
        }
        self.paths = paths
        self.answers = answers
        components = Components(schemas: description.components.merging(bodies) { $1 })
    }

    private struct Operation: Encodable {
        let summary: String
        let operationId: String
        let tags: [String]
        let parameters: [Parameter]
        let requestBody: Body?
        let responses: [String: Response]

        init(_ route: Route, answer: JSONSchema, problem: JSONSchema) {
            summary = route.summary
            let words = route.path.split { !$0.isLetter && !$0.isNumber }
            operationId =
                route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            tags = [String(words[0])]
            let inPath = Set(route.pathNames)
            parameters = route.parameters.map {
                Parameter($0, isInPath: inPath.contains($0.name), required: route.requires($0))
            }
            requestBody = route.body.map(Body.init)
            var responses = [
                "\(route.status)": Response(description: route.summary, type: "application/json", schema: answer)
            ]
            for (status, summary) in Self.problems(of: route) {
                responses[status] = Response(description: summary, type: "application/problem+json", schema: problem)
            }
            self.responses = responses
        }

        /// Why a question may not be answered, by status.
        private static func problems(of route: Route) -> [String: String] {
            var problems = [
                "400": "the request is not as described here",
                "404": "the atlas has nothing of that name",
                "409": "the atlas lacks what the question needs, or several things are meant",
                "422": "the request is as described here, and asks for what cannot be",
                "503": "the question took too long, or too much waits",
                "default": "why it was not answered",
            ]
            if !route.method.isReading { problems["401"] = "the server's token is needed" }
            if route.writesAtlas { problems["403"] = "the atlas is served for reading only" }
            if route.body != nil { problems["415"] = "the body is not said to be JSON" }
            return problems
        }
    }

    private struct Parameter: Encodable {
        let name: String
        let `in`: String
        let required: Bool
        let description: String
        let schema: JSONSchema

        init(_ parameter: RouteParameter, isInPath: Bool, required: Bool) {
            name = parameter.name
            `in` = isInPath ? "path" : "query"
            self.required = required
            description = parameter.summary
            schema = JSONSchema(parameter)
        }
    }

    private struct Body: Encodable {
        let required = true
        let content: [String: Content]

        struct Content: Encodable {
            let schema: JSONSchema
            let example: Example
        }

        init(_ form: RequestBodyForm) {
            content = [
                "application/json": Content(
                    schema: JSONSchema(component: form.name), example: Example(json: form.example))
            ]
        }
    }

    /// An example, written as the JSON that it is.
    private struct Example: Encodable {
        let json: String

        func encode(to encoder: any Encoder) throws {
            try JSONDecoder().decode(AnyJSON.self, from: Data(json.utf8)).encode(to: encoder)
        }
    }

    private struct Response: Encodable {
        let description: String
        let content: [String: [String: JSONSchema]]

        init(description: String, type: String, schema: JSONSchema) {
            self.description = description
            content = [type: ["schema": schema]]
        }
    }

    private struct Components: Encodable {
        let schemas: [String: JSONSchema]
        let securitySchemes = ["token": ["type": "http", "scheme": "bearer"]]
    }
}

/// Any JSON, passed on as it is.
private enum AnyJSON: Codable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}
