/// A JSON Schema (2020-12) as far as descriptions of routes need it.
package struct JSONSchema: Encodable, Sendable {
    var type: String?
    var description: String?
    var minimum: Double?
    var maximum: Double?
    var maxLength: Int?
    var pattern: String?
    var enumeration: [String]?
    var fallback: String?
    var reference: String?
    var properties: [String: JSONSchema]?
    var required: [String]?
    var refusesOthers = false

    init(
        type: String? = nil, minimum: Double? = nil, maximum: Double? = nil, reference: String? = nil,
        properties: [String: JSONSchema]? = nil
    ) {
        (self.type, self.minimum, self.maximum) = (type, minimum, maximum)
        (self.reference, self.properties) = (reference, properties)
    }

    /// What a parameter of a route may be.
    init(_ parameter: RouteParameter) {
        type = "string"
        switch parameter.kind {
        case .integer(let range):
            (type, minimum, maximum) = ("integer", Double(range.lowerBound), Double(range.upperBound))
        case .number(let range): (type, minimum, maximum) = ("number", range.lowerBound, range.upperBound)
        case .text(let limit): maxLength = limit
        case .choice(let words): enumeration = words
        case .filter: pattern = "^[^=]+=.*$"
        case .feature: pattern = "^[0-9]+/[0-9]+$"
        }
        fallback = parameter.fallback
    }

    /// An object with a member for each parameter of a route, described.
    package init(parametersOf route: Route) {
        type = "object"
        properties = Dictionary(
            uniqueKeysWithValues: route.parameters.map { parameter in
                var schema = JSONSchema(parameter)
                schema.description = parameter.summary
                return (parameter.name, schema)
            })
        required = route.parameters.filter { route.requires($0) }.map(\.name)
        refusesOthers = true
    }

    private enum CodingKeys: String, CodingKey {
        case type, description, minimum, maximum, maxLength, pattern, properties, required, additionalProperties
        case enumeration = "enum"
        case fallback = "default"
        case reference = "$ref"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(type, forKey: .type)
        try container.encodeIfPresent(description, forKey: .description)
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
        try container.encodeIfPresent(required, forKey: .required)
        if refusesOthers { try container.encode(false, forKey: .additionalProperties) }
    }
}
