import AtlasQuery
import Circuits
import Foundation

extension RouteParameter {
    /// Up to a hundred features, commas between, as a regular expression.
    private static let featuresForm = "^[0-9]{1,5}/[0-9]{1,8}(,[0-9]{1,5}/[0-9]{1,8}){0,99}$"

    /// What a circuit is grown from, and how.
    static let circuit = [
        RouteParameter("token", .integer(0...Int(Int32.max)), "the token whose logit is the seed, by its id"),
        RouteParameter("feature", .feature, "the feature that is the seed, layer/index"),
        RouteParameter("prompt", .integer(1...Int(Int32.max)), "the prompt whose targets are the seed"),
        RouteParameter(
            "where", .filter, "only prompts of this group; alone, what their graphs explain is the seed"),
        RouteParameter("size", .integer(1...500), "features and tokens that join", fallback: "50"),
        RouteParameter(
            "rank", .choice(CircuitRanking.allCases.map(\.rawValue)),
            "what decides which nodes join and stay: influence, or effect on the answer's lead", fallback: "influence"),
        RouteParameter("nodes", .number(0...1), "the share of the joined nodes' influence that is kept", fallback: "1"),
        RouteParameter(
            "edges", .number(0...1), "the share of edge scores that is kept",
            fallback: "\(Pruning.viewingThresholds.edge)"),
        RouteParameter("prompts", .integer(1...5_000), "stored graphs that are added up at most", fallback: "200"),
        RouteParameter(
            "expand", .form(featuresForm, expected: "features as layer/index, commas between"),
            "features of the circuit of which the strongest \(CircuitOptions.expansion) inputs join as well"),
        RouteParameter(
            "by", .choice(["edges", "twera"]),
            "stored edges, or weights and co-activations, for which the model is needed",
            fallback: "edges"),
    ]
}

extension RouteRequest {
    fileprivate func seed() throws(Problem) -> CircuitSeed {
        let seeds: [CircuitSeed] = [
            integer("token").map { .token($0) }, feature("feature").map { .feature($0) },
            integer("prompt").map { .prompt($0) },
        ].compactMap { $0 }
        if seeds.isEmpty, text("where") != nil { return .group(filter()) }
        guard seeds.count == 1 else {
            throw Problem(422, "Wrong seed", "expected one of token, feature, prompt and where, found \(seeds.count)")
        }
        return seeds[0]
    }

    fileprivate func circuitOptions(_ seed: CircuitSeed) -> CircuitOptions {
        var options = CircuitOptions(size: integer("size")!)
        options.ranking = CircuitRanking(rawValue: text("rank")!)!
        options.nodeThreshold = number("nodes")!
        options.edgeThreshold = number("edges")!
        options.promptLimit = integer("prompts")!
        options.expanded = text("expand")?.split(separator: ",").compactMap { FeatureID(String($0)) } ?? []
        if case .group = seed {} else { options.group = text("where").map { _ in filter() } }
        return options
    }
}

extension Route {
    static let circuits = [
        Route(
            "circuits", "The global circuit that leads to a logit, a feature, a prompt's or a group's answers",
            RouteParameter.circuit, length: .longUnless("by", is: "edges")
        ) { request, service in
            let seed = try request.seed()
            let options = request.circuitOptions(seed)
            guard request.text("by") == "twera" else {
                return try service.reader.circuit(from: seed, options: options)
            }
            guard let weights = service.weights else { throw QuestionError.needsModel(question: "a circuit by TWERA") }
            return try service.reader.circuit(from: seed, options: options, weights: weights, jobs: service.threads)
        },
        Route(
            "circuits/supernodes", "Groups of alike features suggested for a circuit, with the loss that each costs",
            RouteParameter.circuit + [
                .init("threshold", .number(0...1), "the mean similarity of two groups that are merged", fallback: "0.5")
            ], length: .long
        ) { request, service in
            let seed = try request.seed()
            return try service.reader.supernodes(
                of: seed, options: request.circuitOptions(seed), threshold: request.number("threshold")!)
        },
        Route(
            "circuits/stability", "Which of a circuit's nodes and edges hang on the thresholds of pruning",
            RouteParameter.circuit, length: .long
        ) { request, service in
            let seed = try request.seed()
            return try service.reader.stability(ofCircuit: seed, options: request.circuitOptions(seed))
        },
        Route(
            "prompts/{id}/stability", "Which of a graph's nodes and edges hang on the thresholds of pruning", [.prompt],
            length: .long
        ) { request, service in
            try service.reader.stability(ofPrompt: request.promptOfPath(service))
        },
    ]
}
