import AtlasStore
import Circuits
import Foundation
import GRDB

/// The global circuit of a logit, a feature or a group of prompts.
extension AtlasReader {
    static let attributedPromptsOfToken = """
        SELECT p.id FROM prompts p JOIN graphs g ON g.prompt_id = p.id
        WHERE g.id IN (SELECT graph_id FROM logit_targets WHERE token = ?) ORDER BY p.content_hash
        """
    static let storedEdgesOfPrompt = "SELECT edge_count FROM graphs WHERE prompt_id = ?"
    static let statisticsOfFeature = """
        SELECT prompt_density, mean FROM features WHERE layer = ? AND feature_index = ?
        """

    /// Grows the circuit that leads to a seed.
    ///
    /// A feature's share of a target's input is the sum over prompts and positions of |edge| / (the target's absolute
    /// inputs), as in `aggregated_edges.share_sum`, divided by that sum over all the target's stored inputs. Influence
    /// is the product of shares along a path, summed over paths.
    ///
    /// The edges are those of the prompts that explain the token, or of the group; for a feature without a group those
    /// of all stored graphs. In a circuit over all graphs an inner edge is a mean over every prompt that has it,
    /// whether or not the seed matters there; in a group it is the group's own.
    ///
    /// - Throws: ``QuestionError`` for a token that is not explained, a feature that does not fire, an empty group
    public func circuit(from seed: CircuitSeed, options: CircuitOptions = CircuitOptions()) throws -> CircuitReport {
        try circuit(from: seed, options: options) { _, _ in nil }
    }

    /// Grows a circuit; where `globalInputs` tells a feature's inputs, they stand in place of its stored edges, their
    /// shares by absolute weight. It is asked in the middle of a read, which it is handed.
    func circuit(
        from seed: CircuitSeed, options: CircuitOptions,
        globalInputs: (FeatureID, Database) throws -> [GlobalInput]?
    ) throws -> CircuitReport {
        try ask("growing a circuit") { db in
            try requireDerivation(db)
            let grown = try GrownCircuit(
                try circuitBasis(seed, options: options, db), options: options, globalInputs: globalInputs, db)
            return try report(grown, db)
        }
    }

    /// Grows the circuit that leads to a seed, features' inputs by TWERA instead of stored edges.
    ///
    /// A feature's inputs are all features that fire together with it, by the absolute value of E[a_target a_source] /
    /// E[a_target] × V over the tokens of the options' group, or of all prompts. A seed that is no feature keeps its
    /// stored direct edges. Attention, tokens and errors have no part in TWERA, so below the seed paths end in features.
    ///
    /// - Parameter jobs: threads that read weights
    public func circuit(
        from seed: CircuitSeed, options: CircuitOptions = CircuitOptions(), weights: any FeatureWeights, jobs: Int = 1
    ) throws -> CircuitReport {
        try weights.requireModel(of: atlas)
        return try circuit(from: seed, options: options) { feature, db in
            let coactivation = try coactivation(
                of: feature, where: options.group ?? .all, withPartnersFirings: false, db)
            let rows = try weights.sources(of: feature, jobs: jobs)
            return coactivation.partners.compactMap { partner in
                let (layer, index) = (partner.feature.layer, partner.feature.index)
                guard rows.indices ~= layer, rows[layer].indices ~= index else { return nil }
                let twera = coactivation.targetWeighted(.upstream, partner) * Double(rows[layer][index])
                guard twera != 0 else { return nil }
                return GlobalInput(source: partner.feature, weight: twera, coactivations: partner.coactiveTokens)
            }
        }
    }

    /// The prompts that a seed's circuit is made from, in canonical order; `nil`: all graphs.
    package func circuitPrompts(_ seed: CircuitSeed, group: PromptFilter?, _ db: Database) throws -> [Int]? {
        switch seed {
        case .token(let token):
            try requireExplained(token, db)
            let explaining = try Int.fetchAll(db, sql: Self.attributedPromptsOfToken, arguments: [token])
            guard let group else { return explaining }
            let wanted = Set(try prompts(where: group, needGraphs: true, db))
            let both = explaining.filter(wanted.contains)
            guard !both.isEmpty else {
                throw QuestionError.emptyGroup(
                    filter: "\(group) explaining \(text(of: token).debugDescription)", needsGraphs: true)
            }
            return both
        case .feature(let feature):
            try requireFired(feature, db)
            return try group.map { try prompts(where: $0, needGraphs: true, db) }
        case .prompt(let prompt):
            _ = try requirePrompt(prompt, db)
            guard try Int.fetchOne(db, sql: Self.storedEdgesOfPrompt, arguments: [prompt]) != nil else {
                throw QuestionError.notAttributed(prompt: prompt)
            }
            return [prompt]
        case .group(let filter):
            let prompts = try prompts(where: filter, needGraphs: true, db)
            guard let group else { return prompts }
            let wanted = Set(try self.prompts(where: group, needGraphs: true, db))
            let both = prompts.filter(wanted.contains)
            guard !both.isEmpty else {
                throw QuestionError.emptyGroup(filter: "\(filter) and \(group)", needsGraphs: true)
            }
            return both
        }
    }

    /// Reads what a seed's circuit is grown from.
    func circuitBasis(_ seed: CircuitSeed, options: CircuitOptions, _ db: Database) throws -> CircuitBasis {
        if options.ranking == .effect, case .feature = seed {
            throw QuestionError.nothingToCompare(
                what: "a circuit by effects on an answer's lead", expected: "a token, a prompt or a group as its seed",
                found: "a feature")
        }
        guard let all = try circuitPrompts(seed, group: options.group, db) else {
            let count = try Int.fetchOne(db, sql: "SELECT graph_count FROM derivation") ?? 0
            return try CircuitBasis(seed: seed, groupSize: count, prompts: nil, self, db)
        }
        var chosen: [Int] = []
        var edges = 0
        for prompt in all.prefix(options.promptLimit) {
            edges += try Int.fetchOne(db, sql: Self.storedEdgesOfPrompt, arguments: [prompt]) ?? 0
            if !chosen.isEmpty, edges > options.storedEdgeLimit { break }
            chosen.append(prompt)
        }
        return try CircuitBasis(
            seed: seed, groupSize: all.count, prompts: chosen, withEffects: options.ranking == .effect, self, db)
    }

    /// A grown circuit, pruned and told.
    func report(_ grown: GrownCircuit, _ db: Database) throws -> CircuitReport {
        let (basis, growth, options) = (grown.basis, grown.growth, grown.options)
        let pruning = grown.pruned(nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold)
        let candidates = growth.members.dropFirst() + grown.errors
        let all = candidates.reduce(0.0) { $0 + growth.influence(of: $1) }
        let kept = candidates.filter(Set(pruning.nodes).contains).reduce(0.0) { $0 + growth.influence(of: $1) }
        let places = Dictionary(uniqueKeysWithValues: pruning.nodes.enumerated().map { ($1, $0) })
        return CircuitReport(
            seed: basis.seed, seedName: try name(of: basis.seed, db),
            seedProbability: basis.seedProbability, options: options,
            weighting: grown.weighting, groupSize: basis.groupSize, promptCount: basis.promptCount,
            nodes: try pruning.nodes.map { key in
                try node(key, growth, isIncluded: { places[$0] != nil }, basis, db)
            },
            edges: pruning.edges.map { edge in
                let total = grown.total(edge)
                return CircuitReport.Edge(
                    source: places[edge.source]!, target: places[edge.target]!, mean: total.mean,
                    spread: total.spread, support: total.support, share: edge.share,
                    signConsistency: total.signConsistency, samePositionShare: total.samePositionShare)
            }, scores: CircuitScores(growth, role: \.role), keptInfluence: all > 0 ? kept / all : 1,
            joinedCount: growth.members.count - 1)
    }

    private func node(
        _ key: NodeKey, _ growth: CircuitGrowth<NodeKey>, isIncluded: (NodeKey) -> Bool, _ basis: CircuitBasis,
        _ db: Database
    ) throws -> CircuitReport.Node {
        let inputs = growth.inputs(of: key)
        let fromErrors = inputs.filter { $0.source.kind == .error }.reduce(0.0) { $0 + $1.share }
        let fromOutside = inputs.filter { $0.source.kind != .error && !isIncluded($0.source) }
            .reduce(0.0) { $0 + $1.share }
        let label = try key.feature.map { try shownLabel(of: $0, db) }
        let firing = try basis.firing(key, self, db)
        return CircuitReport.Node(
            node: key == CircuitEdges.groupLogits
                ? NodeName(kind: "logit", text: try name(of: basis.seed, db))
                : NodeName(key, vocabulary: atlas.identity.vocabulary),
            label: label?.label, labelIsAutomatic: label?.isAutomatic ?? false,
            influence: growth.influence(of: key), effect: basis.effects.map { $0[key] ?? 0 }, promptShare: firing.share,
            meanActivation: firing.mean,
            errorShare: inputs.isEmpty ? nil : fromErrors, outsideShare: inputs.isEmpty ? nil : fromOutside)
    }

    func name(of seed: CircuitSeed, _ db: Database) throws -> String {
        switch seed {
        case .token(let token): text(of: token)
        case .feature(let feature): "feature \(feature)"
        case .group(let filter): "\(filter)"
        case .prompt(let prompt): "prompt \(prompt)"
        }
    }
}
