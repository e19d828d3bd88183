import Circuits

extension EdgeRows {
    /// One row's sources in the order of a graph's `NodeLayout`, `[sourceCount]`.
    func sources(_ index: Int, of graph: AttributionGraph, _ local: LocalReplacementModel) -> [Float] {
        let layout = graph.layout
        let row = row(index)
        return graph.selectedFeatures.map { row[local.columns[$0]] }
            + (0..<layout.sourceCount - layout.featureCount).map { row[local.layout.featureCount + $0] }
    }
}

extension AttributionGraph {
    /// Puts rows and columns in the order of `NodeLayout`.
    ///
    /// - Parameter visited: which active features became targets
    init(_ rows: EdgeRows, local: LocalReplacementModel, selection: TargetSelection, visited: [Bool]) {
        let selected = visited.indices.filter { visited[$0] }
        let layout = NodeLayout(
            featureCount: selected.count, layerCount: local.layout.layerCount,
            positionCount: local.layout.positionCount, logitCount: selection.targets.count)
        var place = [Int](repeating: 0, count: visited.count)
        for (target, feature) in selected.enumerated() { place[feature] = target }
        let columns = selected.map { local.columns[$0] }
        let otherColumns = visited.indices.filter { !visited[$0] }.map { local.columns[$0] }
        var weights = [Float](repeating: 0, count: layout.targetCount * layout.sourceCount)
        var bias = [Float](repeating: 0, count: layout.targetCount)
        var unselected = [Float](repeating: 0, count: layout.targetCount)
        weights.withUnsafeMutableBufferPointer { weights in
            for (row, entry) in rows.targets.enumerated() {
                let target =
                    switch entry.kind {
                    case .feature(let index): place[index]
                    case .logit(let index): layout.featureCount + index
                    }
                let source = rows.row(row)
                let output = target * layout.sourceCount
                for (index, column) in columns.enumerated() { weights[output + index] = source[column] }
                let tail = layout.sourceCount - layout.featureCount
                for index in 0..<tail {
                    weights[output + layout.featureCount + index] = source[local.layout.featureCount + index]
                }
                bias[target] = source[local.layout.bias]
                unselected[target] = Float(otherColumns.reduce(0.0) { $0 + Double(source[$1]) })
            }
        }
        self.init(
            tokens: local.trace.tokens, layerCount: layout.layerCount, activeFeatures: local.activeFeatures,
            selectedFeatures: selected, targets: selection.targets, weights: weights, biasWeights: bias,
            unselectedWeights: unselected,
            preActivations: selected.map { local.preActivations[$0] } + selection.values)
    }
}
