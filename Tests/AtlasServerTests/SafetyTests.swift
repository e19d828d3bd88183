import AtlasInterface
import AtlasQuery
import AtlasStore
import Foundation
import Testing

@testable import AtlasServer

/// What a server refuses, over real connections.
@Suite(.serialized) struct SafetyTests {
    private static let secret = "a token of enough length".replacing(" ", with: "-")
    private static let label = #"{"label": "Texas"}"#

    private func guarded(host: String = "127.0.0.1") throws -> ServerOptions {
        ServerOptions(host: host, port: 0, token: AccessToken(Self.secret))
    }

    @Test func `a name that is not the server's is refused, whatever is asked`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            for host in ["evil.example", "evil.example:\(server.port)", "127.0.0.1.evil.example", ""] {
                for path in ["/", "/api/v1/atlas"] {
                    #expect(try await server.ask(path, fields: ["Host": host]).status == 403)
                }
            }
            for host in ["localhost:9000", "127.0.0.1", "[::1]:\(server.port)", "LOCALHOST"] {
                #expect(try await server.ask("/", fields: ["Host": host]).status == 200)
            }
        }
    }

    @Test func `another site's page can neither write nor read`() async throws {
        try await RunningServer.with(DemoService.writing()) { (server: RunningServer) async throws in
            for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"] {
                let fields = ["Origin": origin]
                #expect(
                    try await server.question("features/5/283/label", method: "PUT", fields: fields, body: Self.label)
                        .status
                        == 403)
                #expect(try await server.question("atlas", fields: fields).status == 403)
            }
            let form = ["Content-Type": "text/plain"]
            #expect(
                try await server.question("features/5/283/label", method: "PUT", fields: form, body: Self.label).status
                    == 415
            )
            let own = ["Origin": "http://127.0.0.1:\(server.port)"]
            #expect(
                try await server.question("features/5/283/label", method: "PUT", fields: own, body: Self.label).status
                    == 200)
            #expect(try await server.question("atlas").fields["access-control-allow-origin"] == nil)
        }
    }

    @Test func `with a token set, writing needs it and reading on this machine does not`() async throws {
        try await RunningServer.with(DemoService.writing(), options: guarded()) {
            (server: RunningServer) async throws in
            #expect(try await server.question("atlas").status == 200)
            let path = "features/5/283/label"
            let refused = try await server.question(path, method: "PUT", body: Self.label)
            #expect(refused.status == 401 && refused.fields["www-authenticate"] == "Bearer")
            for wrong in ["Bearer wrong", "Bearer \(Self.secret)x", "Bearer", "Basic \(Self.secret)", Self.secret] {
                let fields = ["Authorization": wrong]
                #expect(try await server.question(path, method: "PUT", fields: fields, body: Self.label).status == 401)
            }
            let right = ["Authorization": "Bearer \(Self.secret)"]
            #expect(try await server.question(path, method: "PUT", fields: right, body: Self.label).status == 200)
            #expect(try await server.question(path, method: "DELETE").status == 401)
            #expect(try await server.question("runs", method: "POST", body: #"{"text": "a"}"#).status == 401)
        }
    }

    @Test func `bound where others reach it, every question needs the token`() async throws {
        try await RunningServer.with(DemoService.reading(), options: guarded(host: "0.0.0.0")) {
            (server: RunningServer) async throws in
            #expect(try await server.question("atlas").status == 401)
            #expect(
                try await server.question("atlas", fields: ["Authorization": "Bearer \(Self.secret)"]).status == 200)
            #expect(try await server.ask("/").status == 200)
            #expect(try await server.ask("/", fields: ["Host": "evil.example"]).status == 403)
        }
    }

    @Test func `a body above the limit is refused, declared or not`() async throws {
        try await RunningServer.with(DemoService.writing()) { (server: RunningServer) async throws in
            let path = "/api/v1/features/5/283/label"
            let large = #"{"label": "\#(String(repeating: "x", count: 1_100_000))"}"#
            #expect(try await server.ask(path, method: "PUT", body: large).status == 413)
            let port = server.port
            let reply = try await RunningServer.outside {
                let client = try SocketClient(port: port)
                client.send(
                    "PUT \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                for _ in 0..<11 { client.send("186A0\r\n\(String(repeating: "x", count: 100_000))\r\n") }
                client.send("0\r\n\r\n")
                return try client.finish()
            }
            #expect(reply.status == 413)
        }
    }

    @Test(arguments: [
        "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/index.html/../x",
        "/api/v1/../../etc/passwd", "/api/v2/atlas", "/embedded.list", "/index.html%00.js",
    ])
    func `no path leads out of the pages`(path: String) async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let reply = try await server.ask(path)
            #expect((400..<500).contains(reply.status))
            #expect(!reply.text.contains("root:"))
        }
    }

    @Test func `too many requests from one address have to wait`() async throws {
        var options = ServerOptions(port: 0)
        // Five at once; another only after longer than the slowest machine takes for all.
        options.localRate = 0.01
        options.burstSeconds = 500
        try await RunningServer.with(DemoService.reading(), options: options) { (server: RunningServer) async throws in
            var replies: [SocketClient.Reply] = []
            for _ in 0..<12 { replies.append(try await server.question("atlas")) }
            #expect(replies.map(\.status) == Array(repeating: 200, count: 5) + Array(repeating: 429, count: 7))
            let waits = replies.compactMap { reply in reply.fields["retry-after"].flatMap { Int($0) } }
            #expect(waits.count == 7 && waits.allSatisfy { $0 > 0 })
        }
    }

    @Test func `a wrong token costs more than a request`() throws {
        let limit = RateLimit(ServerOptions())
        for _ in 0..<8 { #expect(limit.take(25, from: "10.0.0.1", now: 0) == nil) }
        #expect(limit.take(from: "10.0.0.1", now: 0) != nil)
        #expect(limit.take(from: "10.0.0.2", now: 0) == nil)
        #expect(limit.take(from: "10.0.0.1", now: 5_000_000_000) == nil)
    }

    @Test func `no answer tells where files lie`() async throws {
        let folder = try DemoService.folder()
        try await RunningServer.with(DemoService.writing(jobs: ModelJobs.Limits())) {
            (server: RunningServer) async throws in
            for path in ["atlas", "prompts", "openapi.json", "prompts/99999", "nothing", "features/5/283", "tags"] {
                #expect(try await !server.question(path).text.contains(folder))
            }
        }
    }

    @Test func `an error's paths are cut down to names`() {
        #expect(
            Problem.shown("/root/x/my.atlas: reading \"/tmp/a b\": SQLite: 5/283 file:///etc/x")
                == "my.atlas: reading \"a b\": SQLite: 5/283 x")
    }

    @Test func `a relative path with spaces is cut down too, wherever it stands`() {
        let path = "my atlases/the first one.atlas"
        #expect(
            Problem(QuestionError.notDerived(path: path)).detail.hasPrefix("the first one.atlas: statistics"))
        let problem = Problem(AtlasError.database(path: path, operation: "reading", reason: "\(path)-wal: /a/b is odd"))
        #expect(problem.detail == "the first one.atlas: reading: the first one.atlas-wal: b is odd")
    }

    @Test func `a method that is not there is refused`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            #expect(try await server.ask("/", method: "POST", body: "{}").status == 405)
            let wrong = try await server.question("atlas", method: "POST", body: "{}")
            #expect(wrong.status == 405 && wrong.fields["allow"] == "GET")
            let traced = try await server.question("features/5/283/label", method: "TRACE")
            #expect(traced.status == 405 && traced.fields["allow"] == "GET, PUT, DELETE")
            #expect(try await server.question("nothing", method: "TRACE").status == 404)
            #expect(try await server.question("features/5/283/label", method: "PUT", body: Self.label).status == 403)
            #expect(try await server.question("atlas", method: "HEAD").body.isEmpty)
        }
    }

    @Test func `tokens that can be guessed are not taken`() {
        #expect(AccessToken("short") == nil)
        #expect(AccessToken("with space and more than enough") == nil)
        #expect(AccessToken("  0123456789abcdef\n") != nil)
    }
}
