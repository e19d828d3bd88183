import AtlasInterface
import AtlasQuery
import Foundation
import Testing

@testable import AtlasServer

/// What a server gives, over real connections.
@Suite(.serialized) struct ServingTests {
    @Test func `an answer is asked for again only when it has changed`() async throws {
        try await RunningServer.with(DemoService.writing()) { (server: RunningServer) async throws in
            for path in ["/", "/api/v1/features/5/283"] {
                let tag = try #require(try await server.ask(path).fields["etag"])
                let again = try await server.ask(path, fields: ["If-None-Match": "\"other\", \(tag)"])
                #expect(again.status == 304 && again.body.isEmpty && again.fields["etag"] == tag)
            }
            let path = "features/5/283"
            let tag = try #require(try await server.question(path).fields["etag"])
            #expect(
                try await server.question("\(path)/label", method: "PUT", body: #"{"label": "Texas"}"#).status == 200)
            #expect(try await server.question(path, fields: ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func `large answers are compressed for whoever takes it, and are the same`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let plain = try await server.question("features/5/283")
            let packed = try await server.question("features/5/283", fields: ["Accept-Encoding": "br, gzip"])
            #expect(plain.fields["content-encoding"] == nil && packed.fields["content-encoding"] == "gzip")
            #expect(packed.body.count < plain.body.count / 2)
            #expect(packed.body.starts(with: [0x1F, 0x8B]))
            #expect(packed.fields["etag"] == plain.fields["etag"])
            // The last four bytes are the size before compression.
            #expect(packed.body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) } == plain.body.count)
            #expect(
                try await server.question("features/5/283", fields: ["Accept-Encoding": "gzip;q=0"]).fields[
                    "content-encoding"] == nil)
        }
    }

    @Test func `pages may load nothing but the server's own files`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            for (name, text) in Pages.files {
                let reply = try await server.ask("/\(name)")
                #expect(reply.status == 200 && reply.text == text)
                let policy = try #require(reply.fields["content-security-policy"])
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(!policy.contains("unsafe") && !policy.contains("http"))
                #expect(reply.fields["x-content-type-options"] == "nosniff")
            }
        }
    }

    @Test func `answers over HTTP are those without a server`() async throws {
        let service = try DemoService.reading()
        try await RunningServer.with(service) { (server: RunningServer) async throws in
            for path in ["tags", "prompts?limit=3", "features/5/283", "logits", "search?text=Dallas", "openapi.json"] {
                #expect(try await server.question(path).body == service.answer(.get, path).bytes)
            }
        }
    }

    @Test func `a wrong question is answered in the form of problems`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let reply = try await server.question("prompts?lim=3")
            #expect(reply.status == 400 && reply.fields["content-type"] == "application/problem+json")
            #expect(try JSONDecoder().decode(Problem.self, from: reply.body).nearest == ["limit"])
        }
    }

    @Test func `a hostile label stays text`() async throws {
        let hostile = "</script><script>alert(1)</script>\u{202e}"
        try await RunningServer.with(DemoService.writing()) { (server: RunningServer) async throws in
            let body = String(decoding: try JSONEncoder().encode(["label": hostile]), as: UTF8.self)
            let reply = try await server.question("features/5/283/label", method: "PUT", body: body)
            #expect(reply.status == 200 && reply.fields["content-type"] == "application/json")
            let name = try await JSONDecoder().decode(
                FeatureName.self, from: server.question("features/5/283/label").body)
            #expect(name.label == hostile && !name.labelIsAutomatic)
            #expect(try await server.question("features/5/283/label", method: "DELETE").status == 200)
            let after = try await JSONDecoder().decode(
                FeatureName.self, from: server.question("features/5/283/label").body)
            #expect(after.label != hostile && after.labelIsAutomatic)
        }
    }

    @Test func `questions of many at once are all answered`() async throws {
        try await RunningServer.with(DemoService.reading()) { (server: RunningServer) async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        try await server.question(index % 2 == 0 ? "features/5/283" : "prompts?limit=5").status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 60))
        }
    }

    @Test func `more questions than can wait are refused at once`() async throws {
        let pool = WorkerPool(workers: 1, waitingLimit: 1)
        let gate = DispatchSemaphore(value: 0)
        let first = Task { try await pool.run { gate.wait() } }
        let second = Task { try await pool.run { gate.wait() } }
        try await Task.sleep(for: .milliseconds(100))
        await #expect(throws: WorkerPool.Full.self) { try await pool.run {} }
        gate.signal()
        gate.signal()
        try await first.value
        try await second.value
        try await pool.run {}
    }
}
