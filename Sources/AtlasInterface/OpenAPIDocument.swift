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
        (400, 403). DELETE jobs/{id} stops a job between two steps.
        """,
    ]
    private let servers = [["url": "/api/\(RouteTable.version)"]]
    private let paths: [String: [String: Operation]]
    private let components = Components()

    init() {
        var paths: [String: [String: Operation]] = [:]
        for route in RouteTable.routes {
            paths["/\(route.path)", default: [:]][route.method.rawValue.lowercased()] = Operation(route)
        }
        self.paths = paths
    }

    private struct Operation: Encodable {
        let summary: String
        let operationId: String
        let parameters: [Parameter]
        let requestBody: Body?
        let responses: [String: Response]

        init(_ route: Route) {
            summary = route.summary
            let words = route.path.split { !$0.isLetter && !$0.isNumber }
            operationId =
                route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            let inPath = Set(route.pathNames)
            parameters = route.parameters.map { Parameter($0, isInPath: inPath.contains($0.name)) }
            requestBody = route.bodyExample.map(Body.init)
            responses = [
                "\(route.status)": Response(
                    description: route.summary, type: "application/json", schema: Schema(type: "object")),
                "503": Response(
                    description: "the question took too long, or too much waits", type: "application/problem+json",
                    schema: Schema(reference: "#/components/schemas/Problem")),
                "default": Response(
                    description: "why it was not answered", type: "application/problem+json",
                    schema: Schema(reference: "#/components/schemas/Problem")),
            ]
        }
    }

    private struct Parameter: Encodable {
        let name: String
        let `in`: String
        let required: Bool
        let description: String
        let schema: Schema

        init(_ parameter: RouteParameter, isInPath: Bool) {
            name = parameter.name
            `in` = isInPath ? "path" : "query"
            required = isInPath || parameter.name == "text"
            description = parameter.summary
            var schema = Schema(type: "string")
            switch parameter.kind {
            case .integer(let range):
                schema = Schema(type: "integer", minimum: Double(range.lowerBound), maximum: Double(range.upperBound))
            case .number(let range):
                schema = Schema(type: "number", minimum: range.lowerBound, maximum: range.upperBound)
            case .text(let limit): schema.maxLength = limit
            case .choice(let words): schema.enumeration = words
            case .filter: schema.pattern = "^[^=]+=.*$"
            case .feature: schema.pattern = "^[0-9]+/[0-9]+$"
            }
            schema.fallback = parameter.fallback
            self.schema = schema
        }
    }

    private struct Body: Encodable {
        let required = true
        let content: [String: Content]

        struct Content: Encodable {
            let schema = Schema(type: "object")
            let example: Example
        }

        init(_ example: String) {
            content = ["application/json": Content(example: Example(json: example))]
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
        let content: [String: [String: Schema]]

        init(description: String, type: String, schema: Schema) {
            self.description = description
            content = [type: ["schema": schema]]
        }
    }

    private struct Schema: Encodable {
        var type: String?
        var minimum: Double?
        var maximum: Double?
        var maxLength: Int?
        var pattern: String?
        var enumeration: [String]?
        var fallback: String?
        var reference: String?
        var properties: [String: Schema]?
        var items: [Schema]?

        enum CodingKeys: String, CodingKey {
            case type, minimum, maximum, maxLength, pattern, properties
            case enumeration = "enum"
            case fallback = "default"
            case reference = "$ref"
            case items = "prefixItems"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(type, forKey: .type)
            try container.encodeIfPresent(minimum, forKey: .minimum)
            try container.encodeIfPresent(maximum, forKey: .maximum)
            try container.encodeIfPresent(maxLength, forKey: .maxLength)
            try container.encodeIfPresent(pattern, forKey: .pattern)
            try container.encodeIfPresent(enumeration, forKey: .enumeration)
            switch type {
            case "integer": try container.encodeIfPresent(fallback.flatMap { Int($0) }, forKey: .fallback)
            case "number": try container.encodeIfPresent(fallback.flatMap { Double($0) }, forKey: .fallback)
            default: try container.encodeIfPresent(fallback, forKey: .fallback)
            }
            try container.encodeIfPresent(reference, forKey: .reference)
            try container.encodeIfPresent(properties, forKey: .properties)
        }
    }

    private struct Components: Encodable {
        let schemas = [
            "Problem": Schema(
                type: "object",
                properties: [
                    "title": Schema(type: "string"), "status": Schema(type: "integer"),
                    "detail": Schema(type: "string"), "nearest": Schema(type: "array"),
                    "retryAfter": Schema(type: "integer"),
                ])
        ]
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
