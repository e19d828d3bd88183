import AtlasQuery
import Foundation

extension Route {
    static let prompts = [
        Route("tags", "What prompts can be filtered by, with the values of most prompts") { _, service in
            try service.reader.tags()
        },
        Route(
            "prompts", "Prompts of a group, in an order",
            [
                .search, .group,
                .init(
                    "sort", .choice(PromptOrder.names),
                    "what the list is ordered by; with a minus sign the largest come first", fallback: "id"),
            ] + RouteParameter.orderedList
        ) { request, service in
            try service.reader.promptList(
                where: request.filter(), containing: request.text("search"),
                order: request.order(usually: PromptOrder()), range: try request.range())
        },
        Route(
            "prompts/{id}", "One prompt: what the model said and which features mattered",
            [.prompt, .init("features", .integer(0...1_000), "features at most", fallback: "20")]
        ) { request, service in
            try service.reader.prompt(request.promptOfPath(service), featureLimit: request.integer("features")!)
        },
    ]
}
