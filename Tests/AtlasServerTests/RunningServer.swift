import AtlasInterface
import AtlasServer
import Foundation

/// A server on a free port, for as long as a test needs it.
struct RunningServer {
    let port: Int
    private let task: Task<Void, any Error>

    /// Runs `body` against a server of `service`.
    static func with<Value>(
        _ service: AtlasService, options: ServerOptions = ServerOptions(port: 0),
        _ body: (RunningServer) async throws -> Value
    ) async throws -> Value {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = AtlasServer(service, options: options)
        let task = Task {
            defer { listening.finish() }
            try await server.run(stoppingOn: []) { _, port in listening.yield(port) }
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await task.value
            throw SocketClient.Failure(what: "the server did not listen")
        }
        let result: Result<Value, any Error>
        do { result = .success(try await body(RunningServer(port: port, task: task))) } catch {
            result = .failure(error)
        }
        task.cancel()
        _ = await task.result
        return try result.get()
    }

    /// Sends a request and reads its answer; nothing is added but the lines that HTTP needs.
    func ask(
        _ target: String, method: String = "GET", fields: [String: String] = [:], body: String? = nil
    ) async throws -> SocketClient.Reply {
        var all = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if let body {
            all["Content-Length"] = "\(body.utf8.count)"
            all["Content-Type"] = "application/json"
        }
        all.merge(fields) { $1 }
        let head = all.map { "\($0): \($1)\r\n" }.joined()
        let text = "\(method) \(target) HTTP/1.1\r\n\(head)\r\n\(body ?? "")"
        return try await Self.outside { [port] in
            let client = try SocketClient(port: port)
            client.send(text)
            return try client.finish()
        }
    }

    /// Runs what blocks away from the few threads that serve tests and servers alike.
    static func outside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Asks below `/api/v1/`.
    func question(
        _ path: String, method: String = "GET", fields: [String: String] = [:], body: String? = nil
    ) async throws -> SocketClient.Reply {
        try await ask("/api/v1/" + path, method: method, fields: fields, body: body)
    }
}
