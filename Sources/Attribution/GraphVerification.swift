import Circuits
import Foundation
import LanguageModels

/// Checks a graph against the model itself: silences features with everything frozen and compares what changes with
/// the graph's columns.
///
/// - SeeAlso: Ameisen et al. 2025, "Validating Attribution Graph Hypotheses with Interventions".
public struct GraphVerification: Sendable, Codable, Equatable {
    /// The worst disagreement among one feature's targets.
    public struct Column: Sendable, Codable, Equatable {
        /// The feature that was silenced.
        public let feature: FeatureID
        /// Where.
        public let position: Int
        /// Its largest effect on any target.
        public let largestEffect: Float
        /// The largest |measured − predicted| / max(its floor, the largest effect) over all targets; a target's floor is
        /// 0.01, and a thousandth of its value where that is above 10.
        public let disagreement: Float
    }

    /// What a disagreement below means agreement, as asked of interventions by the field's reference.
    public static let tolerance: Float = 1e-3
    /// The floor under the largest effect, for each unit of a target's value: what is measured is a difference of two
    /// values, and those of order 10 are rounded by about 1e-6 at each of several steps. With the tolerance it allows
    /// 1e-5 of them, and 2e-5 of the logits of order 20 that published models have.
    private static let effectFloor: Float = 1e-3
    /// Values below it are sums of larger ones, and rounded as those are.
    private static let leastValue: Float = 10

    /// One entry a silenced feature.
    public let columns: [Column]
    /// Targets that were compared for each.
    public let targetCount: Int

    /// The worst disagreement of all.
    public var worst: Float { columns.map(\.disagreement).max() ?? 0 }
    /// Whether every column agrees.
    public var agrees: Bool { worst <= Self.tolerance }

    /// Silences `count` random features of a graph, one at a time.
    ///
    /// - Parameters:
    ///   - result: the graph and the frozen network it describes
    ///   - generator: chooses the features
    ///   - progress: called with features done and to do
    /// - Throws: what running the model throws.
    public init(
        _ result: Attributor.Result, attributor: Attributor, count: Int,
        using generator: inout some RandomNumberGenerator,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        let graph = result.graph
        let nodes = (0..<graph.layout.featureCount).shuffled(using: &generator).prefix(count).sorted()
        var columns: [Column] = []
        for node in nodes {
            columns.append(try Self.column(of: node, graph: graph, attributor: attributor))
            progress(columns.count, nodes.count)
        }
        self.columns = columns
        targetCount = graph.layout.targetCount
    }

    private static func column(of node: Int, graph: AttributionGraph, attributor: Attributor) throws -> Column {
        let layout = graph.layout
        let feature = graph.feature(node)
        let after = try attributor.intervene(
            graph.tokens, [.silencing(feature.feature, at: PositionRange(feature.position))], mode: .frozen)
        var readers: [Int: TargetValue] = [:]
        var largest: Float = 0
        var differences: [Float] = []
        for target in 0..<layout.targetCount {
            let now: Float
            if target < layout.featureCount {
                let other = graph.feature(target)
                now = after.preActivations[other.layer][other.position, other.index]
            } else {
                let explained = graph.targets[target - layout.featureCount]
                let reader =
                    readers[explained.position]
                    ?? TargetValue(
                        model: attributor.model, basis: attributor.basis, trace: after.trace,
                        position: explained.position, featureValues: after.preActivations)
                readers[explained.position] = reader
                now = reader.value(of: explained.target)
            }
            let predicted = graph[target: target, source: node]
            largest = max(largest, abs(predicted))
            differences.append(abs(graph.preActivations[target] - now - predicted))
        }
        let disagreements = zip(differences, graph.preActivations).map { difference, value in
            difference / max(effectFloor * max(leastValue, abs(value)), largest)
        }
        return Column(
            feature: feature.feature, position: feature.position, largestEffect: largest,
            disagreement: disagreements.max() ?? 0)
    }
}
