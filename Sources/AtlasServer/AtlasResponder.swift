import AtlasInterface
import Foundation
import Hummingbird
import NIOCore

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
    /// What a wrong token costs, in requests.
    private static let priceOfWrongToken = 25.0

    private let service: AtlasService
    private let options: ServerOptions
    private let hosts: HostGuard
    private let rates: RateLimit
    private let workers: WorkerPool
    private let pages = PageFiles()

    init(_ service: AtlasService, options: ServerOptions) {
        self.service = service
        self.options = options
        hosts = HostGuard(options)
        rates = RateLimit(options)
        workers = WorkerPool(workers: options.workers, waitingLimit: options.waiting)
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
        let host = request.head.authority
        guard let host, hosts.allows(host: host) else {
            throw Problem(
                403, "Wrong host", "this server is not called \(String((host ?? "").prefix(100)).debugDescription)")
        }
        if let seconds = rates.take(from: context.address) {
            throw Problem(429, "Too many requests", "wait \(seconds) s", retryAfter: seconds)
        }
        guard hosts.allows(origin: request.headers[.origin], host: host) else {
            throw Problem(403, "Wrong origin", "another site's page may not ask this server")
        }
        let target = request.head.path ?? "/"
        let path = target.prefix { $0 != "?" }
        if path.hasPrefix(Self.interface) {
            return try await question(request, target: String(target.dropFirst(Self.interface.count)), context)
        }
        guard request.method == .get || request.method == .head else {
            throw Problem(405, "Not possible here", "expected GET, found \(request.method.rawValue)")
        }
        guard let file = pages.file(at: path) else {
            throw Problem(404, "No such page", "there is nothing at \(String(path.prefix(200)).debugDescription)")
        }
        return ServerResponse.file(file, for: request)
    }

    private func question(_ request: Request, target: String, _ context: ConnectionContext) async throws -> Response {
        let isHead = request.method == .head
        guard let method = isHead ? .get : Route.Method(rawValue: request.method.rawValue) else {
            throw Problem(405, "Not possible here", "expected GET, POST, PUT or DELETE")
        }
        try requireToken(request, isReading: method.isReading, context)
        var body = Data()
        if !method.isReading {
            body = try await self.body(of: request)
            if !body.isEmpty { try requireJSON(request) }
        }
        let service = service
        let result: Result<AtlasService.Answer, Problem>
        do {
            result = try await workers.run { [body] in
                Result { () throws(Problem) in try service.answer(method, target, body: body) }
            }
        } catch is WorkerPool.Full {
            throw Problem(503, "Too much to do", "too many questions wait already", retryAfter: 1)
        }
        return ServerResponse.answer(try result.get(), for: request, mayBeKept: method.isReading)
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
        return body
    }
}
