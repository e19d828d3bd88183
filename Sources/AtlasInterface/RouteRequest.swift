import AtlasQuery
import Circuits
import Foundation
import Texts

/// A request whose parameters have been checked against those of its route.
public struct RouteRequest: Sendable {
    /// The text of each parameter that was given or has a fallback.
    let values: [String: String]
    /// What was sent along.
    let body: Data

    /// Checks what was given for a route.
    init(_ route: Route, path: [String: String], query: [(name: String, value: String)], body: Data) throws(Problem) {
        var values: [String: String] = [:]
        for parameter in route.parameters { values[parameter.name] = parameter.fallback }
        let queryNames = route.parameters.map(\.name).filter { path[$0] == nil }
        var seen = Set<String>()
        for (name, value) in query {
            guard queryNames.contains(name) else {
                let nearest = NearestNames.of(name, among: queryNames)
                throw Problem(
                    400, "Unknown parameter",
                    "\(route.path) takes no parameter \(name.debugDescription); it takes "
                        + (queryNames.isEmpty ? "none" : queryNames.joined(separator: ", ")), nearest: nearest)
            }
            guard seen.insert(name).inserted else {
                throw Problem(400, "Repeated parameter", "\(name): expected it once, found it more than once")
            }
            values[name] = value
        }
        values.merge(path) { _, given in given }
        for parameter in route.parameters {
            if let value = values[parameter.name] {
                try parameter.check(value)
            } else if route.requires(parameter) {
                throw Problem(
                    400, "Missing parameter", "\(parameter.name): expected a value, \(parameter.summary), found none")
            }
        }
        self.values = values
        self.body = body
    }

    /// A text, if there is one.
    func text(_ name: String) -> String? { values[name] }

    /// A parameter that always is there: its route requires it, or it has a fallback.
    func required(_ name: String) throws(Problem) -> String {
        guard let value = values[name] else {
            throw Problem(400, "Missing parameter", "\(name): expected a value, found none")
        }
        return value
    }

    /// A whole number, if there is one.
    func integer(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

    /// A number, if there is one.
    func number(_ name: String) -> Double? { values[name].flatMap { Double($0) } }

    /// A group of prompts: all of them where nothing was given.
    func filter(_ name: String = "where") -> PromptFilter { values[name].flatMap { PromptFilter($0) } ?? .all }

    /// A feature, if there is one.
    func feature(_ name: String) -> FeatureID? { values[name].flatMap { FeatureID($0) } }

    /// The feature that the path names as `layer` and `index`.
    func featureOfPath() throws(Problem) -> FeatureID {
        FeatureID(layer: try number("layer", in: 0...65_535), index: try number("index", in: 0...(1 << 24)))
    }

    /// The prompt that the path names as `id`; digits alone are its id in this atlas.
    ///
    /// - Throws: ``QuestionError`` for none, or several
    func promptOfPath(_ service: AtlasService) throws -> Int {
        let name = try required("id")
        if name.allSatisfy({ $0.isASCII && $0.isNumber }), let id = Int(name) { return id }
        return try service.reader.promptID(name)
    }

    private func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let value = integer(name), range.contains(value) else {
            throw Problem(
                400, "Wrong parameter", "\(name): expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Which part of a list is asked for: `limit` and `after`.
    func range() throws(Problem) -> ListRange {
        ListRange(
            limit: try number("limit", in: 1...10_000), after: text("after").flatMap { ListCursor($0) })
    }

    /// How a list is ordered: by `sort`, or as usual.
    func order<Order: ListOrder>(usually usual: Order) -> Order { text("sort").flatMap { Order($0) } ?? usual }

    /// The body, which is JSON of this type.
    func decoded<Content: Decodable>(_ type: Content.Type) throws(Problem) -> Content {
        do {
            return try JSONDecoding.decode(type, from: [UInt8](body))
        } catch let error as DecodingError {
            throw Problem(400, "Wrong body", error.sentence)
        } catch {
            throw Problem(400, "Wrong body", "expected a JSON object, found something else")
        }
    }
}

extension RouteParameter {
    fileprivate func check(_ value: String) throws(Problem) {
        let found = value.isEmpty ? "nothing" : String(value.prefix(100)).debugDescription
        func wrong(_ expected: String) -> Problem {
            Problem(400, "Wrong parameter", "\(name): expected \(expected), found \(found)")
        }
        guard !value.utf8.contains(0) else { throw wrong("text without NUL") }
        let length = value.unicodeScalars.count
        switch kind {
        case .integer(let range):
            if let number = Int(value), range.contains(number) { return }
            throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
        case .number(let range):
            if let number = Double(value), range.contains(number) { return }
            throw wrong("a number from \(range.lowerBound) to \(range.upperBound)")
        case .text(let limit):
            guard length > 0 else { throw wrong("a text, or the parameter left out") }
            guard length <= limit else {
                throw Problem(400, "Wrong parameter", "\(name): expected \(limit) characters at most, found \(length)")
            }
        case .choice(let words):
            if words.contains(value) { return }
            throw Problem(
                400, "Wrong parameter", "\(name): expected one of \(words.joined(separator: ", ")), found \(found)",
                nearest: NearestNames.of(value, among: words))
        case .filter:
            guard length <= Self.longestFilter, PromptFilter(value) != nil else {
                throw wrong("name=value, several with commas between")
            }
        case .form(let form, let expected):
            guard let regex = try? Regex(form), value.wholeMatch(of: regex) != nil else { throw wrong(expected) }
        }
    }
}

extension DecodingError {
    /// What is wrong with a body, and where in it.
    fileprivate var sentence: String {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            let keys = (path + (last.map { [$0] } ?? [])).map { $0.intValue.map(String.init) ?? $0.stringValue }
            return keys.isEmpty ? "the body" : keys.joined(separator: ".")
        }
        return switch self {
        case .keyNotFound(let key, let context): "\(place(context.codingPath, key)): expected a value, found none"
        case .typeMismatch(let type, let context):
            "\(place(context.codingPath)): expected \(Self.word(for: type)), \(context.debugDescription)"
        case .valueNotFound(let type, let context):
            "\(place(context.codingPath)): expected \(Self.word(for: type)), found null"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "expected JSON, found something else: \(context.debugDescription)"
                : "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "expected a JSON object of another form"
        }
    }

    private static func word(for type: Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Int.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        default: "another kind of value"
        }
    }
}
