import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits

extension RouteParameter {
    fileprivate static let head = [
        RouteParameter("layer", .integer(0...65_535), "the head's layer"),
        RouteParameter("head", .integer(0...65_535), "the head in its layer"),
    ]
}

extension Route {
    /// Questions about attention heads.
    static let heads = [
        Route("heads", "Where every head looks, and how much of the stored edges goes through it", length: .long) {
            _, service in try service.reader.heads()
        },
        Route(
            "heads/{layer}/{head}", "What one head carries, and to what", RouteParameter.head + [.limit], length: .long
        ) { request, service in
            try service.reader.head(
                layer: request.integer("layer")!, head: request.integer("head")!, limit: try request.range().limit)
        },
        Route(
            "heads/{layer}/{head}/pairs", "The pairs of sources that make a head look, over prompts",
            RouteParameter.head + [
                .limit, .init("prompts", .integer(1...100), "prompts whose scores are taken apart", fallback: "20"),
            ], length: .long
        ) { request, service in
            guard let attributor = service.jobs?.attributor else {
                throw QuestionError.needsModel(question: "what makes a head look")
            }
            return try service.reader.pairs(
                layer: request.integer("layer")!, head: request.integer("head")!, attributor: attributor,
                prompts: request.integer("prompts")!, limit: try request.range().limit, jobs: service.threads)
        },
        Route(
            "features/{layer}/{index}/heads", "The heads that carry a feature", RouteParameter.feature, length: .long
        ) { request, service in try service.reader.heads(carrying: request.featureOfPath()) },
        Route(
            "prompts/{id}/patterns/{layer}/{head}", "Where a head looks from each position of a prompt",
            [.prompt] + RouteParameter.head + [
                .init(
                    "least", .number(0...1), "smaller shares of a position's attention are left out",
                    fallback: "\(AtlasReader.leastAttention)")
            ], length: .long
        ) { request, service in
            guard let attributor = service.jobs?.attributor else {
                throw QuestionError.needsModel(question: "where a head looks in a prompt")
            }
            return try service.reader.pattern(
                ofPrompt: request.promptOfPath(service), layer: request.integer("layer")!,
                head: request.integer("head")!,
                attributor: attributor, least: request.number("least")!)
        },
        Route(
            "prompts/{id}/attention", "Why a head looks from one position of a prompt to another",
            [
                .prompt,
                .init(
                    "qk",
                    .form(
                        "^[0-9]{1,5}\\.[0-9]{1,5}@[0-9]{1,7},[0-9]{1,7}$",
                        expected: "layer.head@query,key, as 3.1@9,4"),
                    "the head, where it looks from, and to: layer.head@query,key, as 3.1@9,4", isRequired: true),
                .init(
                    "against", .form("^(mean|[0-9]{1,7})$", expected: "a position or mean"),
                    "what the key is compared with: a position, or mean"),
                .init("pairs", .integer(1...1_000), "pairs of sources at most", fallback: "20"),
            ], length: .long
        ) { request, service in
            guard let attributor = service.jobs?.attributor else {
                throw QuestionError.needsModel(question: "why a head looks where it looks")
            }
            let text = try request.required("qk")
            guard let place = ScorePlace(text) else {
                throw Problem(400, "Wrong parameter", "qk: expected layer.head@query,key, as 3.1@9,4, found \(text)")
            }
            let reference: ScorePlace.Reference? = request.text("against").flatMap { against in
                against == "mean" ? .mean : Int(against).map { .key($0) }
            }
            do {
                return try service.reader.attention(
                    ofPrompt: request.promptOfPath(service), place, against: reference, attributor: attributor,
                    pairs: request.integer("pairs")!, jobs: service.threads)
            } catch let error as TargetError {
                throw Problem(422, "Wrong question", "\(error)")
            }
        },
    ]
}
