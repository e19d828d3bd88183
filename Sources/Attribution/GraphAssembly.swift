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

extension GraphRows {
    /// Puts rows that keep every feature's column in the graph's order.
    ///
    /// - Parameter node: of each selected feature its node
    func copy(_ rows: EdgeRows, _ columns: SourceLayout, node: (Int) -> Int) {
        for (index, entry) in rows.targets.enumerated() {
            let target = target(of: entry, node: node)
            let (source, output) = (rows.row(index), row(target))
            var total = 0.0
            for column in 0..<columns.featureCount { total += Double(source[column]) }
            for (place, column) in self.columns.enumerated() {
                output[Int(nodes[place])] = source[Int(column)]
                total -= Double(source[Int(column)])
            }
            let tail = layout.sourceCount - layout.featureCount
            (output + layout.featureCount).update(from: source + columns.featureCount, count: tail)
            bias[target] = Double(source[columns.bias])
            unselected[target] = self.columns.count == columns.featureCount ? 0 : total
        }
    }
}
