import AtlasInterface
import Foundation
import Tensors
import Testing

@testable import AtlasServer

/// Questions and requests that end before their time, over real connections.
@Suite(.serialized) struct StoppedQuestionTests {
    /// Longer than a test has.
    private static let endless = "motifs?graphs=1000&rewirings=30000"

    @Test func `a question that takes too long is stopped, and the answer says what to do`() async throws {
        var options = ServerOptions(port: 0)
        options.questionSeconds = 0.2
        try await RunningServer.with(DemoService.reading(), options: options) { (server: RunningServer) async throws in
            let reply = try await server.question(Self.endless)
            #expect(reply.status == 503 && reply.text.contains("--question-limit") && reply.text.contains("0.2 s"))
            #expect(try await server.question("atlas").status == 200)
        }
    }

    @Test func `questions whose askers have gone make room for others`() async throws {
        var options = ServerOptions(port: 0)
        options.questionSeconds = nil
        try await RunningServer.with(DemoService.reading(), options: options) { (server: RunningServer) async throws in
            let port = server.port
            try await RunningServer.outside {
                let clients = try (0..<8).map { _ in try SocketClient(port: port) }
                for client in clients {
                    client.send("GET /api/v1/\(Self.endless) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                }
                Thread.sleep(forTimeInterval: 0.3)
                for client in clients { client.leave() }
            }
            #expect(try await server.question("failures").status == 200)
        }
    }

    @Test func `a quick question does not wait for long ones`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let port = server.port
            let clients = try (0..<8).map { _ in try SocketClient(port: port) }
            for client in clients { client.send("GET /api/v1/\(Self.endless) HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            try await Task.sleep(for: .milliseconds(200))
            for path in ["atlas", "prompts?limit=5", "features/5/283"] {
                #expect(try await server.question(path).status == 200)
            }
            for client in clients { client.leave() }
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: local", "PUT /api/v1/labels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    ])
    func `a request that does not arrive in time is refused and closed`(beginning: String) async throws {
        var options = ServerOptions(port: 0)
        options.requestSeconds = 1
        try await RunningServer.with(DemoService.writing(), options: options) { (server: RunningServer) async throws in
            let port = server.port
            let reply = try await RunningServer.outside {
                let client = try SocketClient(port: port)
                client.send(beginning)
                Thread.sleep(forTimeInterval: 0.5)
                // A drop now and then wins no time.
                client.send("h")
                return try client.finish()
            }
            #expect(reply.status == 408)
        }
    }

    @Test func `a request's line has an end`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let port = server.port
            let reply = try await RunningServer.outside {
                let client = try SocketClient(port: port)
                client.send("GET /")
                for _ in 0..<60 { client.send(String(repeating: "a", count: 20_000)) }
                return try client.finish()
            }
            // Much of it may come at once, and then the HTTP library's own limit is met first.
            #expect([400, 431].contains(reply.status))
        }
    }

    @Test func `a new connection takes the place of one that is idle`() async throws {
        var options = ServerOptions(port: 0)
        options.connections = 4
        try await RunningServer.with(DemoService.reading(), options: options) { (server: RunningServer) async throws in
            let port = server.port
            let idle = try (0..<12).map { _ in try SocketClient(port: port) }
            #expect(try await server.question("atlas").status == 200)
            for client in idle { client.leave() }
        }
    }

    @Test func `a second Host, another's absolute address and a field of our own are no way in`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let port = server.port
            func status(_ request: String) async throws -> Int {
                try await RunningServer.outside {
                    let client = try SocketClient(port: port)
                    client.send(request + "Connection: close\r\n\r\n")
                    return try client.finish().status
                }
            }
            #expect(try await status("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n") == 400)
            #expect(try await status("GET / HTTP/1.1\r\n") == 400)
            #expect(try await status("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n") == 403)
            #expect(try await status("GET http://localhost:1/ HTTP/1.1\r\nHost: localhost\r\n") == 200)
            #expect(
                try await status(
                    "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\(TargetForm.field): /\r\n") == 403)
            #expect(try await status("GET / HTTP/1.1\r\nHost: [::1]evil.example\r\n") == 400)
        }
    }
}
