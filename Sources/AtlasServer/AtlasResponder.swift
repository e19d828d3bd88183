import AtlasInterface
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Tensors

/// What is known of a request beside its text.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The other side's address.
    var address: String { channel.remoteAddress?.ipAddress ?? "unknown" }

    /// Closes the connection of a client that goes on sending what nobody will read.
    func closeSoon() {
        channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in channel.close(promise: nil) }
    }
}

/// Lets a request through or not, and answers it.
///
/// 1. The name it was sent to, its address's rate, the page it comes from, its token.
/// 2. A page's file, or a question, which is answered away from the threads that serve connections.
struct AtlasResponder: HTTPResponder {
    private static let interface = "/api/\(RouteTable.version)/"
    private static let hostField = HTTPField.Name("Host")!
    private static let targetField = HTTPField.Name(TargetForm.field)!
    /// What a wrong token costs, in requests.
    private static let priceOfWrongToken = 25.0

    private let service: AtlasService
    private let options: ServerOptions
    private let hosts: HostGuard
    private let rates: RateLimit
    private let connections: Connections
    /// Quick questions never wait for those that take long, and neither for the one writer.
    private let workers: [Route.Lane: WorkerPool]
    private let estimates = CostEstimates()
    private let pages = PageFiles()

    init(_ service: AtlasService, options: ServerOptions, connections: Connections) {
        self.service = service
        self.options = options
        self.connections = connections
        hosts = HostGuard(options)
        rates = RateLimit(options)
        let share = FairShare()
        func pool(_ count: Int, yields: Bool = false) -> WorkerPool {
            WorkerPool(workers: count, waitingLimit: options.waiting, share: share, yields: yields)
        }
        workers = [
            .quick: pool(options.workers), .long: pool(options.longWorkers, yields: true), .writing: pool(1),
        ]
    }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        do {
            return try await answer(request, context)
        } catch let problem as Problem {
            if problem.status == 413 { context.closeSoon() }
            return ServerResponse.problem(problem, isHead: request.method == .head)
        }
    }

    private func answer(_ request: Request, _ context: ConnectionContext) async throws -> Response {
        // A second Host is left among the fields.
        let lines = [request.head.authority].compactMap(\.self) + request.headers[values: Self.hostField]
        let target = try hosts.target(
            request.headers[Self.targetField] ?? request.head.path ?? "/", hosts: lines)
        if let seconds = rates.take(from: context.address) {
            throw Problem(429, "Too many requests", "wait \(seconds) s", retryAfter: seconds)
        }
        guard hosts.allows(origin: request.headers[.origin], host: target.authority) else {
            throw Problem(403, "Wrong origin", "another site's page may not ask this server")
        }
        let path = target.path.prefix { $0 != "?" }
        if path.hasPrefix(Self.interface) {
            return try await question(request, target: String(target.path.dropFirst(Self.interface.count)), context)
        }
        guard request.method == .get || request.method == .head else {
            throw Problem(
                405, "Not possible here", "expected GET, found \(request.method.rawValue)", allowed: ["GET", "HEAD"])
        }
        guard let file = pages.file(at: path) else {
            throw Problem(404, "No such page", "there is nothing at \(String(path.prefix(200)).debugDescription)")
        }
        return ServerResponse.file(file, for: ServerResponse.Wishes(request))
    }

    private func question(_ request: Request, target: String, _ context: ConnectionContext) async throws -> Response {
        let wishes = ServerResponse.Wishes(request)
        guard let method = wishes.isHead ? .get : Route.Method(rawValue: request.method.rawValue) else {
            let allowed = RouteTable.methods(at: target).map(\.rawValue)
            guard !allowed.isEmpty else {
                throw Problem(404, "No such address", "there is nothing here; openapi.json lists what there is")
            }
            throw Problem(
                405, "Not possible here",
                "expected \(allowed.joined(separator: ", ")), found \(request.method.rawValue)", allowed: allowed)
        }
        try requireToken(request, isReading: method.isReading, context)
        var body = Data()
        if !method.isReading {
            body = try await self.body(of: request)
            if !body.isEmpty { try requireJSON(request) }
        }
        let connection = connections[context.channel]
        let asker = FairShare.Asker(address: context.address, connection: connection?.id ?? 0)
        let cancellation = Cancellation(limit: options.questionSeconds)
        connection?.begin(cancellation)
        defer { connection?.end(cancellation) }
        let (service, rates, estimates) = (service, rates, estimates)
        let (lane, kind) = service.lane(method, target)
        do {
            let pool = workers[lane]!
            return try await pool.run(for: asker, cost: { estimates.seconds(of: kind) }, cancellation) { [body] in
                let started = DispatchTime.now()
                defer {
                    let seconds = started.secondsPassed
                    rates.charge(seconds, to: asker.address)
                    estimates.add(seconds, to: kind)
                }
                let answer = try service.answer(method, target, body: body)
                return ServerResponse.answer(answer, for: wishes, mayBeKept: method.isReading)
            }
        } catch is WorkerPool.Full {
            throw Problem(503, "Too much to do", "too many questions wait already", retryAfter: 1)
        } catch let cancelled as Cancelled {
            throw Problem(cancelled)
        }
    }

    private func requireToken(_ request: Request, isReading: Bool, _ context: ConnectionContext) throws {
        guard let token = options.token, !isReading || !options.isLoopback else { return }
        let shown = request.headers[.authorization]
        guard token.isShown(by: shown) else {
            if shown != nil { _ = rates.take(Self.priceOfWrongToken, from: context.address) }
            throw Problem(
                401, "Token needed",
                "expected Authorization: Bearer with the server's token, found \(shown == nil ? "none" : "another")")
        }
    }

    private func requireJSON(_ request: Request) throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        // A form of another site cannot send this type without asking first.
        guard type.prefix(while: { $0 != ";" }).trimmingCharacters(in: .whitespaces) == "application/json" else {
            throw Problem(415, "Wrong type", "expected Content-Type: application/json")
        }
    }

    private func body(of request: Request) async throws -> Data {
        let limit = options.bodyLimit
        let tooLarge = Problem(413, "Too large", "expected \(limit) bytes of body at most")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        var body = Data()
        for try await part in request.body {
            guard body.count + part.readableBytes <= limit else { throw tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        // A connection that ends in the middle ends the body, too.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length != body.count {
            throw Problem(400, "Wrong body", "expected \(length) bytes, found \(body.count)")
        }
        return body
    }
}
