import Foundation
import Texts

/// What is sent along with a question, or a part of it: what it must be is described, and checked, by one schema.
protocol RequestBody: Decodable, Sendable {
    /// Says what the types of the members cannot: what they mean, which numbers and lengths they may have.
    static func refine(_ members: inout RequestBodyMembers)
}

/// The members of a body, whose schemas are being said more exactly.
struct RequestBodyMembers {
    private(set) var schema: JSONSchema

    init(_ schema: JSONSchema) { self.schema = schema }

    /// Says what a member means.
    ///
    /// - Parameter change: what values it may have
    mutating func describe(_ name: String, _ summary: String, _ change: (inout JSONSchema) -> Void = { _ in }) {
        guard var member = schema.properties?[name] else { preconditionFailure("the body has no \(name)") }
        change(&member)
        member.description = summary
        schema.properties?[name] = member
    }
}

extension JSONSchema {
    /// Allows the numbers of a range.
    mutating func allow(_ range: ClosedRange<Double>) { (minimum, maximum) = (range.lowerBound, range.upperBound) }

    /// Allows texts of some lengths.
    mutating func allow(characters range: ClosedRange<Int>) {
        (minLength, maxLength) = (range.lowerBound, range.upperBound)
        pattern = Self.textWithoutNUL
    }

    /// Allows lists of some lengths.
    mutating func allow(elements range: ClosedRange<Int>) {
        (minItems, maxItems) = (range.lowerBound, range.upperBound)
    }

    /// Allows groups of prompts.
    mutating func allowGroups() {
        allow(characters: 2...RouteParameter.longestFilter)
        pattern = RouteParameter.filterForm
    }

    /// Whole numbers that JSON's readers agree on.
    mutating func allowSeeds() { allow(0...9_007_199_254_740_991) }
}

/// The form of a route's body.
struct RequestBodyForm: Sendable {
    /// The name of its type.
    let name: String
    /// The schemas of the body and of what is in it.
    let components: [String: JSONSchema]
    /// A body, as JSON.
    let example: String

    init<Body: RequestBody>(_ type: Body.Type, example: String) {
        var description = TypeDescription()
        guard let name = description.schema(of: type).component else { preconditionFailure("\(type) has no name") }
        self.name = name
        components = description.components
        self.example = example
    }

    /// Throws unless `body` is JSON of this form.
    func check(_ body: Data) throws(Problem) {
        do {
            let value = try JSONText.parse([UInt8](body), keepingNumerals: true)
            try SchemaFault.check(value, JSONSchema(component: name), components: components)
        } catch let error as SchemaFault {
            throw Problem(400, "Wrong body", "\(error)")
        } catch let error as JSONSyntaxError {
            throw Problem(
                400, "Wrong body",
                "expected JSON, found something else: line \(error.line), column \(error.column): expected "
                    + "\(error.expected), found \(error.found)")
        } catch {
            throw Problem(400, "Wrong body", "expected a JSON object, found something else")
        }
    }
}
