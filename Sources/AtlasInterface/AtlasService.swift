import AtlasExperiments
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation

/// An open atlas behind the interface: what the server and the exporter ask.
///
///     let service = AtlasService(reader)
///     let answer = try service.answer(.get, "features/2/157")
public final class AtlasService: Sendable {
    /// Asks the atlas.
    public let reader: AtlasReader
    /// Writes labels and supernodes; `nil`: nothing is written.
    public let writer: AtlasWriter?
    /// Runs texts through the replacement model; `nil` without one.
    public let jobs: ModelJobs?
    /// Whether whoever writes must show a token.
    public let needsToken: Bool
    let graphs: GraphCache
    let information: InformationCache
    let operandLabels: OperandLabelCache
    /// What features' weights say; `nil` without the replacement model.
    let weights: VirtualWeights?

    /// Serves an atlas.
    public init(
        _ reader: AtlasReader, writer: AtlasWriter? = nil, jobs: ModelJobs? = nil, needsToken: Bool = false
    ) {
        self.reader = reader
        self.writer = writer
        self.jobs = jobs
        self.needsToken = needsToken
        graphs = GraphCache(reader)
        information = InformationCache(reader)
        operandLabels = OperandLabelCache(reader)
        // Between neurons there are no weights without a prompt: their encoders depend on it.
        weights = jobs.flatMap { $0.attributor.basis.transcoders == nil ? nil : VirtualWeights($0.attributor) }
    }

    /// An answer in JSON.
    public struct Answer: Sendable, Equatable {
        /// The HTTP status.
        public let status: Int
        /// JSON, keys in order.
        public let bytes: Data
        /// Whether the same question may be answered differently though nobody writes.
        public let isVolatile: Bool
    }

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - target: the path below `/api/v1/` with its query, percent-encoded as in an address
    ///   - body: JSON, where something is sent along
    public func answer(_ method: Route.Method, _ target: String, body: Data = Data()) throws(Problem) -> Answer {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let (route, path) = try RouteTable.find(method, path: halves.first ?? "")
        let query = try Self.query(halves.count > 1 ? halves[1] : "")
        let request = try RouteRequest(route, path: path, query: query, body: body)
        do {
            let value = try route.answer(request, self)
            return Answer(status: route.status, bytes: try Self.json(value), isVolatile: route.isVolatile)
        } catch {
            throw Problem(error)
        }
    }

    /// Where a question waits for its turn, and which others take as long: those of its route that ask for as much.
    ///
    /// What nothing answers is refused quickly.
    public func lane(_ method: Route.Method, _ target: String) -> (lane: Route.Lane, kind: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let route = try? RouteTable.find(method, path: halves.first ?? "").route,
            let query = try? Self.query(halves.count > 1 ? halves[1] : "")
        else { return (.quick, "") }
        let sizes = query.filter { RouteParameter.sizes.contains($0.name) && $0.value.utf8.count <= 16 }
        let kind = sizes.reduce("\(method.rawValue) \(route.path)") { "\($0) \($1.name)=\($1.value)" }
        if route.writesAtlas { return (.writing, kind) }
        switch route.length {
        case .quick: return (.quick, kind)
        case .long: return (.long, kind)
        case .longUnless(let name, let value):
            let given = query.last { $0.name == name && !$0.value.isEmpty }?.value
            let found = given ?? route.parameters.first { $0.name == name }?.fallback
            return (found == value ? .quick : .long, kind)
        }
    }

    /// Writes to the atlas.
    func write(_ body: (AtlasWriter) throws -> Void) throws {
        guard let writer else {
            throw Problem(
                403, "Read-only", "this atlas is served for reading only; start atlas serve without --read-only")
        }
        try body(writer)
        // What was answered to be stored is in the file, not only in the log beside it.
        writer.atlas.checkpoint()
    }

    /// JSON as every answer has it: keys in order, so that equal answers are equal bytes.
    public static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(value)
    }

    private static func query(_ text: Substring) throws(Problem) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((try decoded(sides[0]), sides.count > 1 ? try decoded(sides[1]) : ""))
        }
        return pairs
    }

    /// Undoes the encoding of an address; a plus sign is a space, as forms write it.
    private static func decoded(_ text: Substring) throws(Problem) -> String {
        guard let result = text.replacing("+", with: " ").removingPercentEncoding else {
            throw Problem(400, "Wrong address", "expected percent-encoded UTF-8 in the query")
        }
        return result
    }
}

extension Route {
    /// Whether it changes what the atlas keeps.
    public var writesAtlas: Bool { method == .put || method == .delete && !path.hasPrefix("jobs/") }
}
