import Circuits
import Tensors

/// The rows of a graph's last targets while they are computed, in the order of its `NodeLayout`: once it is settled which
/// features become nodes, what the others contribute is only summed, so that memory follows the nodes and not all that fires.
///
/// `@unchecked Sendable`: threads write to rows of their own, and nobody reads a row before its writer is done.
final class GraphRows: @unchecked Sendable {
    /// The graph's order.
    let layout: NodeLayout
    /// The nodes of the selected features in order of their columns.
    let nodes: [Int32]
    /// The columns of the selected features, ascending.
    let columns: [Int32]
    /// `[columns + 1]`: how many selected features have a column before each.
    private let selectedBefore: [Int32]
    /// `[targetCount, sourceCount]`.
    private let weights: UnsafeMutablePointer<Float>
    /// `[targetCount]`: what the bias node contributes.
    let bias: UnsafeMutablePointer<Double>
    /// `[targetCount]`: what features that are no nodes contribute.
    let unselected: UnsafeMutablePointer<Double>

    /// - Parameters:
    ///   - selected: the features that are nodes, ascending
    ///   - weights: `[targetCount, sourceCount]`, zeros, which live as long as this
    init(
        layout: NodeLayout, selected: [Int], columns featureColumns: [Int], weights: UnsafeMutablePointer<Float>
    ) {
        self.layout = layout
        var nodeOfColumn = [Int32](repeating: -1, count: featureColumns.count)
        for (node, feature) in selected.enumerated() { nodeOfColumn[featureColumns[feature]] = Int32(node) }
        var before: [Int32] = [0]
        before.reserveCapacity(nodeOfColumn.count + 1)
        for node in nodeOfColumn { before.append((before.last ?? 0) + (node >= 0 ? 1 : 0)) }
        selectedBefore = before
        columns = nodeOfColumn.indices.filter { nodeOfColumn[$0] >= 0 }.map(Int32.init)
        nodes = nodeOfColumn.filter { $0 >= 0 }
        self.weights = weights
        bias = .allocate(capacity: max(1, layout.targetCount))
        unselected = .allocate(capacity: max(1, layout.targetCount))
        bias.initialize(repeating: 0, count: layout.targetCount)
        unselected.initialize(repeating: 0, count: layout.targetCount)
    }

    deinit {
        bias.deallocate()
        unselected.deallocate()
    }

    /// One target's row, `[sourceCount]`.
    func row(_ target: Int) -> UnsafeMutablePointer<Float> { weights + target * layout.sourceCount }

    /// Which of the selected features, in order of column, have columns in a range.
    func selected(inColumns first: Int, count: Int) -> Range<Int> {
        Int(selectedBefore[first])..<Int(selectedBefore[first + count])
    }

    /// The target that a sweep's target is in the graph.
    ///
    /// - Parameter node: of each feature its node
    func target(of target: SweepTarget, node: (Int) -> Int) -> Int {
        switch target.kind {
        case .feature(let index): node(index)
        case .logit(let index): layout.featureCount + index
        }
    }
}

/// Takes the dot products of gradients with every source of a graph whose nodes are settled, straight into its rows.
///
/// - SeeAlso: ``EdgeVisitor``, which keeps every feature's column.
struct GraphRowVisitor: SweepVisitor {
    let basis: FeatureBasis
    let local: LocalReplacementModel
    let rows: GraphRows
    /// The targets in the graph of the sweep's targets.
    let targets: [Int]
    /// How exactly products are computed.
    let precision: ProductPrecision
    /// Decoder rows laid out for that precision.
    let rounded: RoundedDecoders?

    func add(constant: Float, target: Int) { rows.bias[targets[target]] += Double(constant) }

    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int {
        readFeatures(layer: layer, gradients) + readRemainders(layer: layer, gradients)
    }

    private func readFeatures(layer: Int, _ gradients: SweepGradients) -> Int {
        let (live, isWhole) = (gradients.live, rows.columns.count == local.layout.featureCount)
        var operations = 0
        for position in 0..<gradients.reach {
            let block = local.decoders.block(layer: layer, position: position)
            guard block.count > 0 else { continue }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: live * block.count) { products in
                guard let products = products.baseAddress else { return }
                operations += local.multiply(
                    gradients, layer: layer, position: position, precision, rounded, accumulate: false
                ) { _ in (products, block.count) }
                let selected = rows.selected(inColumns: block.firstColumn, count: block.count)
                for target in 0..<live {
                    let (own, row) = (products + target * block.count, rows.row(targets[target]))
                    for place in selected {
                        let column = Int(rows.columns[place]) - block.firstColumn
                        row[Int(rows.nodes[place])] += own[column]
                        own[column] = 0
                    }
                    if !isWhole { rows.unselected[targets[target]] += Double(sum(own, count: block.count)) }
                }
            }
        }
        local.decoders.release(writtenTo: layer)
        return operations
    }

    private func readRemainders(layer: Int, _ gradients: SweepGradients) -> Int {
        gradients.readRemainders(ofLayer: layer, local) { target, position, error, constant in
            rows.row(targets[target])[rows.layout.error(layer: layer, position: position)] = error
            rows.bias[targets[target]] += Double(constant)
        }
    }

    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int { gradients.passSkip(ofLayer: layer, basis, local) }

    func readBottom(_ gradients: SweepGradients) {
        gradients.readBottom(local) { target, position, product in
            rows.row(targets[target])[rows.layout.token(position: position)] = product
        } bias: { target, product in
            rows.bias[targets[target]] += Double(product)
        }
    }
}
