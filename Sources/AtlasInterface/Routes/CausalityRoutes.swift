import AtlasExperiments
import AtlasQuery
import Circuits
import Foundation

/// Circuits to hold against the model: those of some tokens, or of the answers of a group of prompts.
struct ValidationBody: RequestBody {
    let tokens: [Int]?
    let `where`: String?
    let interventions: Int?
    let by: String?
    let readout: ValidationOptions.Readout?
    let mode: ValidationOptions.Mode?
    let ablation: Double?
    let measuredPrompts: Int?
    let seed: UInt64?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("tokens", "the tokens whose circuits are tested; unless given the answers of the group") {
            $0 = JSONSchema(listOf: JSONSchema(RouteParameter.token))
            $0.allow(elements: 1...1_000)
        }
        members.describe("where", RouteParameter.group.summary) { $0.allowGroups() }
        members.describe("interventions", "interventions at most") { $0.allow(1...1_000) }
        members.describe("by", "the tag whose values are told apart") { $0.allow(characters: 1...200) }
        members.describe("readout", "what is read first")
        members.describe("mode", "what may recompute, first")
        members.describe("ablation", "the share of a feature that is taken away") {
            $0.exclusiveMinimum = 0
            $0.maximum = 1
        }
        members.describe("measuredPrompts", "other prompts in which a feature is silenced to foretell what it does") {
            $0.allow(0...50)
        }
        members.describe("seed", "the same draws alike") { $0.allowSeeds() }
    }
}

/// Values of a tag to exchange.
struct ExchangeBody: RequestBody {
    let by: String
    let `where`: String?
    let features: Int?
    let rankBy: ExchangeOptions.Ranking?
    let positions: ExchangeOptions.Positions?
    let judgement: ExchangeOptions.Judgement?
    let strength: Double?
    let trials: Int?
    let seed: UInt64?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("by", "the tag whose values are exchanged") { $0.allow(characters: 1...200) }
        members.describe("where", RouteParameter.group.summary) { $0.allowGroups() }
        members.describe("features", "features of each value at most") { $0.allow(1...100) }
        members.describe("rankBy", "what they are chosen by")
        members.describe("positions", "where they are looked for")
        members.describe("judgement", "what counts as the answer")
        members.describe("strength", "what the activations that are put in are multiplied by") {
            $0.exclusiveMinimum = 0
            $0.maximum = 1e6
        }
        members.describe("trials", "exchanges at most") { $0.allow(1...5_000) }
        members.describe("seed", "the same draws alike") { $0.allowSeeds() }
    }
}

/// Heads whose reasons are to be tested.
struct HeadValidationBody: RequestBody {
    let heads: [String]
    let `where`: String?
    let pairs: Int?
    let leastWeight: Double?
    let tokensBeforeEnd: Int?
    let prompts: Int?
    let seed: UInt64?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("heads", "heads as layer.head") {
            var head = JSONSchema(type: "string")
            head.pattern = #"^[0-9]{1,5}\.[0-9]{1,5}$"#
            $0 = JSONSchema(listOf: head)
            $0.allow(elements: 1...1_000)
        }
        members.describe("where", RouteParameter.group.summary) { $0.allowGroups() }
        members.describe("pairs", "pairs of sources that are taken out of each score at most") { $0.allow(1...10_000) }
        members.describe("leastWeight", "the least share of attention that counts as looking") { $0.allow(0...1) }
        members.describe("tokensBeforeEnd", "where they look from, counted from a prompt's end") {
            $0.allow(0...1_000_000)
        }
        members.describe("prompts", "prompts at most") { $0.allow(1...1_000) }
        members.describe("seed", "the same draws alike") { $0.allowSeeds() }
    }
}

/// The group that a body names: all prompts where it names none.
func group(_ text: String?) throws(Problem) -> PromptFilter {
    guard let text else { return .all }
    guard let filter = PromptFilter(text) else {
        throw Problem(400, "Wrong body", "where: expected name=value, commas between several")
    }
    return filter
}

extension Route {
    /// Questions that intervene on the model, prompt after prompt.
    static let causality = [
        Route(
            .post, "validations", "Holds circuits against interventions on held-out prompts",
            body: ValidationBody.self, example: #"{"where": "family=two-step", "interventions": 200}"#, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            var options = ValidationOptions()
            options.interventions = body.interventions ?? options.interventions
            if let seed = body.seed { options.seed = seed }
            if let tag = body.by { options.groupTag = tag }
            if let readout = body.readout {
                options.readouts = [readout] + options.readouts.filter { $0 != readout }
            }
            if let mode = body.mode { options.modes = [mode] + options.modes.filter { $0 != mode } }
            options.ablation = body.ablation ?? options.ablation
            options.measuredPrompts = body.measuredPrompts ?? options.measuredPrompts
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
            body: ExchangeBody.self,
            example: #"{"by": "state", "where": "family=two-step", "strength": 2, "trials": 200}"#, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            var options = ExchangeOptions()
            options.featureLimit = body.features ?? options.featureLimit
            options.trialLimit = body.trials ?? options.trialLimit
            options.ranking = body.rankBy ?? options.ranking
            options.positions = body.positions ?? options.positions
            options.judgement = body.judgement ?? options.judgement
            options.strength = body.strength ?? options.strength
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
            body: HeadValidationBody.self,
            example: #"{"heads": ["1.3"], "where": "family=two-step", "pairs": 20}"#, status: 202
        ) { _, body, service in
            let jobs = try service.model
            let reader = service.reader
            let heads = body.heads.compactMap { HeadID($0) }
            guard !heads.isEmpty, heads.count == body.heads.count else {
                throw Problem(400, "Wrong body", "heads: expected layer.head, as 1.3, found \(body.heads)")
            }
            var options = HeadValidationOptions()
            options.pairs = body.pairs ?? options.pairs
            options.promptLimit = body.prompts ?? options.promptLimit
            options.leastWeight = body.leastWeight ?? options.leastWeight
            options.tokensBeforeEnd = body.tokensBeforeEnd ?? options.tokensBeforeEnd
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
