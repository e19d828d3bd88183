import AtlasExperiments
import AtlasQuery
import Foundation

/// A feature to steer.
struct SteeringBody: RequestBody {
    let feature: FeatureText
    let factor: Float?
    let prompts: Int?
    let read: SteeringOptions.Readout?
    let `where`: String?
    let limit: Int?
    let seed: UInt64?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("feature", "the feature that is made stronger")
        members.describe("limit", "tokens and features that are told in each direction") { $0.allow(1...200) }
        members.describeSteering(fewestPrompts: 1)
    }
}

/// How many features to steer.
struct SteeringTestBody: RequestBody {
    let features: Int?
    let risers: Int?
    let factor: Float?
    let prompts: Int?
    let read: SteeringOptions.Readout?
    let `where`: String?
    let seed: UInt64?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("features", "features at most") { $0.allow(1...2_000) }
        members.describe("risers", "tokens, or later features, that rise most and are to be foretold") {
            $0.allow(1...100)
        }
        members.describeSteering(fewestPrompts: SteeringOptions.fewestPrompts)
    }
}

extension RequestBodyMembers {
    /// What both questions take.
    fileprivate mutating func describeSteering(fewestPrompts: Int) {
        describe("factor", "what activations are multiplied by; not 1") { $0.allow(-1e6...1e6) }
        describe("prompts", "prompts a feature is steered in at most") { $0.allow(Double(fewestPrompts)...200) }
        describe("read", "where changes are read: at each position of the feature, or at the prompt's last")
        describe("where", RouteParameter.group.summary) { $0.allowGroups() }
        describe("seed", "the same draws alike") { $0.allowSeeds() }
    }
}

extension SteeringOptions {
    /// The usual but for what a body gives.
    fileprivate init(
        factor: Float?, prompts: Int?, read: Readout?, where text: String?, seed: UInt64?
    ) throws(Problem) {
        self.init()
        self.factor = factor ?? self.factor
        guard self.factor != 1 else {
            throw Problem(422, "Wrong question", "factor: expected a number other than 1, found \(self.factor)")
        }
        self.prompts = prompts ?? self.prompts
        readout = read ?? readout
        group = try AtlasInterface.group(text)
        self.seed = seed ?? self.seed
    }
}

extension Route {
    /// Questions that make features stronger wherever they fire.
    static let steering = [
        Route(
            .post, "steerings", "What rises and falls when a feature is made stronger wherever it fires",
            body: SteeringBody.self, example: #"{"feature": "2/157", "factor": 2, "read": "own", "prompts": 16}"#,
            status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            let feature = body.feature.feature
            guard reader.atlas.identity.contains(feature) else {
                throw Problem(422, "Wrong question", "feature: expected a feature of this atlas, found \(feature)")
            }
            let options = try SteeringOptions(
                factor: body.factor, prompts: body.prompts, read: body.read, where: body.where, seed: body.seed)
            let limit = body.limit ?? 10
            return try jobs.submit("steering") { _ in
                .steering(
                    try reader.steered(
                        feature, attributor: jobs.attributor, options: options, limit: limit,
                        jobs: ProcessInfo.processInfo.activeProcessorCount))
            }
        },
        Route(
            .post, "steered-texts",
            "A text continued as it is and with features set, and what comes next at several doses",
            body: SteeredTextBody.self,
            example: """
                {"text": "calc: 36+59=", "settings": [{"feature": "2/157", "positions": "3-", "multiple": 3}], \
                "count": 4, "doses": [0, 1, 2]}
                """, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            let tokens = try service.tokens(of: body.text, jobs)
            let options = try body.options(tokenCount: tokens.count, reader: reader, jobs: jobs)
            // The last generated token is read by nobody, so nothing can be set there.
            let interventions = try body.settings.interventions(
                tokenCount: tokens.count + options.count - 1, reader: reader)
            return try jobs.submit("steered-text") { progress in
                .steeredText(
                    try reader.steeredText(
                        body.text, tokens: tokens, interventions: interventions, attributor: jobs.attributor,
                        options: options, progress: progress))
            }
        },
        Route(
            .post, "steering-tests", "Whether the atlas foretells what rises when features are steered",
            body: SteeringTestBody.self, example: #"{"features": 100, "where": "family=two-step"}"#, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            var options = try SteeringOptions(
                factor: body.factor, prompts: body.prompts, read: body.read, where: body.where, seed: body.seed)
            options.features = body.features ?? options.features
            options.risers = body.risers ?? options.risers
            return try jobs.submit("steering-test") { [options] progress in
                .steeringTest(
                    try reader.steeringReport(
                        attributor: jobs.attributor, options: options,
                        jobs: ProcessInfo.processInfo.activeProcessorCount, progress: progress))
            }
        },
    ]
}
