import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Foundation
import Texts

/// A text to run.
struct RunBody: RequestBody {
    let text: String
    let target: String?
    let minus: String?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("text", "the text") { $0.allow(characters: 1...longestText) }
        members.describe(
            "target", "the token whose logit the graph explains, by its text or as #ID; unless given the likeliest"
        ) { $0.allow(characters: 1...longestToken) }
        members.describe(
            "minus", "the token whose logit is taken away from the target's: what favours one over the other"
        ) { $0.allow(characters: 1...longestToken) }
    }

    /// The most characters of a token's text.
    static let longestToken = 1_000

    /// The most characters of a text; how many bytes and tokens a server takes, it says itself.
    static let longestText = 20_000
}

/// A text to run with features set.
struct InterventionBody: RequestBody {
    struct Setting: RequestBody {
        let feature: FeatureText?
        let features: [FeatureText]?
        let supernode: String?
        let positions: String?
        let value: Float?
        let multiple: Float?

        static func refine(_ members: inout RequestBodyMembers) {
            members.describe("feature", "what is set: this feature, or features, or a supernode")
            members.describe("features", "several features that are set alike") { $0.allow(elements: 1...1_000) }
            members.describe("supernode", "a supernode of the atlas, all of whose features are set alike") {
                $0.allow(characters: 1...NameRule.longestName)
            }
            members.describe("positions", "where, as 12, 10-12 or 12-; everywhere unless given") {
                $0.pattern = "^[0-9]{1,7}(-[0-9]{0,7})?$"
            }
            members.describe("value", "what the activation is set to; or else multiple") { $0.allow(-1e30...1e30) }
            members.describe("multiple", "what the activation is multiplied by") { $0.allow(-1e30...1e30) }
        }
    }

    /// What may recompute downstream of what is set.
    enum Mode: String, Decodable, CaseIterable {
        case free, frozen, constrained
        case attentionFrozen = "attention-frozen"
        case normsFrozen = "norms-frozen"
    }

    let text: String
    let settings: [Setting]
    let mode: Mode?
    let layers: String?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("text", "the text") { $0.allow(characters: 1...RunBody.longestText) }
        members.describe(
            "settings", "what is set: features at positions, to a value or to a multiple of what they are"
        ) { $0.allow(elements: 1...1_000) }
        members.describe("mode", "what may recompute downstream; free unless given")
        members.describe("layers", "of mode constrained: its layers, as 2-4") { $0.allow(characters: 1...20) }
    }
}

extension AtlasService {
    private func requireModel() throws(Problem) -> ModelJobs {
        guard let jobs else {
            throw Problem(
                409, "No model loaded",
                "texts cannot be run without the replacement model; start atlas serve FILE --model DIR --transcoders DIR"
            )
        }
        return jobs
    }

    /// Runs texts through the replacement model; a problem without one.
    var model: ModelJobs { get throws { try requireModel() } }

    func tokens(of text: String, _ jobs: ModelJobs) throws -> [Int] {
        let context = jobs.attributor.model.configuration.contextLength
        // Whichever is smaller: the model takes no more than its context, and this server may take less.
        let limit =
            context <= jobs.limits.tokens
            ? "\(context) tokens at most (the model's context)"
            : "\(jobs.limits.tokens) tokens at most (this server's limit; the model's context is \(context))"
        guard !text.isEmpty, text.utf8.count <= jobs.limits.textBytes else {
            throw Problem(
                422, "Wrong text",
                "text: expected \(limit) in 1 to \(jobs.limits.textBytes) bytes, found \(text.utf8.count) bytes")
        }
        let tokens = jobs.attributor.model.tokenizer.encodePrompt(text)
        guard tokens.count <= min(context, jobs.limits.tokens) else {
            throw Problem(422, "Wrong text", "text: expected \(limit), found \(tokens.count)")
        }
        do { try jobs.attributor.model.check(tokens) } catch {
            throw Problem(422, "Wrong text", Problem(error).detail)
        }
        return tokens
    }
}

extension RunBody {
    /// What the graph is to explain; nothing: the likeliest tokens.
    fileprivate func targets(_ reader: AtlasReader) throws -> [AttributionTarget] {
        guard let target else {
            guard minus == nil else {
                throw Problem(422, "Wrong question", "minus: expected a target that it is taken away from, found none")
            }
            return []
        }
        let token = try reader.tokenNamed(target)
        guard let minus else { return [.token(id: token)] }
        let other = try reader.tokenNamed(minus)
        guard other != token else {
            throw Problem(422, "Wrong question", "minus: expected another token than the target, found the same")
        }
        return [.difference(token: token, minus: other)]
    }
}

extension [InterventionBody.Setting] {
    /// What is to be set, all of it features of `reader`'s atlas at positions of the prompt.
    ///
    /// - Parameter tokenCount: the prompt's tokens, and those that are generated and read again
    func interventions(tokenCount: Int, reader: AtlasReader) throws -> [Intervention] {
        return try enumerated().flatMap { ordinal, setting in
            func wrong(_ what: String) -> Problem { Problem(422, "Wrong question", "settings.\(ordinal): \(what)") }
            var features = ((setting.feature.map { [$0] } ?? []) + (setting.features ?? [])).map(\.feature)
            if let name = setting.supernode { features += try reader.supernode(name).members }
            guard (1...1_000).contains(features.count) else { throw wrong("expected a feature as layer/index") }
            let action: Intervention.Setting
            switch (setting.value, setting.multiple) {
            case (let value?, nil) where value.isFinite: action = .value(value)
            case (nil, let factor?) where factor.isFinite: action = .multiple(factor)
            default: throw wrong("expected either value or multiple, a number")
            }
            guard let positions = PositionRange(setting.positions ?? "0-"),
                (positions.last ?? positions.first) < tokenCount
            else { throw wrong("positions: expected positions 0 to \(tokenCount - 1) as 12, 10-12 or 12-") }
            return try features.map { feature in
                guard reader.atlas.identity.contains(feature) else {
                    throw wrong("expected a feature of this atlas, found \(feature)")
                }
                return Intervention(feature: feature, positions: positions, setting: action)
            }
        }
    }

}

extension InterventionBody.Mode {
    /// What may recompute.
    ///
    /// - Parameter layers: of mode constrained, as `2-4`
    func mode(layers: String?, layerCount: Int) throws(Problem) -> InterventionMode {
        switch self {
        case .free: return .free
        case .attentionFrozen: return .attentionFrozen
        case .normsFrozen: return .normsFrozen
        case .frozen: return .frozen
        case .constrained:
            guard let range = layers.flatMap({ PositionRange($0) }), let last = range.last, last < layerCount else {
                throw Problem(422, "Wrong question", "layers: expected layers 0 to \(layerCount - 1) as 2-4")
            }
            return .constrained(range.first..<last + 1)
        }
    }
}

extension Route {
    static let jobs = [
        Route(
            .post, "runs", "Runs a text through the replacement model", body: RunBody.self,
            example: #"{"text": "calc: 36+59="}"#, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let text = body.text
            let tokens = try service.tokens(of: text, jobs)
            let reader = service.reader
            let targets = try body.targets(reader)
            return try jobs.submit("run") { progress in
                .run(
                    try reader.run(
                        text, tokens: tokens, attributor: jobs.attributor, targets: targets,
                        maximumFeatureNodes: jobs.limits.features,
                        jobs: ProcessInfo.processInfo.activeProcessorCount, progress: progress))
            }
        },
        Route(
            .post, "interventions", "Runs a text as it is and with features set",
            body: InterventionBody.self,
            example: """
                {"text": "calc: 36+59=", "settings": [{"feature": "2/157", "positions": "3-", "multiple": 0}], \
                "mode": "free"}
                """, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let tokens = try service.tokens(of: body.text, jobs)
            let reader = service.reader
            let interventions = try body.settings.interventions(tokenCount: tokens.count, reader: reader)
            let mode = try (body.mode ?? .free).mode(
                layers: body.layers, layerCount: jobs.attributor.model.configuration.layerCount)
            return try jobs.submit("intervention") { progress in
                .intervention(
                    try reader.intervene(
                        body.text, tokens: tokens, interventions: interventions, mode: mode,
                        attributor: jobs.attributor, progress: progress))
            }
        },
        Route("jobs/{id}", "How a job stands, with its result", [.job], isVolatile: true) { request, service in
            try service.model.report(try request.required("id"))
        },
        Route(.delete, "jobs/{id}", "Cancels a job", [.job]) { request, service in
            try service.model.cancel(try request.required("id"))
        },
        Route(
            "jobs/{id}/graph", "The graph of a text that was run, as prompts/{id}/graph",
            [.job] + RouteParameter.graphView, isVolatile: true
        ) { request, service in
            let run = try service.model.run(try request.required("id"))
            return try service.reader.graphReport(of: run.whole, text: run.text, view: request.graphView)
        },
        Route(
            "jobs/{id}/graph/features", "How generic or specific that graph's features are, as of a stored prompt's",
            [.job] + RouteParameter.graphView, isVolatile: true, length: .long
        ) { request, service in
            let run = try service.model.run(try request.required("id"))
            return try service.reader.graphFeatures(
                of: run.whole, view: request.graphView, operandLabels: service.operandLabels.labels)
        },
        Route(
            "jobs/{id}/graph/nodes/{node}", "Everything that feeds a node of that graph and that it feeds",
            [.job, .node] + RouteParameter.list, isVolatile: true
        ) { request, service in
            let run = try service.model.run(try request.required("id"))
            let range = try request.range()
            return try service.reader.graphNode(
                try request.required("node"), of: run.whole, limit: range.limit, offset: range.offset)
        },
    ]
}
