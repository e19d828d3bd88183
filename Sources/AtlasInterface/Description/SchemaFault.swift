import Texts

/// Where a JSON value is not as a schema says, and how.
///
/// Patterns are not looked at: whoever reads such a text says more exactly what is wrong with it.
package struct SchemaFault: Error, Equatable, CustomStringConvertible {
    /// The names and places that lead to it.
    let place: [String]
    /// What was expected and found.
    let sentence: String

    package var description: String {
        "\(place.isEmpty ? "the body" : place.joined(separator: ".")): \(sentence)"
    }

    /// Throws the first fault of a value.
    package static func check(
        _ value: JSONValue, _ schema: JSONSchema, components: [String: JSONSchema], at place: [String] = []
    ) throws(SchemaFault) {
        func fail(_ expected: String) -> SchemaFault {
            SchemaFault(place: place, sentence: "expected \(expected), found \(value.excerpt)")
        }
        if let name = schema.component {
            guard let component = components[name] else { preconditionFailure("no schema is called \(name)") }
            return try check(value, component, components: components, at: place)
        }
        if let alternatives = schema.alternatives {
            var faults: [SchemaFault] = []
            for alternative in alternatives {
                do throws(SchemaFault) {
                    return try check(value, alternative, components: components, at: place)
                } catch { faults.append(error) }
            }
            // The one that got furthest is the one that was meant.
            throw faults.max { $0.place.count < $1.place.count } ?? fail("nothing")
        }
        switch schema.type {
        case "string":
            guard let text = value.string else { throw fail("text") }
            let length = text.unicodeScalars.count
            if let limit = schema.maxLength, length > limit { throw fail("\(limit) characters at most") }
            if let least = schema.minLength, length < least {
                throw fail(least == 1 ? "a text" : "\(least) characters or more")
            }
            if let words = schema.enumeration, !words.contains(text) {
                throw fail("one of \(words.joined(separator: ", "))")
            }
        case "boolean": guard value.boolean != nil else { throw fail("true or false") }
        case "null": guard value.isNull else { throw fail("null") }
        case "integer", "number":
            let isWhole = schema.type == "integer"
            guard let number = value.number, !isWhole || number.rounded() == number else {
                throw fail(isWhole ? "a whole number" : "a number")
            }
            guard schema.holds(number) else { throw fail(schema.range) }
        case "array":
            guard let elements = value.elements else { throw fail("a list") }
            let limits = (schema.minItems ?? 0)...(schema.maxItems ?? .max)
            guard limits.contains(elements.count) else {
                throw fail("\(limits.lowerBound) to \(limits.upperBound) elements")
            }
            guard let element = schema.element else { return }
            for (index, value) in elements.enumerated() {
                try check(value, element, components: components, at: place + ["\(index)"])
            }
        case "object":
            try checkMembers(of: value, schema, components: components, at: place)
        default: return
        }
    }

    private static func checkMembers(
        of value: JSONValue, _ schema: JSONSchema, components: [String: JSONSchema], at place: [String]
    ) throws(SchemaFault) {
        guard let members = value.members else {
            throw SchemaFault(place: place, sentence: "expected an object, found \(value.excerpt)")
        }
        let properties = schema.properties ?? [:]
        for member in members {
            // Two names are one where Swift calls them equal; a property's name is plain ASCII, and `é` no name of it.
            if let property = properties[member.name] {
                try check(member.value, property, components: components, at: place + [member.name])
            } else if let any = schema.member {
                try check(member.value, any, components: components, at: place + [member.name])
            } else if schema.isClosed {
                throw SchemaFault(
                    place: place + [String(member.name.prefix(100))],
                    sentence: "expected no such member; there are \(properties.keys.sorted().joined(separator: ", "))")
            }
        }
        for name in schema.required ?? [] where !members.contains(where: { $0.name == name }) {
            throw SchemaFault(place: place + [name], sentence: "expected a value, found none")
        }
    }
}

extension JSONSchema {
    fileprivate func holds(_ number: Double) -> Bool {
        number >= minimum ?? -.infinity && number <= maximum ?? .infinity && number > exclusiveMinimum ?? -.infinity
    }

    /// The numbers that it holds, in words.
    fileprivate var range: String {
        func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
        let lower = exclusiveMinimum.map { "more than \(text($0))" } ?? minimum.map(text)
        return switch (lower, maximum.map(text)) {
        case (let lower?, let upper?): lower + (exclusiveMinimum == nil ? " to " : " and at most ") + upper
        case (let lower?, nil): exclusiveMinimum == nil ? "\(lower) or more" : lower
        case (nil, let upper?): "at most \(upper)"
        case (nil, nil): "a number"
        }
    }
}
