import AtlasQuery
import Foundation

/// A feature to steer, or how many.
struct SteeringBody: Decodable {
    let feature: FeatureText?
    let features: Int?
    /// What activations are multiplied by.
    let factor: Float?
    let prompts: Int?
    /// `own` or `last`.
    let read: SteeringOptions.Readout?
    /// A group of prompts, `family=two-step`.
    let `where`: String?
    let risers: Int?
    /// How many tokens and features are told in each direction.
    let limit: Int?
    let seed: UInt64?
}

extension SteeringBody {
    private static let promptLimit = 200
    private static let featureLimit = 2_000
    private static let riserLimit = 100

    /// - Parameter fewest: prompts that the question needs
    fileprivate func options(fewest: Int) throws(Problem) -> SteeringOptions {
        var options = SteeringOptions()
        options.factor = factor ?? options.factor
        guard options.factor.isFinite, options.factor != 1 else {
            throw Problem(400, "Wrong body", "factor: expected a number other than 1, found \(options.factor)")
        }
        options.prompts = try count(prompts, "prompts", usual: options.prompts, atMost: Self.promptLimit)
        guard options.prompts >= fewest else {
            throw Problem(400, "Wrong body", "prompts: expected \(fewest) or more, found \(options.prompts)")
        }
        options.features = try count(features, "features", usual: options.features, atMost: Self.featureLimit)
        options.risers = try count(risers, "risers", usual: options.risers, atMost: Self.riserLimit)
        options.readout = read ?? options.readout
        options.group = try group(self.where)
        options.seed = seed ?? options.seed
        return options
    }
}

extension Route {
    private static let toldLimit = 200

    /// Questions that make features stronger wherever they fire.
    static let steering = [
        Route(
            .post, "steerings", "What rises and falls when a feature is made stronger wherever it fires",
            bodyExample: #"{"feature": "2/157", "factor": 2, "read": "own", "prompts": 16}"#, status: 202
        ) { request, service in
            let jobs = try service.model
            let body = try request.decoded(SteeringBody.self)
            let reader = service.reader
            guard let feature = body.feature?.feature, reader.atlas.identity.contains(feature) else {
                throw Problem(400, "Wrong body", "feature: expected a feature of this atlas as layer/index")
            }
            let options = try body.options(fewest: 1)
            let limit = try count(body.limit, "limit", usual: 10, atMost: toldLimit)
            return try jobs.submit("steering") { _ in
                .steering(
                    try reader.steered(
                        feature, attributor: jobs.attributor, options: options, limit: limit,
                        jobs: ProcessInfo.processInfo.activeProcessorCount))
            }
        },
        Route(
            .post, "steering-tests", "Whether the atlas foretells what rises when features are steered",
            bodyExample: #"{"features": 100, "where": "family=two-step"}"#, status: 202
        ) { request, service in
            let jobs = try service.model
            let body = try request.decoded(SteeringBody.self)
            let reader = service.reader
            let options = try body.options(fewest: SteeringOptions.fewestPrompts)
            return try jobs.submit("steering-test") { progress in
                .steeringTest(
                    try reader.steeringReport(
                        attributor: jobs.attributor, options: options,
                        jobs: ProcessInfo.processInfo.activeProcessorCount, progress: progress))
            }
        },
    ]
}
