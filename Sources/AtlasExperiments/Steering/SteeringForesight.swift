import AtlasQuery
import Attribution
import Circuits
import GRDB
import Tensors

/// What is foretold of a feature, compared with what steering it did.
struct SteeringForesight: Sendable {
    private let attributor: Attributor
    private let options: SteeringOptions
    private let reader: AtlasReader
    /// `nil` for neurons, whose encoders depend on the prompt.
    private let weights: VirtualWeights?

    init(_ attributor: Attributor, options: SteeringOptions, reader: AtlasReader) {
        self.attributor = attributor
        self.options = options
        self.reader = reader
        weights = attributor.basis.transcoders == nil ? nil : VirtualWeights(attributor)
    }

    /// - Parameter effects: by token, mean effects in the prompts that are learnt from
    func test(
        _ subject: SteeringPlan.Subject, _ sums: SteeringSums, effects: [Int: Double]
    ) throws -> SteeringReport.Feature {
        let feature = subject.feature
        let global = try weights.map { weights in
            try reader.ask("asking for a feature's global weights") { db in
                try reader.globalWeights(of: feature, .downstream, weights, where: options.group, jobs: 1, db)
            }
        }
        let rises = sums.heldOut.logits.means
        var tokens: [SteeringPredictor: [Double]] = [
            .measuredElsewhere: sums.learnt.logits.means,
            .decoder: attributor.directLogitWeights(of: [feature]).values.map(Double.init),
        ]
        if !effects.isEmpty { tokens[.effects] = rises.indices.map { effects[$0] ?? 0 } }
        tokens[.twera] = global.flatMap(votes)
        return SteeringReport.Feature(
            feature: feature, learntPrompts: subject.learnt.count, heldOutPrompts: subject.heldOut.count,
            largestRise: rises.max() ?? 0, tokens: qualities(tokens, measured: rises),
            features: qualities(
                try foretoldFeatures(feature, sums, global), measured: sums.heldOut.activations.means))
    }

    /// What the first features downstream promote, each by its TWERA.
    private func votes(_ global: GlobalWeights) -> [Double]? {
        let voters = global.strongest(options.downstream, by: .twera)
        guard !voters.isEmpty else { return nil }
        let promoted = attributor.directLogitWeights(of: voters.map(\.feature))
        return (0..<promoted.columnCount).map { token in
            voters.enumerated().reduce(0.0) { $0 + $1.element.weight.twera * Double(promoted[$1.offset, token]) }
        }
    }

    private func foretoldFeatures(
        _ feature: FeatureID, _ sums: SteeringSums, _ global: GlobalWeights?
    ) throws -> [SteeringPredictor: [Double]] {
        let identity = reader.atlas.identity
        let learnt = sums.learnt.activations.means
        var foretold: [SteeringPredictor: [Double]] = [.measuredElsewhere: learnt]
        if let global {
            let all = learnt.indices.map { global.weight(with: identity.feature($0, after: feature.layer)) }
            foretold[.twera] = all.map { $0?.twera ?? 0 }
            foretold[.era] = all.map { $0?.era ?? 0 }
            foretold[.virtualWeight] = all.map { $0?.virtualWeight ?? 0 }
        }
        let targets = try reader.ask("asking for a feature's targets") { db in
            try reader.neighbours(of: feature, sql: AtlasReader.downstreamEdges, limit: .max, db)
        }
        if !targets.isEmpty {
            var means = [Double](repeating: 0, count: learnt.count)
            for target in targets {
                guard let later = target.node.feature else { continue }
                means[identity.place(of: later, after: feature.layer)] = target.mean
            }
            foretold[.edges] = means
        }
        return foretold
    }

    private func qualities(
        _ foretold: [SteeringPredictor: [Double]], measured: [Double]
    ) -> [SteeringPredictor: RiseQuality] {
        foretold.compactMapValues { RiseQuality(foretold: $0, measured: measured, risers: options.risers) }
    }
}
