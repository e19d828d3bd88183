import LanguageModels
import Tensors

/// Multiplies what targets read of each head with what sources contribute to it, at every attention layer that a sweep
/// passes:
///
///     loading(layer, head) = Σ over positions of <gradient at the head's output, the source's part of that output>
///
/// Where it is checked, also what passes each layer by: the same product over the residual stream around attention, and
/// what a source that writes to several layers writes above.
final class HeadVisitor: SweepVisitor {
    /// An edge asked for, of one target of the sweep.
    struct Wanted {
        /// The target, as the sweep counts.
        let target: Int
        /// The source's group, and its place in it.
        let group: Int
        let source: Int
    }

    private let basis: FeatureBasis
    private let local: LocalReplacementModel
    private let groups: [SourceHeads]
    private let headCount: Int
    private let headWidth: Int
    /// `[edges]`, in the caller's order.
    private let wanted: [Wanted]
    /// `[groups]`: places among `wanted`.
    private let byGroup: [[Int]]
    private let isChecked: Bool
    /// `[edges, layerCount * headCount]`.
    private(set) var loadings: [Float]
    /// `[edges, layerCount]`: what passes each layer by; empty where nothing is checked.
    private(set) var passing: [Float]

    init(
        _ wanted: [Wanted], of groups: [SourceHeads], basis: FeatureBasis, local: LocalReplacementModel,
        headCount: Int, headWidth: Int, isChecked: Bool
    ) {
        self.wanted = wanted
        self.groups = groups
        self.basis = basis
        self.local = local
        self.headCount = headCount
        self.headWidth = headWidth
        self.isChecked = isChecked
        var byGroup = [[Int]](repeating: [], count: groups.count)
        for (place, edge) in wanted.enumerated() { byGroup[edge.group].append(place) }
        self.byGroup = byGroup
        let layerCount = local.layout.layerCount
        loadings = [Float](repeating: 0, count: wanted.count * layerCount * headCount)
        passing = [Float](repeating: 0, count: isChecked ? wanted.count * layerCount : 0)
    }

    func add(constant: Float, target: Int) {}

    /// Where it is checked, adds what sources write at the end of this block: that passes the attention layers below by.
    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int {
        guard isChecked else { return 0 }
        let (reach, width, layerCount) = (gradients.reach, gradients.width, local.layout.layerCount)
        for (place, edge) in wanted.enumerated() where edge.target < gradients.live {
            let source = groups[edge.group].sources[edge.source]
            guard case .feature(let column, let from) = source.kind, from < layer, source.position < reach
            else { continue }
            local.decoders.withRow(column: column, layer: layer, position: source.position) { row in
                let written = dot(
                    gradients.row(edge.target * reach + source.position), row, count: width)
                for below in 0...layer { passing[place * layerCount + below] += written }
            }
        }
        return 0
    }

    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int { gradients.passSkip(ofLayer: layer, basis, local) }

    func readBottom(_ gradients: SweepGradients) {}

    func readAttention(layer: Int, _ gradients: SweepGradients, heads: UnsafePointer<Float>) -> Int {
        let (live, reach) = (gradients.live, gradients.reach)
        guard live > 0 else { return 0 }
        let read = byHead(heads, rowCount: live * reach, headCount: headCount, headWidth: headWidth)
        var operations = 0
        for (group, own) in zip(groups.indices, groups) where own.position < reach && own.live[layer] > 0 {
            let edges = byGroup[group].filter { wanted[$0].target < live && wanted[$0].source < own.live[layer] }
            guard !edges.isEmpty else { continue }
            read.withUnsafeBufferPointer { read in
                own.heads[layer].withUnsafeBufferPointer { contributed in
                    guard let read = read.baseAddress, let contributed = contributed.baseAddress else { return }
                    operations += multiply(
                        read, contributed, edges: edges, of: own, layer: layer, live: live, reach: reach)
                }
            }
            if isChecked { operations += measurePassing(layer: layer, edges, of: own, gradients) }
        }
        return operations
    }

    /// The loadings of some edges from one group of sources.
    ///
    /// - Parameters:
    ///   - read: `[headCount, live, reach, headWidth]`
    ///   - contributed: `[headCount, liveSources, sourceReach, headWidth]`
    private func multiply(
        _ read: UnsafePointer<Float>, _ contributed: UnsafePointer<Float>, edges: [Int], of own: SourceHeads,
        layer: Int, live: Int, reach: Int
    ) -> Int {
        let (sources, layerCount) = (own.live[layer], local.layout.layerCount)
        let sourceReach = local.layout.positionCount - own.position
        // Both lie position after position from the source's own on.
        let count = (reach - own.position) * headWidth
        func place(_ edge: Int, _ head: Int) -> Int { (edge * layerCount + layer) * headCount + head }
        if edges.count * Self.sparsity < live * sources {
            for edge in edges {
                for head in 0..<headCount {
                    let target = read + ((head * live + wanted[edge].target) * reach + own.position) * headWidth
                    let source = contributed + (head * sources + wanted[edge].source) * sourceReach * headWidth
                    loadings[place(edge, head)] = dot(target, source, count: count)
                }
            }
            return 2 * edges.count * headCount * count
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: live * sources) { products in
            guard let base = products.baseAddress else { return }
            for head in 0..<headCount {
                multiplyByTransposed(
                    read + (head * live * reach + own.position) * headWidth, stride: reach * headWidth,
                    contributed + head * sources * sourceReach * headWidth, stride: sourceReach * headWidth,
                    into: base, stride: sources, rowCount: live, columnCount: sources, innerCount: count)
                for edge in edges {
                    loadings[place(edge, head)] = base[wanted[edge].target * sources + wanted[edge].source]
                }
            }
        }
        return 2 * live * sources * headCount * count
    }

    private func measurePassing(
        layer: Int, _ edges: [Int], of own: SourceHeads, _ gradients: SweepGradients
    ) -> Int {
        let (width, reach) = (gradients.width, gradients.reach)
        let sourceReach = local.layout.positionCount - own.position
        own.residuals[layer].withUnsafeBufferPointer { residuals in
            guard let residuals = residuals.baseAddress else { return }
            for edge in edges {
                passing[edge * local.layout.layerCount + layer] += dot(
                    gradients.row(wanted[edge].target * reach + own.position),
                    residuals + wanted[edge].source * sourceReach * width, count: (reach - own.position) * width)
            }
        }
        return 2 * edges.count * (reach - own.position) * width
    }

    /// The largest violation of the identity over some attention layers.
    ///
    /// - Parameters:
    ///   - place: the edge's, in the caller's order
    ///   - weight: what heads and what passes must sum to
    ///   - floor: what a violation is measured against at least
    func violation(at place: Int, of weight: Float, layers: Range<Int>, floor: Float) -> Float {
        layers.reduce(0) { worst, layer in
            let row = place * local.layout.layerCount + layer
            var sum = Double(passing[row]) - Double(weight)
            var parts = passing[row].magnitude
            for loading in loadings[row * headCount..<(row + 1) * headCount] {
                sum += Double(loading)
                parts += loading.magnitude
            }
            return max(worst, Float(abs(sum)) / max(parts, floor, .leastNormalMagnitude))
        }
    }

    /// Where fewer than one in so many pairs of targets and sources is asked for, pairs are multiplied one by one.
    private static let sparsity = 8
}
