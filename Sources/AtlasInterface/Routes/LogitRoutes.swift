import AtlasQuery
import Foundation

extension Route {
    static let logits = [
        Route(
            "logits", "Tokens whose logit some stored graph explains, in an order",
            [
                .init("search", .text(limit: 1_000), "part of the token's text"),
                .init(
                    "sort", .choice(LogitOrder.names),
                    "what the list is ordered by; with a minus sign backwards", fallback: "prompts"),
            ] + RouteParameter.orderedList
        ) { request, service in
            try service.reader.logitList(
                containing: request.text("search"),
                order: request.order(usually: LogitOrder()), range: try request.range())
        },
        Route(
            "logits/{token}", "What drives a token's logit, across prompts and by weights alone",
            [.token, .init("limit", .integer(1...1_000), "drivers of each kind at most", fallback: "20")]
        ) { request, service in
            try service.reader.drivers(of: request.integer("token")!, limit: request.integer("limit")!)
        },
    ]
}
