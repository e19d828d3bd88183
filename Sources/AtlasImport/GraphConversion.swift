import AtlasExport
import AtlasStore
import Circuits
import Texts

/// Turns a graph file into what an atlas stores of a prompt.
///
/// A file holds the pruned graph and not what was pruned away. So influences on targets, input sums and scores are those
/// of the kept graph, where they are not in the file; see ``KeptGraphInfluence``. What fires is what is a node.
package struct GraphConversion {
    /// Nodes times targets; published graphs have ten targets and thousands of nodes.
    private static let largestInfluenceTable = 1 << 26

    private let document: GraphDocument
    private let place: String
    private let kind: TranscoderKind
    /// One logit a target, most likely first.
    private let logits: [GraphDocument.Node]
    /// The text of each token id that the file tells.
    private var texts: [Int: String] = [:]
    /// Token ids by position.
    private var tokens: [Int] = []
    let layerCount: Int

    /// Looks at a file's prompt, targets and layers.
    ///
    /// - Parameter place: what errors call the file
    package init(_ document: GraphDocument, kind: TranscoderKind, place: String) throws(ExportError) {
        self.document = document
        self.place = place
        self.kind = kind
        var logits = document.nodes.filter { if case .logit = $0.name { true } else { false } }
        // The field is optional; the label tells it with three digits.
        for index in logits.indices where logits[index].tokenProbability == 0 {
            logits[index].tokenProbability = PromptText.probability(ofLogitLabel: logits[index].label) ?? 0
        }
        // Stable, so that equally likely targets keep the file's order.
        self.logits = logits.enumerated().sorted {
            ($1.element.tokenProbability, $0.offset) < ($0.element.tokenProbability, $1.offset)
        }.map(\.element)
        guard !logits.isEmpty else {
            throw ExportError(place: "\(place), nodes", expected: "at least one logit", found: "none")
        }
        layerCount = try Self.layerCount(document, place: place)
        try readTokens()
    }

    /// The model that the file is about, as wide as it shows.
    package func identity() throws(ExportError) -> AtlasIdentity {
        let metadata = document.metadata
        let indices = document.nodes.compactMap { node in
            if case .feature(let feature, _) = node.name { feature.index } else { nil }
        }
        let list = metadata.transcoderList.joined(separator: ", ")
        guard 1...AtlasIdentity.importedTokenLimit ~= metadata.vocabularySize ?? 1 else {
            throw ExportError(
                place: "\(place), vocabulary_size", expected: "1 to \(AtlasIdentity.importedTokenLimit)",
                found: "\(metadata.vocabularySize ?? 1)")
        }
        // The reference calls a list of transcoders "custom-" and a number that is another in each of its runs.
        let model = metadata.scan.utf8.starts(with: "custom-".utf8) && !list.isEmpty ? list : metadata.scan
        let identity = AtlasIdentity(
            importedModel: model,
            transcoders: metadata.sourceSet ?? metadata.transcoderSet ?? (list.isEmpty ? metadata.scan : list),
            marks: metadata.transcoderList + metadata.sourceURLs, kind: kind, layerCount: layerCount,
            featuresSeen: (indices.max() ?? 0) + 1,
            tokensSeen: max((texts.keys.max() ?? 0) + 1, metadata.vocabularySize ?? 1))
        guard layerCount <= 1 << 16, identity.featuresPerLayer <= 1 << 24,
            identity.featureCount <= AtlasIdentity.importedFeatureLimit
        else {
            throw ExportError(
                place: "\(place), nodes",
                expected: "at most \(AtlasIdentity.importedFeatureLimit) features in all layers",
                found: "\(layerCount) layers with indices up to \(indices.max() ?? 0)")
        }
        return identity
    }

    /// Everything that is stored of the file.
    ///
    /// - Parameter vocabularySize: that of the atlas; custom targets are numbered behind it
    package func prompt(vocabularySize: Int) throws(ExportError) -> ImportedPrompt {
        let graph = try graph(vocabularySize: vocabularySize)
        guard let predicted = graph.targets.first(where: { $0.custom == nil }) else {
            throw ExportError(
                place: "\(place), nodes", expected: "at least one logit that is a token", found: "custom targets only")
        }
        let metadata = document.metadata
        let positionsWithNodes = graph.nodes.compactMap { node -> Int? in
            switch node.id {
            case .feature(_, let position, _), .error(_, let position): position
            default: nil
            }
        }
        let active = graph.nodes.compactMap { node -> ActiveFeature? in
            guard case .feature(let layer, let position, let index) = node.id, node.activation != 0 else { return nil }
            return ActiveFeature(layer: layer, position: position, index: index, activation: node.activation)
        }
        let isFirstCounted = tokens.count == 1 || positionsWithNodes.contains(0)
        let facts = PromptFacts(
            text: PromptText(metadata).withoutSpecialTokens(isFirstSpecial: !isFirstCounted), tokens: tokens,
            countedTokens: tokens.count - (isFirstCounted ? 0 : 1), externalID: metadata.slug,
            predictedToken: predicted.token, predictedProbability: Double(predicted.probability),
            activations: active, graph: graph)
        let names = ImportedNames(document)
        return ImportedPrompt(
            facts: facts, tokenTexts: texts, labels: names.labels, supernodes: names.supernodes)
    }
}

extension GraphConversion {
    private static func layerCount(_ document: GraphDocument, place: String) throws(ExportError) -> Int {
        var (inner, top) = (-1, Set<Int>())
        for node in document.nodes {
            switch node.name {
            case .feature(let feature, _): inner = max(inner, feature.layer)
            case .error(let layer, _): inner = max(inner, layer)
            case .logit(_, let layer, _): top.insert(layer)
            case .token, .bias: break
            }
        }
        guard top.count == 1, let logitLayer = top.first, logitLayer > max(inner, 0) else {
            throw ExportError(
                place: "\(place), logits", expected: "one layer above all others (\(max(inner, 0)))",
                found: top.sorted().map(String.init).joined(separator: ", "))
        }
        // Logits stand at the layer count plus one; in some files of others at the layer count.
        return logitLayer == inner + 1 ? logitLayer : logitLayer - 1
    }

    private mutating func readTokens() throws(ExportError) {
        let promptTokens = document.metadata.promptTokens
        var ids = [Int?](repeating: nil, count: promptTokens.count)
        var known: [ExactText: Int] = [:]
        for node in document.nodes {
            let position = node.name.position
            guard promptTokens.indices ~= position else {
                throw ExportError(
                    place: "\(place), node \(node.name.id)", expected: "a position below \(promptTokens.count)",
                    found: "\(position)")
            }
            guard case .token(let token, _) = node.name else { continue }
            try requireToken(token, at: position, ids[position])
            ids[position] = token
            known[ExactText(promptTokens[position])] = token
        }
        for (position, text) in promptTokens.enumerated() {
            // A token without a node is told by another one of the same text.
            guard let token = ids[position] ?? known[ExactText(text)] else {
                throw ExportError(
                    place: "\(place), prompt_tokens[\(position)]",
                    expected: "a node E_{token}_\(position) that tells its id", found: "none")
            }
            if let other = texts.updateValue(text, forKey: token), ExactText(other) != ExactText(text) {
                throw ExportError(
                    place: "\(place), token \(token)", expected: "one text",
                    found: "\(other.quotedInOneLine) and \(text.quotedInOneLine)")
            }
            tokens.append(token)
        }
        for logit in logits where !isCustom(logit) {
            let token = logit.name.featureNumber
            try requireToken(token, at: logit.name.position, nil)
            if texts[token] == nil { texts[token] = PromptText.token(ofLogitLabel: logit.label) ?? "" }
        }
    }

    private func requireToken(_ token: Int, at position: Int, _ earlier: Int?) throws(ExportError) {
        guard token < AtlasIdentity.importedTokenLimit, earlier == nil || earlier == token else {
            throw ExportError(
                place: "\(place), position \(position)",
                expected: "one token below \(AtlasIdentity.importedTokenLimit)",
                found: earlier.map { "\($0) and \(token)" } ?? "\(token)")
        }
    }

    /// Whether a logit's number stands behind the vocabulary, where the file tells its size.
    private func isCustom(_ logit: GraphDocument.Node) -> Bool {
        document.metadata.vocabularySize.map { logit.name.featureNumber >= $0 } ?? false
    }

    private func target(_ logit: GraphDocument.Node, at place: Int, vocabularySize: Int) -> LogitTarget {
        let position = logit.name.position
        guard isCustom(logit) else {
            return LogitTarget(
                token: logit.name.featureNumber, probability: logit.tokenProbability, position: position)
        }
        return LogitTarget(
            importedName: PromptText.token(ofLogitLabel: logit.label), place: place, vocabularySize: vocabularySize,
            weight: logit.tokenProbability, position: position)
    }

    /// The graph in an atlas's terms.
    private func graph(vocabularySize: Int) throws(ExportError) -> SparseGraph {
        guard logits.count <= Self.largestInfluenceTable / document.nodes.count else {
            throw ExportError(
                place: "\(place), nodes",
                expected: "at most \(Self.largestInfluenceTable) influences of nodes on targets",
                found: "\(document.nodes.count) nodes and \(logits.count) targets")
        }
        let ordinals = Dictionary(logits.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        func id(_ name: GraphNodeName) -> NodeID {
            switch name {
            case .feature(let feature, let position):
                .feature(layer: feature.layer, position: position, index: feature.index)
            case .error(let layer, let position): .error(layer: layer, position: position)
            case .token(_, let position): .token(position: position)
            case .logit: .logit(ordinal: ordinals[name]!)
            case .bias: .bias
            }
        }
        var kept: [(rank: [Int], id: NodeID, node: GraphDocument.Node)] = []
        for node in document.nodes {
            let id = id(node.name)
            guard id != .bias else { continue }
            try requireSound(node)
            kept.append((id.rank, id, node))
        }
        kept.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
        for (first, second) in zip(kept, kept.dropFirst()) where first.id == second.id {
            throw ExportError(
                place: "\(place), nodes", expected: "each node once", found: "\(first.node.name.id) twice")
        }
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.node.name, $0) })
        let links = try ImportedEdges(document.links, places: places, place: place)
        let targets = logits.indices.map { target(logits[$0], at: $0, vocabularySize: vocabularySize) }
        let influence = KeptGraphInfluence(
            ids: kept.map(\.id), edges: links.edges, probabilities: targets.map(\.probability),
            shares: kept.map(\.node.influence))
        let nodes = kept.indices.map { index in
            SparseGraph.Node(
                id: kept[index].id, activation: kept[index].node.activation ?? 0, influence: influence.total[index],
                cumulativeInfluence: influence.cumulative[index], inputSum: influence.inputSums[index],
                biasInput: links.bias[index] ?? 0)
        }
        let featureCount = nodes.count { if case .feature = $0.id { true } else { false } }
        return SparseGraph(
            tokens: tokens, targets: targets, nodes: nodes, targetInfluence: influence.byTarget, edges: links.edges,
            scores: influence.scores, activeFeatureCount: featureCount, selectedFeatureCount: featureCount,
            largestViolation: 0, nodeThreshold: try threshold(document.metadata.nodeThreshold, "node_threshold"),
            edgeThreshold: try threshold(document.metadata.edgeThreshold, "edge_threshold"))
    }

    /// A file that does not tell what was cut is taken as it is: everything in it is kept.
    private func threshold(_ value: Double?, _ name: String) throws(ExportError) -> Double {
        guard 0...1 ~= value ?? 1 else {
            throw ExportError(place: "\(place), \(name)", expected: "a share from 0 to 1", found: "\(value ?? 1)")
        }
        return value ?? 1
    }

    private func requireSound(_ node: GraphDocument.Node) throws(ExportError) {
        func require(_ condition: Bool, _ field: String, _ expected: String, _ found: Float?) throws(ExportError) {
            guard !condition else { return }
            throw ExportError(
                place: "\(place), node \(node.name.id), \(field)", expected: expected, found: "\(found ?? 0)")
        }
        try require(
            (node.activation ?? 0).magnitude <= ImportedEdges.largestMagnitude, "activation",
            "a magnitude of at most \(ImportedEdges.largestMagnitude)", node.activation)
        try require(0...1.001 ~= node.influence ?? 0, "influence", "a share from 0 to 1", node.influence)
        if case .logit = node.name {
            try require(0...1.000001 ~= node.tokenProbability, "token_prob", "0 to 1", node.tokenProbability)
        }
    }
}

extension NodeID {
    /// The place in an atlas's order: features by layer, position and index, errors, tokens, logits.
    fileprivate var rank: [Int] {
        switch self {
        case .feature(let layer, let position, let index): [0, layer, position, index]
        case .error(let layer, let position): [1, layer, position]
        case .token(let position): [2, position]
        case .logit(let ordinal): [3, ordinal]
        case .bias: [4]
        }
    }
}
