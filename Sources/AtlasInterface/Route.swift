import Foundation

/// One thing that can be asked of an atlas: the server answers it over HTTP, the exporter writes the answer to a file, and
/// the interface's description names it. The table of all is ``RouteTable``.
public struct Route: Sendable {
    /// What is done.
    public enum Method: String, Sendable, CaseIterable {
        /// Reads.
        case get = "GET"
        /// Starts something.
        case post = "POST"
        /// Sets something; the same again changes nothing.
        case put = "PUT"
        /// Takes something away.
        case delete = "DELETE"

        /// Whether it leaves everything as it was.
        public var isReading: Bool { self == .get }
    }

    /// Where a question waits for its turn: what takes long is kept apart from what does not.
    public enum Lane: Sendable, CaseIterable {
        /// Milliseconds, whatever the atlas holds.
        case quick
        /// Reads many graphs or weights, or computes for a while.
        case long
        /// Changes the atlas, one after the other.
        case writing
    }

    /// How long an answer may take.
    enum Length: Sendable, Equatable {
        case quick
        case long
        /// Long unless a parameter has this value.
        case longUnless(String, is: String)
    }

    /// What is done.
    public let method: Method
    /// The path below `/api/v1/`, with names of parameters in braces: `prompts/{id}/graph`.
    public let path: String
    /// One line that says what is answered.
    public let summary: String
    /// What can be given: first those of the path, then those of the query.
    public let parameters: [RouteParameter]
    /// What must be sent along; `nil`: nothing.
    let body: RequestBodyForm?
    /// The status of a good answer.
    public let status: Int
    /// Whether the answer can change from one moment to the next though nobody writes.
    public let isVolatile: Bool
    let length: Length
    /// The type of a good answer.
    let answerType: Any.Type
    let answer: @Sendable (RouteRequest, AtlasService) throws -> any Encodable & Sendable

    private init<Answer: Encodable & Sendable>(
        _ method: Method, _ path: String, _ summary: String, _ parameters: [RouteParameter], body: RequestBodyForm?,
        status: Int, isVolatile: Bool, length: Length,
        answer: @escaping @Sendable (RouteRequest, AtlasService) throws -> Answer
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.status = status
        self.isVolatile = isVolatile
        self.length = length
        answerType = Answer.self
        self.answer = answer
        for name in pathNames {
            precondition(parameters.contains { $0.name == name }, "\(path): \(name) is not described")
        }
    }

    /// A route to which nothing is sent.
    init<Answer: Encodable & Sendable>(
        _ method: Method, _ path: String, _ summary: String, _ parameters: [RouteParameter] = [],
        isVolatile: Bool = false, length: Length = .quick,
        answer: @escaping @Sendable (RouteRequest, AtlasService) throws -> Answer
    ) {
        self.init(
            method, path, summary, parameters, body: nil, status: 200, isVolatile: isVolatile, length: length,
            answer: answer)
    }

    /// A route that reads.
    init<Answer: Encodable & Sendable>(
        _ path: String, _ summary: String, _ parameters: [RouteParameter] = [], isVolatile: Bool = false,
        length: Length = .quick, answer: @escaping @Sendable (RouteRequest, AtlasService) throws -> Answer
    ) {
        self.init(.get, path, summary, parameters, isVolatile: isVolatile, length: length, answer: answer)
    }

    /// A route to which something is sent, of the type that the description tells and that is decoded.
    init<Body: RequestBody, Answer: Encodable & Sendable>(
        _ method: Method, _ path: String, _ summary: String, _ parameters: [RouteParameter] = [], body: Body.Type,
        example: String, status: Int = 200,
        answer: @escaping @Sendable (RouteRequest, Body, AtlasService) throws -> Answer
    ) {
        let form = RequestBodyForm(body, example: example)
        self.init(
            method, path, summary, parameters, body: form, status: status, isVolatile: false, length: .quick
        ) { request, service in
            try form.check(request.body)
            return try answer(request, request.decoded(body), service)
        }
    }

    /// The names in braces.
    public var pathNames: [String] {
        segments.compactMap { $0.first == "{" ? String($0.dropFirst().dropLast()) : nil }
    }

    /// Whether a question must have a value for one of its parameters.
    public func requires(_ parameter: RouteParameter) -> Bool {
        parameter.isRequired || pathNames.contains(parameter.name)
    }

    package var segments: [Substring] { path.split(separator: "/") }

    /// The values of the names in braces, if `path`, already split and decoded, is one of this route.
    func match(_ path: [String]) -> [String: String]? {
        let segments = segments
        guard segments.count == path.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.first == "{" {
                values[String(segment.dropFirst().dropLast())] = part
            } else if segment != part {
                return nil
            }
        }
        return values
    }
}

/// A value that a route takes from its path or its query.
public struct RouteParameter: Sendable {
    /// What values there are.
    public enum Kind: Sendable, Equatable {
        /// A whole number in a range.
        case integer(ClosedRange<Int>)
        /// A number in a range.
        case number(ClosedRange<Double>)
        /// Text of at most so many characters (Unicode scalars).
        case text(limit: Int)
        /// One of some words.
        case choice([String])
        /// `name=value` or several with commas between: `PromptFilter`.
        case filter
        /// Text of a form, as a regular expression, and in words.
        case form(String, expected: String)

        /// `yes` or `no`.
        static let yesOrNo = Kind.choice(["yes", "no"])

        /// `layer/index`.
        static let feature = Kind.form(RouteParameter.featureForm, expected: "a feature as layer/index")
    }

    /// Its name.
    public let name: String
    /// What values there are.
    public let kind: Kind
    /// What it is where it is not given; `nil`: nothing.
    public let fallback: String?
    /// What it means.
    public let summary: String
    /// Whether a question without it is refused; what stands in a path is always there.
    public let isRequired: Bool

    init(_ name: String, _ kind: Kind, _ summary: String, fallback: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.fallback = fallback
        self.isRequired = isRequired
    }
}
