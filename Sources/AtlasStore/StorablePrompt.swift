import Circuits
import Foundation

/// A prompt's facts, checked against the atlas and packed: what can be stored as it stands.
struct StorablePrompt {
    let hash: ContentHash
    let tokens: Data
    let activations: Data

    /// Checks and packs all but the graph.
    init(_ facts: PromptFacts, identity: AtlasIdentity) throws(AtlasError) {
        let count = facts.tokens.count
        func require(_ condition: Bool, _ expected: String, _ found: String) throws(AtlasError) {
            guard condition else {
                throw .unstorable(what: "prompt \"\(facts.text)\"", expected: expected, found: found)
            }
        }
        try AtlasWriter.require(
            texts: [facts.text, facts.answer], tags: facts.tags, of: "prompt \(facts.text.debugDescription)")
        let vocabularySize = identity.vocabulary.count
        if let odd = facts.tokens.first(where: { !(0..<vocabularySize ~= $0) }) {
            try require(false, "token ids below \(vocabularySize)", "\(odd)")
        }
        try require(0...count ~= facts.countedTokens, "at most \(count) counted tokens", "\(facts.countedTokens)")
        if let odd = facts.activations.first(where: { !identity.contains($0.feature) || $0.position >= count }) {
            try require(
                false,
                "\(identity.layerCount) layers of \(identity.featuresPerLayer) features at \(count) positions", "\(odd)"
            )
        }
        hash = ContentHash(of: facts.text)
        do throws(BlockFault) {
            tokens = try TokenBlock.encode(facts.tokens)
            activations = try ActivationBlock.encode(facts.activations)
        } catch {
            throw .unstorable(what: "prompt \"\(facts.text)\"", expected: error.expected, found: error.found)
        }
    }
}

/// A graph, checked and packed.
struct StorableGraph {
    let nodes: Data
    let edges: Data
    let influence: Data

    /// Checks and packs the graph of the prompt with these facts.
    init(_ graph: SparseGraph, of facts: PromptFacts, identity: AtlasIdentity) throws(AtlasError) {
        func refused(_ expected: String, _ found: String) -> AtlasError {
            .unstorable(what: "graph of \"\(facts.text)\"", expected: expected, found: found)
        }
        guard graph.tokens == facts.tokens else { throw refused("tokens \(facts.tokens)", "\(graph.tokens)") }
        guard graph.targetInfluence.count == graph.targets.count else {
            throw refused("influences on \(graph.targets.count) targets", "on \(graph.targetInfluence.count)")
        }
        for (ordinal, target) in graph.targets.enumerated() {
            guard 0..<graph.tokens.count ~= target.position else {
                throw refused("target positions below \(graph.tokens.count)", "\(target.position)")
            }
            for token in target.target.tokens where !(0..<identity.vocabulary.count ~= token) {
                throw refused("target tokens below \(identity.vocabulary.count)", "\(token)")
            }
            guard let custom = target.custom else { continue }
            guard target.token == identity.vocabulary.count + ordinal else {
                throw refused("\(identity.vocabulary.count + ordinal) for custom target \(ordinal)", "\(target.token)")
            }
            if case .feature(let feature) = custom, !identity.contains(feature) {
                throw refused("target features of this transcoder set", "\(feature)")
            }
        }
        for node in graph.nodes {
            let isSound =
                switch node.id {
                case .feature(let layer, let position, let index):
                    identity.contains(FeatureID(layer: layer, index: index)) && 0..<graph.tokens.count ~= position
                case .error(let layer, let position):
                    0..<identity.layerCount ~= layer && 0..<graph.tokens.count ~= position
                case .token(let position): 0..<graph.tokens.count ~= position
                case .logit(let ordinal): 0..<graph.targets.count ~= ordinal
                case .bias: false
                }
            guard isSound else { throw refused("nodes of this replacement model and prompt", "\(node.id)") }
        }
        for edge in graph.edges where graph.nodes.indices ~= edge.target && edge.weight != 0 {
            // Shares of a target's input are told by this sum, so it must be there wherever there is an input.
            let target = graph.nodes[edge.target]
            guard target.inputSum > 0 else {
                throw refused("a positive input sum of \(target.id), which has edges", "\(target.inputSum)")
            }
        }
        do throws(BlockFault) {
            nodes = try NodeBlock.encode(graph.nodes)
            edges = try EdgeBlock.encode(graph.edges, nodeCount: graph.nodes.count)
            influence = try InfluenceBlock.encode(graph.targetInfluence, nodeCount: graph.nodes.count)
        } catch {
            throw refused(error.expected, error.found)
        }
    }
}
