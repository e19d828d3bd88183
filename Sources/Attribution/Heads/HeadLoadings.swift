import Circuits
import LanguageModels
import Synchronization
import Tensors

/// Through which heads edges of one prompt's graph go: loadings of every attention layer's heads, for all edges asked for
/// in one pass.
///
///     let heads = try HeadLoadings(attributor, result).mainHeads(ofEdgesIn: pruned)
///
/// Scaled by g, a head's output makes an edge A a linear function of g; its loading is dA/dg, so that for every attention
/// layer between source and target
///
///     Σ over heads of loading(layer, head) + what passes the layer by = A
///
/// 1. Sources are carried up the frozen network, and what they contribute to each head's output is kept.
/// 2. Targets are swept down, and what they read of each head is multiplied with it: one matrix product for a head, the
///    targets of a sweep and the sources of a position.
///
/// Nothing but the frozen prompt is needed, so that the edges of a stored graph can be asked about without computing the
/// graph again.
///
/// - SeeAlso: `SourceSweep`, `AdjointSweep`, `EdgeHeads`
public struct HeadLoadings: Sendable {
    /// An edge by its ends.
    public struct Edge: Sendable, Hashable {
        /// A feature or a logit.
        public let target: NodeID
        /// Anything but a logit.
        public let source: NodeID

        /// Names an edge by its ends.
        public init(target: NodeID, source: NodeID) {
            self.target = target
            self.source = source
        }
    }

    /// What computing came to.
    public struct Summary: Sendable {
        /// Operations spent in matrix products, two for a multiplication and addition.
        public let floatingPointOperations: Int
        /// Of all edges and attention layers between their ends, the largest |heads + passing − edge|, relative to the
        /// larger of the parts' absolute sum and a twentieth of the target's largest edge; 0 where nothing was checked.
        public let largestViolation: Float
    }

    private let attributor: Attributor
    private let local: LocalReplacementModel
    private let targets: [LogitTarget]
    /// Places among the active features.
    private let features: [ActivePlace: Int]

    /// Numbers of what sources contribute that are kept at once: 512 MiB, or one source's where that takes more.
    var keptNumbers = usualKeptNumbers
    static let usualKeptNumbers = 1 << 27
    /// Loadings of one piece of a sweep: 64 MiB.
    static let pieceNumbers = 1 << 24
    /// Gradient rows (targets × positions) a piece.
    static let rowsAPiece = 1024
    static let smallestPiece = 16
    /// Sources of one position that are carried together at most.
    private static let groupSize = 128
    /// Rows (sources × positions) of those, unless a single source has more.
    static let rowsAGroup = 8192

    /// Asks about edges of a prompt.
    ///
    /// - Parameter targets: what its graph explains, by ordinal
    public init(_ attributor: Attributor, _ local: LocalReplacementModel, targets: [LogitTarget]) {
        self.attributor = attributor
        self.local = local
        self.targets = targets
        features = Dictionary(
            uniqueKeysWithValues: local.activeFeatures.enumerated().map {
                (ActivePlace(layer: $1.layer, position: $1.position, index: $1.index), $0)
            })
    }

    /// Asks about edges of a graph.
    public init(_ attributor: Attributor, _ result: Attributor.Result) {
        self.init(attributor, result.local, targets: result.graph.targets)
    }

    private var configuration: ModelConfiguration { attributor.model.configuration }

    /// Computes the loadings of edges.
    ///
    /// - Parameters:
    ///   - edges: in any order; those whose source lies not below their target have loadings of 0
    ///   - weights: where given, `[edges]`: what passes each layer is computed beside, and the identity checked
    ///   - jobs: threads
    ///   - body: called once for each edge, from any thread, with its place in `edges` and its loadings,
    ///     `[layerCount * headCount]`
    /// - Precondition: the prompt has the edges' ends
    @discardableResult
    public func compute(
        _ edges: [Edge], checkedAgainst weights: [Float]? = nil, jobs: Int = 1,
        _ body: @Sendable (_ edge: Int, _ loadings: UnsafeBufferPointer<Float>) -> Void
    ) throws(Cancelled) -> Summary {
        let ends = HeadEdges(edges, source: sweepSource, target: sweepTarget)
        let top = ends.targets.map(\.layer).max().map { min(configuration.layerCount, $0 + 1) } ?? 0
        var operations = 0
        var violation: Float = 0
        for block in blocks(ends, below: top) {
            let groups = block.map { members in
                SourceHeads(members.map { ends.sources[$0] }, layerCount: configuration.layerCount)
            }
            let sweep = SourceSweep(
                model: attributor.model, weights: attributor.weights, basis: attributor.basis, local: local)
            let spent = Atomic<Int>(0)
            try inParallelUnlessCancelled(count: groups.count, jobs: jobs) { index in
                spent.add(
                    groups[index].fill(sweep, below: top, keepingResiduals: weights != nil), ordering: .relaxed)
            }
            operations += spent.load(ordering: .relaxed)
            let (own, worst) = try multiply(
                ends.wanted(of: block), of: ends, groups, checkedAgainst: weights, jobs: jobs, body)
            operations += own
            violation = max(violation, worst)
        }
        return Summary(floatingPointOperations: operations, largestViolation: violation)
    }

    /// The main heads of a graph's edges; an edge whose ends this prompt does not have has none.
    ///
    /// - Precondition: the graph is of the same prompt
    public func mainHeads(ofEdgesIn graph: SparseGraph, jobs: Int = 1) throws(Cancelled) -> EdgeHeads {
        precondition(graph.tokens == local.trace.tokens)
        let asked = graph.edges.indices.filter { place in
            has(graph.nodes[graph.edges[place].source].id) && has(graph.nodes[graph.edges[place].target].id)
        }
        let edges = asked.map { place in
            Edge(target: graph.nodes[graph.edges[place].target].id, source: graph.nodes[graph.edges[place].source].id)
        }
        let headCount = configuration.headCount
        let found = Mutex(
            [(heads: [EdgeHeads.Loading], rest: Float)](repeating: ([], 0), count: graph.edges.count))
        try compute(edges, jobs: jobs) { edge, loadings in
            let main = EdgeHeads.main(of: loadings, headCount: headCount)
            found.withLock { $0[asked[edge]] = main }
        }
        return found.withLock { found in
            var heads = EdgeHeads(headCount: headCount, patterns: local.trace.headPatterns())
            for edge in found { heads.append(edge.heads, rest: edge.rest) }
            return heads
        }
    }

    /// Groups of sources at one position, in blocks of so many as may be kept at once.
    private func blocks(_ ends: HeadEdges, below top: Int) -> [[[Int]]] {
        let headWidths = configuration.headCount * configuration.headWidth
        let order = ends.sources.indices.sorted {
            let (x, y) = (ends.sources[$0], ends.sources[$1])
            return (x.position, x.layer, $0) < (y.position, y.layer, $1)
        }
        var blocks: [[[Int]]] = []
        var kept = 0
        var start = 0
        while start < order.count {
            let position = ends.sources[order[start]].position
            let reach = local.layout.positionCount - position
            let most = min(Self.groupSize, max(1, Self.rowsAGroup / reach))
            var (end, size) = (start, 0)
            while end < order.count, end - start < most, ends.sources[order[end]].position == position {
                let own = SourceHeads.size(
                    ends.sources[order[end]], reach: reach, layerCount: top, headWidths: headWidths)
                if end > start, size + own > keptNumbers { break }
                size += own
                end += 1
            }
            let group = Array(order[start..<end])
            if blocks.isEmpty || kept + size > keptNumbers {
                blocks.append([])
                kept = 0
            }
            blocks[blocks.count - 1].append(group)
            kept += size
            start = end
        }
        return blocks
    }

    /// Sweeps the targets of edges down and hands out their loadings.
    private func multiply(
        _ wanted: [[HeadEdges.Wanted]], of ends: HeadEdges, _ groups: [SourceHeads], checkedAgainst weights: [Float]?,
        jobs: Int, _ body: @Sendable (Int, UnsafeBufferPointer<Float>) -> Void
    ) throws(Cancelled) -> (operations: Int, violation: Float) {
        let loadingCount = configuration.layerCount * configuration.headCount
        let order = ends.targets.indices.filter { !wanted[$0].isEmpty }.sorted {
            let (x, y) = (ends.targets[$0], ends.targets[$1])
            return (x.position, y.layer, $0) < (y.position, x.layer, $1)
        }
        var pieces: [[Int]] = []
        var numbers = 0
        for target in order {
            let (own, position) = (wanted[target].count * loadingCount, ends.targets[target].position)
            if let last = pieces.last, ends.targets[last[0]].position == position,
                last.count < max(Self.smallestPiece, Self.rowsAPiece / (position + 1)),
                numbers + own <= Self.pieceNumbers
            {
                pieces[pieces.count - 1].append(target)
                numbers += own
            } else {
                pieces.append([target])
                numbers = own
            }
        }
        let sweep = AdjointSweep(
            model: attributor.model, weights: attributor.weights, prompt: local.frozen,
            readings: targets.map { $0.target.reading(of: attributor.model) }, activeFeatures: local.activeFeatures)
        let operations = Atomic<Int>(0)
        let worst = Mutex<Float>(0)
        // The longest sweeps first.
        let work = Array(pieces.reversed())
        try inParallelUnlessCancelled(count: work.count, jobs: jobs) { index in
            let own = work[index].enumerated().flatMap { place, target in
                wanted[target].map { HeadVisitor.Wanted(target: place, group: $0.group, source: $0.source) }
            }
            let edges = work[index].flatMap { target in wanted[target].map(\.edge) }
            let visitor = HeadVisitor(
                own, of: groups, basis: attributor.basis, local: local, headCount: configuration.headCount,
                headWidth: configuration.headWidth, isChecked: weights != nil)
            operations.add(sweep.run(work[index].map { ends.targets[$0] }, visitor), ordering: .relaxed)
            visitor.loadings.withUnsafeBufferPointer { loadings in
                for (place, edge) in edges.enumerated() {
                    let range = place * loadingCount..<(place + 1) * loadingCount
                    body(edge, UnsafeBufferPointer(rebasing: loadings[range]))
                }
            }
            guard let weights else { return }
            var largest: [Int: Float] = [:]
            for edge in edges {
                let target = ends.edges[edge].target
                largest[target] = max(largest[target] ?? 0, weights[edge].magnitude)
            }
            for (place, edge) in edges.enumerated() {
                let (source, target) = (ends.sources[ends.edges[edge].source], ends.targets[ends.edges[edge].target])
                // The bias node writes between the two as well: attention's own biases are its.
                guard source.kind != .bias else { continue }
                let found = visitor.violation(
                    at: place, of: weights[edge], layers: layers(from: source, to: target),
                    floor: Self.floor * (largest[ends.edges[edge].target] ?? 0))
                worst.withLock { $0 = max($0, found) }
            }
        }
        return (operations.load(ordering: .relaxed), worst.withLock(\.self))
    }

    /// The share of a target's largest edge below which a violation is not measured against an edge's own parts, which are
    /// differences of larger numbers.
    private static let floor: Float = 0.05

    /// The attention layers between an edge's ends.
    private func layers(from source: SweepSource, to target: SweepTarget) -> Range<Int> {
        // A feature of a block that runs side by side with attention reads what entered the block.
        let isBelow = target.layer < configuration.layerCount && attributor.model.blocks[target.layer].isParallel
        let end = min(configuration.layerCount, isBelow ? target.layer : target.layer + 1)
        return source.layer + 1..<max(source.layer + 1, end)
    }

    private func feature(_ node: NodeID) -> Int? {
        guard case .feature(let layer, let position, let index) = node else { return nil }
        return features[ActivePlace(layer: layer, position: position, index: index)]
    }

    /// Whether the prompt has a node.
    private func has(_ node: NodeID) -> Bool {
        switch node {
        case .feature: feature(node) != nil
        case .error, .token, .bias: true
        case .logit(let ordinal): ordinal < targets.count
        }
    }

    private func sweepTarget(_ node: NodeID) -> SweepTarget {
        if case .logit(let ordinal) = node {
            let target = targets[ordinal]
            var layer = configuration.layerCount
            if case .feature(let feature) = target.target { layer = feature.layer }
            return SweepTarget(kind: .logit(ordinal), position: target.position, layer: layer)
        }
        guard let index = feature(node) else { preconditionFailure("\(node) is no target of the prompt") }
        let active = local.activeFeatures[index]
        return SweepTarget(kind: .feature(index), position: active.position, layer: active.layer)
    }

    private func sweepSource(_ node: NodeID) -> SweepSource {
        switch node {
        case .feature(let layer, let position, _):
            guard let index = feature(node) else { preconditionFailure("\(node) is not active in the prompt") }
            return SweepSource(kind: .feature(column: local.columns[index], layer: layer), position: position)
        case .error(let layer, let position): return SweepSource(kind: .error(layer: layer), position: position)
        case .token(let position): return SweepSource(kind: .token, position: position)
        case .bias: return SweepSource(kind: .bias, position: 0)
        case .logit: preconditionFailure("a logit is no source")
        }
    }
}
