import AtlasStore
import Circuits
import GRDB

/// What sets two groups of prompts apart.
extension AtlasReader {
    /// Compares the features and edges of two groups of prompts.
    ///
    /// - Parameters:
    ///   - first: a group
    ///   - second: another, without a prompt in common; `nil`: all prompts outside the first
    /// - Throws: ``QuestionError/overlappingGroups(first:second:count:)`` for groups that share prompts
    public func diff(
        _ first: PromptFilter, _ second: PromptFilter?, options: DiffOptions = DiffOptions()
    ) throws -> DiffReport {
        try ask("comparing two groups") { db in
            let (all, others) = try disjointGroups(first, second, db)
            let ids = [Array(all.prefix(options.promptLimit)), Array(others.prefix(options.promptLimit))]
            let graphs = try ids.map { try attributed($0, db) }
            func group(_ place: Int, _ filter: String, _ count: Int) -> DiffReport.Group {
                DiffReport.Group(
                    filter: filter, promptCount: count, readPrompts: ids[place].count, graphCount: graphs[place].count)
            }
            let (edges, influence) = try graphDifference(graphs, options: options, db)
            let maxima = try featureMaxima(of: ids[0] + ids[1], db).sorted()
            let features = try GroupDifference(
                maxima, firstSize: ids[0].count,
                secondSize: ids[1].count, options: options
            ) { counts in
                influence[counts.key]?.meanDifference(graphs[0].count, graphs[1].count) ?? 0
            }
            let edgeRows = edges?.rows ?? []
            let rate = options.falseDiscoveryRate
            return DiffReport(
                first: group(0, "\(first)", all.count),
                second: group(1, second?.description ?? "all prompts outside \(first)", others.count),
                options: options, testedFeatures: features.rows.count,
                significantFeatures: features.rows.count { $0.qValue <= rate },
                strengthTestedFeatures: features.rows.count { $0.strength != nil },
                significantFeatureStrengths: features.rows.count { ($0.strength?.qValue ?? 1) <= rate },
                features: try features.rows.prefix(options.limit).map {
                    try describe(
                        $0, sizes: ids.map(\.count), graphs: graphs.map(\.count),
                        influence: influence[$0.counts.key], db)
                },
                testedEdges: edgeRows.count, significantEdges: edgeRows.count { $0.qValue <= rate },
                strengthTestedEdges: edgeRows.count { $0.strength != nil },
                significantEdgeStrengths: edgeRows.count { ($0.strength?.qValue ?? 1) <= rate },
                edges: try edgeRows.prefix(options.limit).map { try describe($0, graphs: graphs.map(\.count), db) },
                coreFeatureCount: features.core.count,
                core: try features.core.prefix(options.limit).map { row in
                    let label = try shownLabel(of: row.key, db)
                    return DiffReport.CoreFeature(
                        feature: row.key, label: label.label, labelIsAutomatic: label.isAutomatic,
                        firstShare: Double(row.firstCount) / Double(ids[0].count),
                        secondShare: Double(row.secondCount) / Double(ids[1].count))
                },
                coreEdgeCount: edges?.core.count ?? 0,
                coreEdges: try (edges?.core ?? []).prefix(options.limit).map { row in
                    let (source, target) = (try named(row.key.source, db), try named(row.key.target, db))
                    return DiffReport.CoreEdge(
                        source: source.name, sourceLabel: source.label, target: target.name, targetLabel: target.label,
                        firstShare: Double(row.firstCount) / Double(graphs[0].count),
                        secondShare: Double(row.secondCount) / Double(graphs[1].count))
                },
                limitations: [
                    features.resolution.limitation(of: "features", in: "prompts"),
                    edges?.resolution.limitation(of: "edges", in: "graphs"),
                ].compactMap { $0 })
        }
    }

    /// Two groups in canonical order; the second is the rest where no filter is given.
    func disjointGroups(
        _ first: PromptFilter, _ second: PromptFilter?, _ db: Database
    ) throws -> (first: [Int], second: [Int]) {
        let ids = try prompts(where: first, needGraphs: false, db)
        let known = Set(ids)
        guard let second else {
            let others = try prompts(where: .all, needGraphs: false, db).filter { !known.contains($0) }
            guard !others.isEmpty else {
                throw QuestionError.emptyGroup(filter: "all prompts outside \(first)", needsGraphs: false)
            }
            return (ids, others)
        }
        let others = try prompts(where: second, needGraphs: false, db)
        let shared = others.count(where: known.contains)
        guard shared == 0 else {
            throw QuestionError.overlappingGroups(first: "\(first)", second: "\(second)", count: shared)
        }
        return (ids, others)
    }

    /// The edges that differ, and the features' influence, over the graphs of both groups; nothing where one has
    /// none.
    private func graphDifference(
        _ graphs: [[Int]], options: DiffOptions, _ db: Database
    ) throws -> (GroupDifference<EdgeKey>?, [FeatureID: GroupCount<FeatureID>]) {
        guard !graphs[0].isEmpty, !graphs[1].isEmpty else { return (nil, [:]) }
        var edges = Incidence<EdgeKey>()
        var influence = Incidence<FeatureID>()
        try ReadingProgress.forEach(graphs[0] + graphs[1]) { place, id in
            let graph = try storedGraph(of: id, db)
            for (key, weight) in graph.edgesByKey() { edges.add(key, prompt: place, value: weight) }
            for (feature, sum) in graph.featureInfluence() { influence.add(feature, prompt: place, value: sum) }
        }
        let (firstSize, secondSize) = (graphs[0].count, graphs[1].count)
        let sorted = influence.sorted()
        return (
            try GroupDifference(edges.sorted(), firstSize: firstSize, secondSize: secondSize, options: options) {
                $0.meanDifference(firstSize, secondSize)
            },
            Dictionary(
                uniqueKeysWithValues: sorted.keys.indices.map {
                    (sorted.keys[$0], GroupCount(sorted.keys[$0], sorted[$0], firstSize: firstSize))
                })
        )
    }

    private func describe(
        _ row: GroupDifference<FeatureID>.Row, sizes: [Int], graphs: [Int],
        influence: GroupCount<FeatureID>?, _ db: Database
    ) throws -> DiffReport.FeatureRow {
        let label = try shownLabel(of: row.counts.key, db)
        let hasGraphs = graphs[0] > 0 && graphs[1] > 0
        return DiffReport.FeatureRow(
            feature: row.counts.key, label: label.label, labelIsAutomatic: label.isAutomatic,
            firstShare: Double(row.counts.firstCount) / Double(sizes[0]),
            secondShare: Double(row.counts.secondCount) / Double(sizes[1]), difference: row.difference,
            firstMaximum: mean(row.counts.firstSum, row.counts.firstCount),
            secondMaximum: mean(row.counts.secondSum, row.counts.secondCount),
            firstGraphShare: hasGraphs ? mean(Double(influence?.firstCount ?? 0), graphs[0]) : nil,
            secondGraphShare: hasGraphs ? mean(Double(influence?.secondCount ?? 0), graphs[1]) : nil,
            firstInfluence: hasGraphs ? mean(influence?.firstSum ?? 0, graphs[0]) : nil,
            secondInfluence: hasGraphs ? mean(influence?.secondSum ?? 0, graphs[1]) : nil,
            pValue: row.pValue, qValue: row.qValue, strength: row.strength)
    }

    private func describe(
        _ row: GroupDifference<EdgeKey>.Row, graphs: [Int], _ db: Database
    ) throws -> DiffReport.EdgeRow {
        let (source, target) = (try named(row.counts.key.source, db), try named(row.counts.key.target, db))
        return DiffReport.EdgeRow(
            source: source.name, sourceLabel: source.label, target: target.name, targetLabel: target.label,
            firstShare: Double(row.counts.firstCount) / Double(graphs[0]),
            secondShare: Double(row.counts.secondCount) / Double(graphs[1]), difference: row.difference,
            firstMean: mean(row.counts.firstSum, row.counts.firstCount),
            secondMean: mean(row.counts.secondSum, row.counts.secondCount),
            pValue: row.pValue, qValue: row.qValue, strength: row.strength)
    }

    private func mean(_ sum: Double, _ count: Int) -> Double { count > 0 ? sum / Double(count) : 0 }
}
