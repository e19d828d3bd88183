import AtlasQuery
import Circuits
import Foundation
import Testing

@testable import AtlasInterface

/// The table of routes, asked without a server.
@Suite(.serialized) struct RouteTests {
    /// A value for each parameter of a path.
    static func example(_ path: String, _ service: AtlasService) throws -> String {
        let reader = service.reader
        let prompt = try reader.prompts(where: .all, needGraphs: true)[0]
        let feature = try reader.firedFeatures()[0]
        let node = try reader.graphReport(ofPrompt: prompt).nodes[0].id
        let edge = try #require(
            try reader.sql(
                "SELECT source, target FROM aggregated_edges WHERE source < 1 << 40 AND target < 1 << 40 LIMIT 1"
            )
            .rows.first)
        func encoded(_ cell: Int) -> String {
            guard case .integer(let key) = edge[cell] else { return "" }
            return "\(key >> 24)%2F\(key & 0xFF_FFFF)"
        }
        return path.replacing("prompts/{id}", with: "prompts/\(prompt)")
            .replacing("{layer}/{index}", with: "\(feature)").replacing("{node}", with: node)
            .replacing("{source}", with: encoded(0)).replacing("{target}", with: encoded(1))
            .replacing("{layer}/{head}", with: "1/0")
            .replacing("logits/{token}", with: "logits/\(try reader.logitList().items[0].token)")
    }

    @Test func `every route that reads answers, as its description says`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        _ = try service.answer(
            .put, "supernodes/texas", body: Data(#"{"features": ["5/283"]}"#.utf8))
        _ = try service.answer(
            .put, "saved-runs/texas", body: Data(#"{"text": "calc: 1+2=", "state": {"set": "5/283@0-=x0"}}"#.utf8))
        let job: JobTicket = try JSONDecoder().decode(
            JobTicket.self, from: service.answer(.post, "runs", body: Data(#"{"text": "calc: 1+2="}"#.utf8)).bytes)
        try service.waitForJob(job.job)
        var described: [(Route, Data)] = []
        for route in RouteTable.routes where route.method == .get {
            var path = try Self.example(route.path, service).replacing("{name}", with: "texas")
                .replacing("jobs/{id}", with: "jobs/\(job.job)")
            if path.hasSuffix("graph/nodes/\(try Self.example("{node}", service))"), path.hasPrefix("jobs") { continue }
            switch route.path {
            case "search": path += "?text=Dallas"
            case "sql": path += "?query=SELECT%201,%202.5,%20'x',%20NULL,%20x'00'"
            case "circuits", "circuits/supernodes", "circuits/stability":
                path += "?size=5&feature=\(try service.reader.firedFeatures()[0])"
            case "prompts/{id}/attention": path += "?qk=1.0@2,1&against=mean"
            case "diff": path += "?a=state%3DTexas"
            case "operand-labels": path += "?features=5/283%200/228"
            case "invariant": path += "?where=state%3DTexas"
            case "contrast": path += "?a=state%3DTexas&b=family%3Daddition&by=family"
            default: break
            }
            // Questions about tags that this small atlas lacks say so; all others answer.
            do {
                let answer = try service.answer(.get, path)
                #expect(answer.status == route.status, "\(path)")
                described.append((route, answer.bytes))
            } catch {
                #expect(
                    [404, 400, 409].contains(error.status) && RouteTests.mayLackPrompts(route), "\(path): \(error)")
            }
        }
        for (route, bytes) in described {
            #expect(try Description.fault(of: bytes, from: route) == nil, "\(route.path)")
        }
    }

    /// Questions that need tags or pairs that some atlases have not.
    private static func mayLackPrompts(_ route: Route) -> Bool {
        ["contrast", "features/{layer}/{index}/operands", "features/{layer}/{index}/inhibitors", "operands"].contains(
            route.path)
    }

    @Test func `the description names every route with its parameters, and nothing else`() throws {
        let service = try DemoService.reading()
        let bytes = try service.answer(.get, "openapi.json").bytes
        let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        var described: Set<String> = []
        for (path, operations) in paths {
            for (method, operation) in operations {
                described.insert("\(method.uppercased()) \(path)")
                let names = (operation["parameters"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                let route = RouteTable.routes.first {
                    "/\($0.path)" == path && $0.method.rawValue == method.uppercased()
                }
                #expect(names == route?.parameters.map(\.name))
            }
        }
        #expect(described == Set(RouteTable.routes.map { "\($0.method.rawValue) /\($0.path)" }))
        #expect(described.count == RouteTable.routes.count)
    }

    @Test(arguments: ["prompts", "features", "logits", "features/5/283/prompts"])
    func `the parts of a list hold everything once`(path: String) throws {
        let service = try DemoService.reading()
        var seen: [String] = []
        var after = ""
        var total: Int?
        repeat {
            let bytes = try service.answer(.get, "\(path)?limit=7\(after)").bytes
            let part = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
            let items = try #require(part["items"] as? [[String: Any]])
            seen += items.map { "\($0["id"] ?? $0["promptID"] ?? $0["feature"] ?? $0["token"] ?? "")" }
            total = part["total"] as? Int
            after = (part["next"] as? String).map { "&after=\($0)" } ?? ""
            #expect(items.count <= 7)
        } while !after.isEmpty && seen.count < 10_000
        #expect(seen.count == total)
        #expect(Set(seen).count == seen.count)
        #expect(!seen.isEmpty)
    }

    @Test func `a prompt is named by its id, its corpus's id or its text`() throws {
        let service = try DemoService.reading()
        let row = try #require(
            try service.reader.sql(
                """
                SELECT p.id, m.external_id, p.text FROM prompts p JOIN memberships m ON m.prompt_id = p.id
                WHERE m.external_id LIKE 'two-step%' LIMIT 1
                """
            ).rows.first)
        guard case .integer(let id) = row[0], case .text(let external) = row[1], case .text(let text) = row[2] else {
            throw SocketClient.Failure(what: "\(row)")
        }
        let byID = try service.answer(.get, "prompts/\(id)")
        #expect(try service.answer(.get, "prompts/\(external)") == byID)
        let encoded = try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(try service.answer(.get, "prompts/\(encoded)") == byID)
        let problem = #expect(throws: Problem.self) { try service.answer(.get, "prompts/no-such-prompt/graph") }
        #expect(problem?.status == 404)
    }

    @Test func `answers are those of the library`() throws {
        let service = try DemoService.reading()
        let reader = service.reader
        let feature = FeatureID(layer: 5, index: 283)
        #expect(try service.value("features/5/283?window=10000") == reader.feature(feature).shortened(window: 10_000))
        let prompt = try reader.prompts(where: .all, needGraphs: true)[0]
        #expect(try service.value("prompts/\(prompt)") == reader.prompt(prompt))
        #expect(
            try service.value("prompts/\(prompt)/graph?nodes=0.6&limit=12")
                == reader.graphReport(ofPrompt: prompt, view: GraphView(nodeThreshold: 0.6, nodeLimit: 12)))
        let token = try reader.token(" Austin")
        #expect(try service.value("logits/\(token)") == reader.drivers(of: token))
        #expect(try service.value("search?text=Dallas&limit=3") == reader.search("Dallas", limit: 3))
    }

    @Test func `a group, an order and words choose the prompts of a list`() throws {
        let service = try DemoService.reading()
        let texas: ItemList<PromptListItem> = try service.value(
            "prompts?where=state%3DTexas&sort=-probability&limit=100")
        #expect(texas.total == (try service.reader.prompts(where: PromptFilter("state=Texas")!).count))
        #expect(texas.items.allSatisfy { $0.tags.contains { $0.name == "state" && $0.value == "Texas" } })
        let probabilities = texas.items.map(\.predictedProbability)
        #expect(probabilities == probabilities.sorted(by: >))
        let dallas: ItemList<PromptListItem> = try service.value("prompts?search=dallas")
        #expect(dallas.total > 0 && dallas.items.allSatisfy { $0.text.contains("Dallas") })
    }

    @Test(arguments: [
        ("prompts?lim=3", 400), ("prompts?search=", 400), ("prompts?where=", 400), ("features?layer=", 400),
        ("prompts?limit=0", 400), ("prompts?limit=3&limit=4", 400), ("prompts?where=x", 400),
        ("prompts?where=nothing%3D1", 404), ("prompts/0", 404), ("prompts/999999", 404),
        ("features/2/99999999999", 400),
        ("features/2/5000", 404), ("features?sort=best", 400), ("logits/1000000", 404), ("nothing", 404), ("", 404),
        ("prompts/%FF", 400), ("prompts?search=%C3%28", 400), ("search", 400), ("circuits", 422), ("jobs/1", 409),
        ("prompts/..%2F..%2Fetc%2Fpasswd", 404),
    ])
    func `a wrong question gets one clear line`(path: String, status: Int) throws {
        let service = try DemoService.reading()
        let problem = #expect(throws: Problem.self) { try service.answer(.get, path) }
        #expect(problem?.status == status)
        #expect(problem?.detail.isEmpty == false && problem?.detail.contains("\n") == false)
    }

    @Test func `a graph's view leaves out what does not fit, and says how much`() throws {
        let service = try DemoService.reading()
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        let whole: GraphReport = try service.value(
            "prompts/\(prompt)/graph?nodes=1&edges=1&limit=10000&edgeLimit=100000")
        let part: GraphReport = try service.value("prompts/\(prompt)/graph?nodes=1&edges=1&limit=20&edgeLimit=15")
        #expect(whole.omitted.nodes == 0 && whole.omitted.edges == 0)
        #expect(part.nodes.count == 20 && part.edges.count <= 15)
        #expect(part.nodes.count + part.omitted.nodes == whole.nodes.count)
        #expect(part.edges.count + part.omitted.edges == whole.edges.count)
        let least = part.nodes.filter { $0.kind != "logit" }.map(\.influence).min()!
        let shown = Set(part.nodes.map(\.id))
        #expect(whole.nodes.filter { !shown.contains($0.id) }.allSatisfy { $0.influence <= least })
        for edge in part.edges {
            let target = part.nodes[edge.target]
            #expect(abs(edge.share * target.inputSum - abs(edge.weight)) <= 1e-5 * max(1, abs(edge.weight)))
        }
    }

    @Test func `a node's links are all edges of the stored graph that touch it`() throws {
        let service = try DemoService.reading()
        let prompt = try service.reader.prompts(where: .all, needGraphs: true)[0]
        let graph = try service.reader.graph(ofPrompt: prompt)
        let index = try #require(graph.nodes.indices.first { node in graph.edges.contains { $0.target == node } })
        let whole = try service.reader.graphReport(
            of: graph, text: "",
            view: GraphView(nodeThreshold: 1, edgeThreshold: 1, nodeLimit: 100_000, edgeLimit: 1_000_000))
        let name = whole.nodes[index].id
        let node: GraphNodeReport = try service.value("prompts/\(prompt)/graph/nodes/\(name)?limit=1000")
        #expect(node.inputCount == graph.edges.count { $0.target == index })
        #expect(node.outputCount == graph.edges.count { $0.source == index })
        #expect(node.inputs.map { abs($0.weight) } == node.inputs.map { abs($0.weight) }.sorted(by: >))
    }
}

extension AtlasService {
    /// Waits until a job has ended, at most ten seconds.
    func waitForJob(_ id: String) throws {
        for _ in 0..<1_000 {
            if try jobs!.report(id).state.isEnded { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        throw SocketClient.Failure(what: "job \(id) did not end")
    }
}
