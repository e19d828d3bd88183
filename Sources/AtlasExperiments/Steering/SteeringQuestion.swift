import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import GRDB
import Tensors

/// What steering a feature does, and whether the atlas foretells it.
extension AtlasReader {
    /// Steers one feature in prompts where it fires, and tells what rises and falls on the mean over prompts.
    ///
    /// - Parameters:
    ///   - attributor: the atlas's replacement model
    ///   - limit: how many tokens and features are told in each direction
    ///   - jobs: threads, a prompt each
    public func steered(
        _ feature: FeatureID, attributor: Attributor, options: SteeringOptions = SteeringOptions(), limit: Int = 10,
        jobs: Int = 1
    ) throws -> SteeredFeature {
        try requireModel(attributor)
        let plan = try ask("planning interventions") { db in
            try requireDerivation(db)
            try requireFired(feature, db)
            return try SteeringPlan(of: feature, options, self, db)
        }
        let work = plan.work(for: plan.subjects)
        var moments = SteeringSums.Moments()
        try SteeringRuns(models: PromptModels(attributor, reader: self), options: options, jobs: jobs).run(work) {
            for change in $0 { moments.add(change) }
        }
        let (logits, activations) = (moments.logits, moments.activations)
        let decoders = attributor.directLogitWeights(of: [feature])
        func tokens(sign: Double) -> [SteeredFeature.Token] {
            logits.largest(limit, sign: sign).map {
                SteeredFeature.Token(
                    token: $0, text: text(of: $0), mean: logits.mean($0), spread: logits.spread($0),
                    decoder: Double(decoders[0, $0]))
            }
        }
        return try ask("naming features") { db in
            func later(sign: Double) throws -> [SteeredFeature.Later] {
                try activations.largest(limit, sign: sign).map {
                    let other = atlas.identity.feature($0, after: feature.layer)
                    return SteeredFeature.Later(
                        feature: other, label: try shownLabel(of: other, db).label, mean: activations.mean($0),
                        spread: activations.spread($0))
                }
            }
            return SteeredFeature(
                feature: feature, label: try shownLabel(of: feature, db).label, options: options,
                promptCount: work.count, positionCount: work.reduce(0) { $0 + $1.firings[0].positions.count },
                risingTokens: tokens(sign: 1), fallingTokens: tokens(sign: -1), risingFeatures: try later(sign: 1),
                fallingFeatures: try later(sign: -1))
        }
    }

    /// Steers many features, each in prompts where it fires, and compares what rises on the mean over half of the prompts
    /// with what is foretold: by the other half, by weights, by global weights and by stored edges.
    ///
    /// - Parameters:
    ///   - attributor: the atlas's replacement model
    ///   - jobs: threads, a prompt or a feature each
    ///   - progress: called with features done and to do
    /// - Throws: ``QuestionError`` where no feature fires in enough prompts
    public func steeringReport(
        attributor: Attributor, options: SteeringOptions = SteeringOptions(), jobs: Int = 1,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> SteeringReport {
        precondition(options.features > 0 && options.prompts >= SteeringOptions.fewestPrompts && options.risers > 0)
        try requireModel(attributor)
        let plan = try ask("planning interventions") { db in
            try requireDerivation(db)
            return try SteeringPlan(options, self, db)
        }
        guard !plan.subjects.isEmpty else {
            throw QuestionError.nothingToCompare(
                what: "features that fire in the prompts", expected: "one in \(SteeringOptions.fewestPrompts) or more",
                found: "none")
        }
        let runs = SteeringRuns(models: PromptModels(attributor, reader: self), options: options, jobs: jobs)
        let foresight = SteeringForesight(attributor, options: options, reader: self)
        let total = plan.subjects.reduce(0) { $0 + $1.learnt.count + $1.heldOut.count }
        var done = 0
        var features: [SteeringReport.Feature] = []
        let size = SteeringSums.featuresAtOnce(atlas.identity)
        for start in stride(from: 0, to: plan.subjects.count, by: size) {
            let subjects = Array(plan.subjects[start..<min(plan.subjects.count, start + size)])
            var sums = Dictionary(uniqueKeysWithValues: subjects.map { ($0.feature, SteeringSums($0)) })
            try runs.run(plan.work(for: subjects)) { changes in
                for change in changes { sums[change.feature]!.add(change) }
                done += changes.count
                progress?(done, total)
            }
            let effects = try learntEffects(of: subjects)
            let measured = sums
            features += try mapInParallel(count: subjects.count, jobs: jobs) { index in
                let subject = subjects[index]
                return try foresight.test(
                    subject, measured[subject.feature]!, effects: effects[subject.feature] ?? [:])
            }
        }
        return SteeringReport(
            options: options, candidateCount: plan.candidateCount, steeredCount: plan.subjects.count,
            silentCount: features.count { $0.tokens.isEmpty },
            results: SteeringReport.results(features, options), features: features)
    }

    /// By feature and token: the mean of the feature's gradient effects on the token's logit in the graphs of the prompts
    /// that are learnt from, as far as these explain the token.
    private func learntEffects(of subjects: [SteeringPlan.Subject]) throws -> [FeatureID: [Int: Double]] {
        var learners: [Int: Set<FeatureID>] = [:]
        for subject in subjects {
            for prompt in subject.learnt { learners[prompt, default: []].insert(subject.feature) }
        }
        var sums: [FeatureID: [Int: (sum: Double, count: Int)]] = [:]
        for (prompt, features) in learners.sorted(by: { $0.key < $1.key }) {
            let graph = try ask("reading a graph's effects") { db in
                try Bool.fetchOne(db, sql: Self.isAttributed, arguments: [prompt]) == true
                    ? try storedGraph(of: prompt, withEffects: true, db) : nil
            }
            guard let graph, let effects = graph.effects else { continue }
            for (ordinal, target) in graph.targets.enumerated() where target.custom == nil {
                var own: [FeatureID: Double] = [:]
                for (place, node) in graph.nodes.enumerated() {
                    guard let feature = node.id.feature, features.contains(feature) else { continue }
                    own[feature, default: 0] += Double(effects.gradient.targets[ordinal][place])
                }
                for (feature, effect) in own {
                    let (sum, count) = sums[feature]?[target.token] ?? (0, 0)
                    sums[feature, default: [:]][target.token] = (sum + effect, count + 1)
                }
            }
        }
        return sums.mapValues { $0.mapValues { $0.sum / Double($0.count) } }
    }

    private static let isAttributed = "SELECT EXISTS (SELECT 1 FROM graphs WHERE prompt_id = ?)"
}
