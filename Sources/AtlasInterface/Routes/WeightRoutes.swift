import AtlasQuery
import Attribution
import Circuits
import Foundation

extension RouteParameter {
    static let neighbours =
        feature + [
            RouteParameter(
                "by", .choice(NeighbourRanking.allCases.map(\.rawValue)),
                "what comes first: stored edges, or weights, for which the model is needed", fallback: "edges"), group,
            limit,
        ]
}

extension AtlasService {
    /// Threads of a question that reads weights; others are asked at the same time.
    var threads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount / 2) }

    fileprivate func neighbours(_ direction: NeighbourDirection, _ request: RouteRequest) throws -> GlobalNeighbours {
        let ranking = request.text("by").flatMap { NeighbourRanking(rawValue: $0) } ?? .edges
        if ranking != .edges, weights == nil { throw QuestionError.needsModel(question: "neighbours by weights") }
        return try reader.neighbours(
            of: request.featureOfPath(), direction, by: ranking, where: request.filter(),
            weights: ranking == .edges ? nil : weights, limit: try request.range().limit, jobs: threads)
    }
}

extension Route {
    static let weights = [
        Route(
            "features/{layer}/{index}/upstream", "What drives a feature across prompts", RouteParameter.neighbours,
            length: .longUnless("by", is: "edges")
        ) { request, service in try service.neighbours(.upstream, request)
        },
        Route(
            "features/{layer}/{index}/downstream", "What a feature drives across prompts", RouteParameter.neighbours,
            length: .longUnless("by", is: "edges")
        ) { request, service in try service.neighbours(.downstream, request) },
        Route(
            "features/{layer}/{index}/correlated", "Features that fire where a feature fires",
            RouteParameter.feature + [
                .init(
                    "by", .choice(CorrelatedFeatures.Ranking.allCases.map(\.rawValue)), "what comes first",
                    fallback: "pearson"), .group, .limit,
            ], length: .long
        ) { request, service in
            try service.reader.correlated(
                with: request.featureOfPath(),
                by: request.text("by").flatMap { CorrelatedFeatures.Ranking(rawValue: $0) } ?? .pearson,
                where: request.filter(), limit: try request.range().limit)
        },
        Route(
            "features/{layer}/{index}/inhibitors", "What may keep a feature silent where it is expected",
            RouteParameter.feature + [.group, .limit], length: .long
        ) { request, service in
            guard let weights = service.weights else {
                throw QuestionError.needsModel(question: "what inhibits a feature")
            }
            return try service.reader.inhibitors(
                of: request.featureOfPath(), weights: weights, where: request.filter(),
                limit: try request.range().limit, jobs: service.threads)
        },
        Route(
            "edges/{source}/{target}", "What one node does to another, across prompts",
            [
                .init(
                    "source",
                    .form(
                        "^([0-9]{1,5}/[0-9]{1,8}|error:[0-9]{1,5}|token:[^\\x00]{1,1000})$",
                        expected: "a feature as layer/index, error:LAYER or token:TEXT"),
                    "a feature as 2%2F157, error:3 or token:TEXT"),
                .init(
                    "target",
                    .form(
                        "^([0-9]{1,5}/[0-9]{1,8}|logit:[^\\x00]{1,1000})$",
                        expected: "a feature as layer/index or logit:TEXT"), "a feature as 2%2F157 or logit:TEXT"),
                .group,
                .init("examples", .integer(0...100), "examples at most", fallback: "5"),
            ]
        ) { request, service in
            let reader = service.reader
            return try reader.edge(
                from: reader.node(try request.required("source")), to: reader.node(try request.required("target")),
                where: request.filter(), weights: service.weights, exampleLimit: request.integer("examples")!,
                jobs: service.threads)
        },
    ]
}
