/// A JSON Schema (2020-12) as far as descriptions of routes need it.
package struct JSONSchema: Encodable, Sendable {
    var type: String?
    var description: String?
    var minimum: Double?
    var maximum: Double?
    var exclusiveMinimum: Double?
    var minLength: Int?
    var maxLength: Int?
    var pattern: String?
    var enumeration: [String]?
    var fallback: String?
    var reference: String?
    var properties: [String: JSONSchema]?
    var required: [String]?
    /// Whether an object has no members but its properties.
    var isClosed = false
    var minItems: Int?
    var maxItems: Int?
    /// One of these; several where a value may have more than one form.
    var alternatives: [JSONSchema]?
    /// What a list's elements are, or, of an object without properties, its members: one, or none where they are anything.
    private var parts: [JSONSchema] = []

    init(type: String? = nil) { self.type = type }

    /// One of the components of the description.
    init(component name: String) { reference = "\(Self.place)\(name)" }

    /// A list.
    init(listOf element: JSONSchema) {
        type = "array"
        parts = [element]
    }

    /// An object whose members, whatever they are called, are alike.
    init(membersOf member: JSONSchema) {
        type = "object"
        parts = [member]
    }

    /// An object of certain members and no others.
    init(properties: [String: JSONSchema], required: [String]) {
        type = "object"
        self.properties = properties
        self.required = required.isEmpty ? nil : required.sorted()
        isClosed = true
    }

    /// One of several forms.
    init(anyOf alternatives: [JSONSchema]) { self.alternatives = alternatives }

    /// A whole number or a number of a range.
    init(_ type: String, _ range: ClosedRange<Double>) {
        (self.type, minimum, maximum) = (type, range.lowerBound, range.upperBound)
    }

    /// A text.
    init(text length: ClosedRange<Int>, pattern: String? = nil) {
        (type, minLength, maxLength, self.pattern) = ("string", length.lowerBound, length.upperBound, pattern)
    }

    private static let place = "#/components/schemas/"

    /// The component that it stands for.
    var component: String? { reference.map { String($0.dropFirst(Self.place.count)) } }

    /// What a list's elements are.
    var element: JSONSchema? { type == "array" ? parts.first : nil }

    /// What an object's members are that are no properties.
    var member: JSONSchema? { type == "object" ? parts.first : nil }

    /// What a parameter of a route may be.
    init(_ parameter: RouteParameter) {
        type = "string"
        switch parameter.kind {
        case .integer(let range):
            (type, minimum, maximum) = ("integer", Double(range.lowerBound), Double(range.upperBound))
        case .number(let range): (type, minimum, maximum) = ("number", range.lowerBound, range.upperBound)
        case .text(let limit): (minLength, maxLength, pattern) = (1, limit, Self.textWithoutNUL)
        case .choice(let words): enumeration = words
        case .filter: (minLength, maxLength, pattern) = (2, RouteParameter.longestFilter, RouteParameter.filterForm)
        case .form(let form, _): pattern = form
        }
        fallback = parameter.fallback
    }

    /// Any text but one with NUL, at which SQLite would cut it.
    static let textWithoutNUL = #"^[^\x00]*$"#

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
        isClosed = true
    }

    private enum CodingKeys: String, CodingKey {
        case type, description, minimum, maximum, exclusiveMinimum, minLength, maxLength, pattern, properties, required
        case additionalProperties, items, minItems, maxItems, anyOf
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
        try container.encodeIfPresent(exclusiveMinimum, forKey: .exclusiveMinimum)
        try container.encodeIfPresent(minLength, forKey: .minLength)
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
        if isClosed { try container.encode(false, forKey: .additionalProperties) }
        try container.encodeIfPresent(member, forKey: .additionalProperties)
        try container.encodeIfPresent(element, forKey: .items)
        try container.encodeIfPresent(minItems, forKey: .minItems)
        try container.encodeIfPresent(maxItems, forKey: .maxItems)
        try container.encodeIfPresent(alternatives, forKey: .anyOf)
    }
}
