import AtlasQuery
import Circuits
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

/// Heads whose reasons are to be tested.
struct HeadValidationBody: Decodable {
    /// `1.3` and others.
    let heads: [String]
    /// A group of prompts, `family=two-step`.
    let `where`: String?
    let pairs: Int?
    /// The least share of attention that counts as looking.
    let leastWeight: Double?
    /// Where they look from, counted from a prompt's end.
    let tokensBeforeEnd: Int?
    let prompts: Int?
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
    private static let pairLimit = 10_000
    private static let promptLimit = 1_000

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
        Route(
            .post, "head-validations", "Tests why heads look where they look, and whether answers need it",
            bodyExample: #"{"heads": ["1.3"], "where": "family=two-step", "pairs": 20}"#, status: 202
        ) { request, service in
            let jobs = try service.model
            let body = try request.decoded(HeadValidationBody.self)
            let reader = service.reader
            let heads = body.heads.compactMap { HeadID($0) }
            guard !heads.isEmpty, heads.count == body.heads.count else {
                throw Problem(400, "Wrong body", "heads: expected layer.head, as 1.3, found \(body.heads)")
            }
            var options = HeadValidationOptions()
            options.pairs = try count(body.pairs, "pairs", usual: options.pairs, atMost: pairLimit)
            options.promptLimit = try count(body.prompts, "prompts", usual: options.promptLimit, atMost: promptLimit)
            options.leastWeight = body.leastWeight ?? options.leastWeight
            guard 0...1 ~= options.leastWeight else {
                throw Problem(
                    400, "Wrong body", "leastWeight: expected a share from 0 to 1, found \(options.leastWeight)")
            }
            options.tokensBeforeEnd = body.tokensBeforeEnd ?? options.tokensBeforeEnd
            guard options.tokensBeforeEnd >= 0 else {
                throw Problem(
                    400, "Wrong body", "tokensBeforeEnd: expected 0 or more, found \(options.tokensBeforeEnd)")
            }
            if let seed = body.seed { options.seed = seed }
            options.jobs = ProcessInfo.processInfo.activeProcessorCount
            let group = try group(body.where)
            return try jobs.submit("head-validation") { [options] progress in
                .headValidation(
                    try reader.validateHeads(
                        heads, where: group, attributor: jobs.attributor, options: options, progress: progress))
            }
        },
    ]
}
