import AtlasIndexing
import AtlasQuery
import AtlasStore
import DemoData
import Foundation
import Testing

@testable import AtlasInterface

/// A served atlas that was assembled answers every question like a merge of its shards.
@Suite(.serialized) struct AssembledServingTests {
    private static let made: Result<(folder: String, shards: [String]), any Error> = Result {
        let data = try DemoData()
        let folder = NSTemporaryDirectory() + "assembled-server-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lines = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
        let chosen = lines.enumerated().filter {
            $0.offset % 100 == 0 || $0.element.contains("\"state\": \"Texas\"")
        }
        let shards = try (0..<3).map { shard in
            let corpus = folder + "/corpus-\(shard).jsonl"
            try chosen.enumerated().filter { $0.offset % 3 == shard }.map { $0.element.element + "\n" }.joined()
                .write(toFile: corpus, atomically: true, encoding: .utf8)
            let path = folder + "/shard-\(shard).atlas"
            _ = try Indexer(attributor: try DemoService.attributor(), atlasPath: path).index(
                .file(path: corpus), corpusName: "demo", options: IndexingOptions(heads: true))
            return path
        }
        try AtlasJoin(parts: shards, whole: folder + "/merged.atlas").run()
        try AtlasAssembly(shards: shards, whole: folder + "/assembled.atlas").run()
        return (folder, shards)
    }

    private func service(_ name: String) throws -> AtlasService {
        AtlasService(AtlasReader(try Atlas.open(try Self.made.get().folder + "/" + name, mode: .readOnly)))
    }

    /// Where two JSON values differ by more than rounding; `nil` where they do not.
    private func difference(_ one: Any, _ other: Any, at place: String = "") -> String? {
        switch (one, other) {
        case (var one as [String: Any], var other as [String: Any]):
            // What is told of the files themselves.
            let isAboutFile = one["information"] != nil
            for key in ["shardCount", "fileSize", "derivedAt"] + (isAboutFile ? ["name"] : []) {
                one[key] = nil
                other[key] = nil
            }
            guard Set(one.keys) == Set(other.keys) else { return "\(place): \(one.keys) and \(other.keys)" }
            return one.keys.sorted().lazy.compactMap { key in
                difference(one[key]!, other[key]!, at: place + "." + key)
            }.first
        case (let one as [Any], let other as [Any]):
            guard one.count == other.count else { return "\(place): \(one.count) and \(other.count) elements" }
            return one.indices.lazy.compactMap { difference(one[$0], other[$0], at: place + "[\($0)]") }.first
        case (let one as NSNumber, let other as NSNumber):
            let (left, right) = (one.doubleValue, other.doubleValue)
            return abs(left - right) <= 1e-12 * max(1, abs(right)) ? nil : "\(place): \(left) and \(right)"
        default:
            return "\(one)" == "\(other)" ? nil : "\(place): \(one) and \(other)"
        }
    }

    @Test func `every route answers like a merge of the shards`() throws {
        let (assembled, merged) = (try service("assembled.atlas"), try service("merged.atlas"))
        var compared = 0
        for route in RouteTable.routes where route.method == .get && !route.path.hasPrefix("jobs") {
            var path = try RouteTests.example(route.path, merged).replacing("{name}", with: "texas")
            switch route.path {
            case "search": path += "?text=Dallas"
            case "circuits", "circuits/supernodes", "circuits/stability":
                path += "?size=5&feature=\(try merged.reader.firedFeatures()[0])"
            case "prompts/{id}/attention": path += "?qk=1.0@2,1&against=mean"
            case "diff": path += "?a=state%3DTexas"
            case "invariant": path += "?where=state%3DTexas"
            case "contrast": path += "?a=state%3DTexas&b=family%3Daddition&by=family"
            default: break
            }
            let expected: Data
            do { expected = try merged.answer(.get, path).bytes } catch {
                // What the merge does not know the assembled atlas does not know either.
                let refused = #expect(throws: Problem.self, "\(path)") { try assembled.answer(.get, path) }
                #expect(refused == error, "\(path)")
                continue
            }
            let answered = try assembled.answer(.get, path).bytes
            guard let one = try? JSONSerialization.jsonObject(with: answered, options: .fragmentsAllowed),
                let other = try? JSONSerialization.jsonObject(with: expected, options: .fragmentsAllowed)
            else {
                #expect(answered == expected, "\(path)")
                continue
            }
            let found = difference(one, other)
            #expect(found == nil, "\(path): \(found ?? "")")
            compared += 1
        }
        #expect(compared > 30)
    }

    @Test func `graphs are served from the shards, and one that is gone is told without its folder`() async throws {
        let (folder, shards) = try Self.made.get()
        let merged = try service("merged.atlas")
        let prompts = try merged.reader.prompts(where: .all, needGraphs: true).sorted()
        let expected = try prompts.map { try merged.answer(.get, "prompts/\($0)/graph").bytes }
        let service = try service("assembled.atlas")
        let last = try #require(prompts.last)
        try await RunningServer.with(service) { server in
            for (prompt, expected) in zip(prompts, expected) {
                let reply = try await server.question("prompts/\(prompt)/graph")
                #expect(reply.status == 200 && reply.body == expected, "\(prompt)")
            }
        }
        try FileManager.default.moveItem(atPath: shards[2], toPath: shards[2] + ".away")
        defer { try? FileManager.default.moveItem(atPath: shards[2] + ".away", toPath: shards[2]) }
        let fresh = try self.service("assembled.atlas")
        let problem = #expect(throws: Problem.self) { try fresh.answer(.get, "prompts/\(last)/graph") }
        let detail = try #require(problem).detail
        #expect(detail.hasPrefix("shard-2.atlas: expected the shard") && !detail.contains(folder), "\(detail)")
        #expect(try fresh.answer(.get, "prompts/\(prompts[0])/graph").bytes == expected[0])
        #expect(try fresh.answer(.get, "atlas").status == 200)
    }
}
