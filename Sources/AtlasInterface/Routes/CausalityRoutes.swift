import AtlasQuery
import Foundation

/// Circuits to hold against the model: those of some tokens, or of the answers of a group of prompts.
struct ValidationBody: Decodable {
    let tokens: [Int]?
    /// A group of prompts, `family=two-step`.
    let `where`: String?
    let interventions: Int?
    /// The tag whose values are told apart.
    let by: String?
    let readout: ValidationOptions.Readout?
    let mode: ValidationOptions.Mode?
    /// The share of a feature that is taken away.
    let ablation: Double?
    let measuredPrompts: Int?
    let seed: UInt64?
}

/// Values of a tag to exchange.
struct ExchangeBody: Decodable {
    let by: String
    /// A group of prompts, `family=two-step`.
    let `where`: String?
    let features: Int?
    /// `influence`, `logit`, `paths` or `gap`.
    let rankBy: ExchangeOptions.Ranking?
    /// `last` or `all`.
    let positions: ExchangeOptions.Positions?
    /// `likeliest` or `preferred`.
    let judgement: ExchangeOptions.Judgement?
    let strength: Double?
    let trials: Int?
    let seed: UInt64?
}

/// The group that a body names: all prompts where it names none.
func group(_ text: String?) throws(Problem) -> PromptFilter {
    guard let text else { return .all }
    guard let filter = PromptFilter(text) else {
        throw Problem(400, "Wrong body", "where: expected name=value, commas between several")
    }
    return filter
}

/// A count of a body, within what a server lets anyone ask for.
func count(_ value: Int?, _ name: String, usual: Int, atMost limit: Int) throws(Problem) -> Int {
    let value = value ?? usual
    guard 1...limit ~= value else {
        throw Problem(400, "Wrong body", "\(name): expected 1 to \(limit), found \(value)")
    }
    return value
}

extension Route {
    private static let interventionLimit = 1_000
    private static let trialLimit = 5_000
    private static let measuredPromptLimit = 50
    private static let featureLimit = 100

    /// Questions that intervene on the model, prompt after prompt.
    static let causality = [
        Route(
            .post, "validations", "Holds circuits against interventions on held-out prompts",
            bodyExample: #"{"where": "family=two-step", "interventions": 200}"#, status: 202
        ) { request, service in
            let jobs = try service.model
            let body = try request.decoded(ValidationBody.self)
            let reader = service.reader
            var options = ValidationOptions()
            options.interventions = try count(
                body.interventions, "interventions", usual: options.interventions, atMost: interventionLimit)
            if let seed = body.seed { options.seed = seed }
            if let tag = body.by { options.groupTag = tag }
            if let readout = body.readout {
                options.readouts = [readout] + options.readouts.filter { $0 != readout }
            }
            if let mode = body.mode { options.modes = [mode] + options.modes.filter { $0 != mode } }
            options.ablation = body.ablation ?? options.ablation
            guard options.ablation > 0, options.ablation <= 1 else {
                throw Problem(
                    400, "Wrong body", "ablation: expected more than 0 and at most 1, found \(options.ablation)")
            }
            options.measuredPrompts = body.measuredPrompts ?? options.measuredPrompts
            guard 0...measuredPromptLimit ~= options.measuredPrompts else {
                throw Problem(
                    400, "Wrong body",
                    "measuredPrompts: expected 0 to \(measuredPromptLimit), found \(options.measuredPrompts)")
            }
            let group = try group(body.where)
            if body.where != nil { options.circuit.group = group }
            let tokens = try body.tokens ?? reader.answerTokens(of: group)
            return try jobs.submit("validation") { [options] progress in
                .validation(
                    try reader.validate(
                        tokens: tokens, attributor: jobs.attributor, options: options,
                        jobs: ProcessInfo.processInfo.activeProcessorCount, progress: progress))
            }
        },
        Route(
            .post, "exchanges", "Puts the features of one value of a tag in the place of another's",
            bodyExample: #"{"by": "state", "where": "family=two-step", "strength": 2, "trials": 200}"#, status: 202
        ) { request, service in
            let jobs = try service.model
            let body = try request.decoded(ExchangeBody.self)
            let reader = service.reader
            var options = ExchangeOptions()
            options.featureLimit = try count(
                body.features, "features", usual: options.featureLimit, atMost: featureLimit)
            options.trialLimit = try count(body.trials, "trials", usual: options.trialLimit, atMost: trialLimit)
            options.ranking = body.rankBy ?? options.ranking
            options.positions = body.positions ?? options.positions
            options.judgement = body.judgement ?? options.judgement
            options.strength = body.strength ?? options.strength
            guard options.strength > 0, options.strength.isFinite else {
                throw Problem(400, "Wrong body", "strength: expected more than 0, found \(options.strength)")
            }
            if let seed = body.seed { options.seed = seed }
            options.jobs = ProcessInfo.processInfo.activeProcessorCount
            let group = try group(body.where)
            return try jobs.submit("exchange") { [options] progress in
                .exchange(
                    try reader.exchange(
                        by: body.by, where: group, attributor: jobs.attributor, options: options, progress: progress))
            }
        },
    ]
}
