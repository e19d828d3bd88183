import Circuits

/// The order of columns while rows are computed: features by position, then layer, then index; errors; tokens; bias.
///
/// Ordered so, the features that write to one layer at one position lie side by side, and the dot products of many
/// targets with all of them are one matrix product straight into the rows.
struct SourceLayout: Sendable {
    let featureCount: Int
    let layerCount: Int
    let positionCount: Int

    /// Numbers a row.
    var columnCount: Int { featureCount + layerCount * positionCount + positionCount + 1 }
    /// Columns that take part in influence: all but the bias.
    var weightedColumnCount: Int { columnCount - 1 }

    func error(layer: Int, position: Int) -> Int { featureCount + layer * positionCount + position }
    func token(position: Int) -> Int { featureCount + layerCount * positionCount + position }
    var bias: Int { columnCount - 1 }
}
