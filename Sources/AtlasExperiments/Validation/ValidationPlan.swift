import AtlasQuery
import AtlasStore
import Circuits
import GRDB
import Texts

/// One intervention that is to be made, and what stored numbers say of it.
struct PlannedTrial {
    /// A feature and all that it does in a prompt.
    struct Firing {
        let feature: FeatureID
        let positions: [Int]
        /// At each of these.
        let activations: [Float]

        /// Added up over positions.
        var activation: Double { activations.reduce(0) { $0 + Double($1) } }
    }

    /// What the stored graph of a prompt says of a feature, added up over positions.
    struct Stored {
        var influence = 0.0
        /// On the gap; `nil` where the token is not the prompt's answer, or effects are not computed.
        var gradientOnGap: Double?
        var totalOnGap: Double?
        /// On the token's logit less the mean; `nil` where effects are not computed.
        var gradientOnLogit: Double?
        var totalOnLogit: Double?
    }

    let token: Int
    let prompt: Int
    let tokens: [Int]
    /// The prompt's value of the tag.
    let group: ExactText
    let isAnswer: Bool
    let hasEffects: Bool
    let silenced: Firing
    /// A feature outside of the circuit with the nearest activation.
    let matched: Firing?
    let stored: Stored
    /// Mean gradient effect on the token's logit in the fitted prompts where the feature is a node.
    let gradientElsewhere: Double?
    /// What a unit of activation does along the circuit's paths.
    let perActivation: Double?
}

/// One token's circuit from half of the prompts, and the interventions that the other half allows.
struct ValidationPlan {
    let token: Int
    /// The prompts that the circuit is made from, in canonical order.
    let fitted: [FittedPrompt]
    let heldOutCount: Int
    let features: [FeatureID]
    let trials: [PlannedTrial]

    /// A prompt that was not held out.
    struct FittedPrompt {
        let id: Int
        let tokens: [Int]
        let firings: [FeatureID: PlannedTrial.Firing]
    }

    /// Splits the prompts, grows the circuit and collects what is stored; `nil` where fewer than two prompts explain the
    /// token.
    init?(token: Int, options: ValidationOptions, _ reader: AtlasReader, _ db: Database) throws {
        guard let prompts = try reader.circuitPrompts(.token(token), group: options.circuit.group, db),
            prompts.count > 1
        else { return nil }
        var numbers = SeededNumbers(seed: options.seed, stream: UInt64(token))
        let shuffled = prompts.indices.shuffled(using: &numbers)
        let limit = options.circuit.promptLimit
        let fitted = shuffled.prefix((prompts.count + 1) / 2).sorted().prefix(limit).map { prompts[$0] }
        let heldOut = shuffled.dropFirst((prompts.count + 1) / 2).sorted().prefix(limit).map { prompts[$0] }
        let basis = try CircuitBasis(seed: .token(token), groupSize: fitted.count, prompts: fitted, reader, db)
        let grown = try GrownCircuit(basis, options: options.circuit, db)
        // Edges of neurons count from their baselines, their activations do not: no effect of a unit is known.
        let effects = reader.atlas.identity.neuronSettings == nil ? CircuitEffects(grown) : nil
        let members = Set(grown.growth.members.compactMap(\.feature))
        var elsewhere: [FeatureID: (sum: Double, count: Int)] = [:]
        self.fitted = try fitted.map { prompt in
            let graph = try reader.storedGraph(of: prompt, withEffects: true, db)
            for (feature, stored) in Self.stored(of: token, in: graph) where members.contains(feature) {
                guard let effect = stored.gradientOnLogit else { continue }
                let (sum, count) = elsewhere[feature] ?? (0, 0)
                elsewhere[feature] = (sum + effect, count + 1)
            }
            let firings = try Self.firings(in: prompt, reader, db).filter { members.contains($0.feature) }
            return FittedPrompt(
                id: prompt, tokens: graph.tokens,
                firings: Dictionary(uniqueKeysWithValues: firings.map { ($0.feature, $0) }))
        }
        self.token = token
        heldOutCount = heldOut.count
        features = members.sorted()
        trials = try heldOut.flatMap { prompt in
            let graph = try reader.storedGraph(of: prompt, withEffects: true, db)
            let group = try reader.tagValue(options.groupTag, ofPrompt: prompt, db) ?? ""
            let stored = Self.stored(of: token, in: graph)
            let firings = try Self.firings(in: prompt, reader, db)
            let others = firings.filter { !members.contains($0.feature) }
            let isAnswer = try graph.effects.map { $0.answer == token } ?? reader.isAnswer(token, of: prompt, db)
            let silent = PlannedTrial.Stored(graph, of: token)
            return firings.filter { members.contains($0.feature) }.map { firing in
                PlannedTrial(
                    token: token, prompt: prompt, tokens: graph.tokens, group: group, isAnswer: isAnswer,
                    hasEffects: graph.effects != nil, silenced: firing,
                    matched: others.min { left, right in
                        let (near, far) = (
                            abs(left.activation - firing.activation), abs(right.activation - firing.activation)
                        )
                        return near != far ? near < far : left.feature < right.feature
                    },
                    stored: stored[firing.feature] ?? silent,
                    gradientElsewhere: elsewhere[firing.feature].map { $0.sum / Double($0.count) },
                    perActivation: effects.map { $0.perActivation(of: firing.feature) ?? 0 })
            }
        }
    }

    /// Every feature that fires in a prompt, by layer and index.
    private static func firings(
        in prompt: Int, _ reader: AtlasReader, _ db: Database
    ) throws -> [PlannedTrial.Firing] {
        let active = try reader.storedActivations(of: prompt, db)
        return Dictionary(grouping: active, by: \.feature).sorted { $0.key < $1.key }.map { feature, places in
            PlannedTrial.Firing(
                feature: feature, positions: places.map(\.position), activations: places.map(\.activation))
        }
    }

    /// What a stored graph says of each of its features.
    private static func stored(of token: Int, in graph: SparseGraph) -> [FeatureID: PlannedTrial.Stored] {
        let silent = PlannedTrial.Stored(graph, of: token)
        let ordinal = graph.target(ofNextToken: token)
        var found: [FeatureID: PlannedTrial.Stored] = [:]
        for (place, node) in graph.nodes.enumerated() {
            guard let feature = node.id.feature else { continue }
            var sum = found[feature] ?? silent
            sum.influence += Double(node.influence)
            if let effects = graph.effects {
                sum.gradientOnGap? += Double(effects.gradient.gap[place])
                sum.totalOnGap? += Double(effects.total.gap[place])
                if let ordinal {
                    sum.gradientOnLogit? += Double(effects.gradient.targets[ordinal][place])
                    sum.totalOnLogit? += Double(effects.total.targets[ordinal][place])
                }
            }
            found[feature] = sum
        }
        return found
    }
}

extension PlannedTrial.Stored {
    /// Of a feature that the stored graph lacks.
    fileprivate init(_ graph: SparseGraph, of token: Int) {
        guard let effects = graph.effects else { return }
        if effects.answer == token { (gradientOnGap, totalOnGap) = (0, 0) }
        if graph.target(ofNextToken: token) != nil { (gradientOnLogit, totalOnLogit) = (0, 0) }
    }
}

extension AtlasReader {
    private static let answerOrPrediction = "SELECT COALESCE(answer_token, predicted_token) FROM prompts WHERE id = ?"

    /// Whether a token is a prompt's right answer or, where that is not told, the model's likeliest.
    fileprivate func isAnswer(_ token: Int, of prompt: Int, _ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: Self.answerOrPrediction, arguments: [prompt]) == token
    }
}
