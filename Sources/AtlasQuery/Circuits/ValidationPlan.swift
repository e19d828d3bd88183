import AtlasStore
import Circuits
import GRDB

/// One intervention that is to be made, and what is predicted of it.
struct PlannedTrial {
    /// A feature and all that it does in a prompt.
    struct Firing {
        let feature: FeatureID
        let positions: [Int]
        /// Added up over positions.
        let activation: Double
    }

    let token: Int
    let prompt: Int
    let tokens: [Int]
    let silenced: Firing
    /// A feature outside of the circuit with the nearest activation.
    let matched: Firing?
    let predicted: Double
    let ownGraph: Double
}

/// One token's circuit from half of the prompts, and the interventions that the other half allows.
struct ValidationPlan {
    let token: Int
    /// The prompts that the circuit is made from, in canonical order.
    let fitted: [Int]
    let heldOutCount: Int
    let features: [FeatureID]
    let trials: [PlannedTrial]

    /// Splits the prompts, grows the circuit and predicts; `nil` where fewer than two prompts explain the token.
    init?(token: Int, options: ValidationOptions, _ reader: AtlasReader, _ db: Database) throws {
        guard let prompts = try reader.circuitPrompts(.token(token), group: options.circuit.group, db),
            prompts.count > 1
        else { return nil }
        var numbers = SeededNumbers(seed: options.seed, stream: UInt64(token))
        let shuffled = prompts.indices.shuffled(using: &numbers)
        let limit = options.circuit.promptLimit
        let fitted = shuffled.prefix((prompts.count + 1) / 2).sorted().prefix(limit).map { prompts[$0] }
        let heldOut = shuffled.dropFirst((prompts.count + 1) / 2).sorted().prefix(limit).map { prompts[$0] }
        let seed = CircuitSeed.token(token)
        let basis = try CircuitBasis(seed: seed, groupSize: fitted.count, prompts: Array(fitted), reader, db)
        let grown = try GrownCircuit(basis, options: options.circuit, db)
        let effects = CircuitEffects(grown)
        let members = Set(grown.growth.members.compactMap(\.feature))
        self.token = token
        self.fitted = Array(fitted)
        heldOutCount = heldOut.count
        features = members.sorted()
        trials = try heldOut.flatMap { prompt in
            let graph = try reader.storedGraph(of: prompt, db)
            let own = Self.ownEffects(of: token, in: graph)
            let firings = try Self.firings(in: prompt, reader, db)
            let others = firings.filter { !members.contains($0.feature) }
            return firings.filter { members.contains($0.feature) }.map { firing in
                PlannedTrial(
                    token: token, prompt: prompt, tokens: graph.tokens, silenced: firing,
                    matched: others.min { left, right in
                        let (near, far) = (
                            abs(left.activation - firing.activation), abs(right.activation - firing.activation)
                        )
                        return near != far ? near < far : left.feature < right.feature
                    },
                    predicted: -firing.activation * (effects.perActivation(of: firing.feature) ?? 0),
                    ownGraph: -(own[firing.feature] ?? 0))
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
                feature: feature, positions: places.map(\.position),
                activation: places.reduce(0) { $0 + Double($1.activation) })
        }
    }

    /// What each feature adds to the token's logit in a stored graph, over all paths and positions.
    private static func ownEffects(of token: Int, in graph: SparseGraph) -> [FeatureID: Double] {
        guard let ordinal = graph.targets.firstIndex(where: { $0.token == token && $0.custom == nil }) else {
            return [:]
        }
        var effects: [FeatureID: Double] = [:]
        for (node, effect) in zip(graph.nodes, graph.totalEffects(onTarget: ordinal)) {
            if let feature = node.id.feature { effects[feature, default: 0] += effect }
        }
        return effects
    }
}
