import AtlasQuery
import Circuits
import Foundation

extension RouteParameter {
    static let graphView = [
        RouteParameter(
            "nodes", .number(0...1), "the share of influence that nodes cover",
            fallback: "\(Pruning.viewingThresholds.node)"),
        RouteParameter(
            "edges", .number(0...1), "the share of edge scores that edges cover",
            fallback: "\(Pruning.viewingThresholds.edge)"),
        RouteParameter("limit", .integer(1...10_000), "nodes at most, the most influential", fallback: "300"),
        RouteParameter("edgeLimit", .integer(0...100_000), "edges at most", fallback: "3000"),
    ]
    static let node = RouteParameter("node", .text(limit: 100), "a node's id in the graph: 2_157_12")
}

extension RouteRequest {
    /// How much of a graph is asked for.
    var graphView: GraphView {
        GraphView(
            nodeThreshold: number("nodes")!, edgeThreshold: number("edges")!, nodeLimit: integer("limit")!,
            edgeLimit: integer("edgeLimit")!)
    }
}

extension Route {
    static let graphs = [
        Route(
            "prompts/{id}/graph", "A prompt's attribution graph: its most influential nodes and their edges",
            [.prompt] + RouteParameter.graphView
        ) { request, service in
            let id = try request.promptOfPath(service)
            let (text, graph) = try service.graphs.graph(ofPrompt: id)
            return try service.reader.graphReport(of: graph, text: text, prompt: id, view: request.graphView)
        },
        Route(
            "prompts/{id}/graph/heads", "Through which heads the edges go that prompts/{id}/graph answers",
            [.prompt] + RouteParameter.graphView
        ) { request, service in
            let (_, graph) = try service.graphs.graph(ofPrompt: request.promptOfPath(service), withHeads: true)
            return service.reader.graphHeads(of: graph, view: request.graphView)
        },
        Route(
            "prompts/{id}/graph/features",
            "How generic or specific the features are that prompts/{id}/graph answers, and what operands call them",
            [.prompt] + RouteParameter.graphView, length: .long
        ) { request, service in
            let id = try request.promptOfPath(service)
            let (_, graph) = try service.graphs.graph(ofPrompt: id)
            return try service.reader.graphFeatures(
                of: graph, prompt: id, view: request.graphView, operandLabels: service.operandLabels.labels)
        },
        Route(
            "prompts/{id}/graph/nodes/{node}", "Everything stored that feeds a node and that it feeds",
            [.prompt, .node] + RouteParameter.list
        ) { request, service in
            let (_, graph) = try service.graphs.graph(ofPrompt: request.promptOfPath(service), withHeads: true)
            let range = try request.range()
            return try service.reader.graphNode(
                try request.required("node"), of: graph, limit: range.limit, offset: range.offset)
        },
    ]
}
