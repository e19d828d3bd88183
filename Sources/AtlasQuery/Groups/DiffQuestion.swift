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
            let influenceByFeature = Dictionary(
                uniqueKeysWithValues: (influence?.rows ?? []).map { ($0.key, $0) })
            let features = GroupDifference(
                try featureMaxima(of: ids[0] + ids[1], db).sorted(), firstSize: ids[0].count,
                secondSize: ids[1].count, options: options
            ) { row in
                influenceByFeature[row.key].map { meanDifference($0, graphs.map(\.count)) } ?? 0
            }
            let edgeRows = edges?.rows ?? []
            return DiffReport(
                first: group(0, "\(first)", all.count),
                second: group(1, second?.description ?? "all prompts outside \(first)", others.count),
                options: options, testedFeatures: features.rows.count,
                significantFeatures: features.rows.count { $0.qValue <= 0.05 },
                features: try features.rows.prefix(options.limit).map {
                    try describe(
                        $0, sizes: ids.map(\.count), graphs: graphs.map(\.count),
                        influence: influenceByFeature[$0.key], db)
                },
                testedEdges: edgeRows.count, significantEdges: edgeRows.count { $0.qValue <= 0.05 },
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
                })
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

    /// The edges that differ, and the features' influence, over the graphs of both groups; `nil` where one has none.
    private func graphDifference(
        _ graphs: [[Int]], options: DiffOptions, _ db: Database
    ) throws -> (GroupDifference<EdgeKey>?, GroupDifference<FeatureID>?) {
        guard !graphs[0].isEmpty, !graphs[1].isEmpty else { return (nil, nil) }
        var edges = Incidence<EdgeKey>()
        var influence = Incidence<FeatureID>()
        for (place, id) in (graphs[0] + graphs[1]).enumerated() {
            let graph = try storedGraph(of: id, db)
            for (key, weight) in graph.edgesByKey() { edges.add(key, prompt: place, value: weight) }
            for (feature, sum) in graph.featureInfluence() { influence.add(feature, prompt: place, value: sum) }
        }
        var untested = options
        untested.permutations = 0
        untested.minimumSupport = 1
        let sizes = graphs.map(\.count)
        return (
            GroupDifference(edges.sorted(), firstSize: sizes[0], secondSize: sizes[1], options: options) {
                meanDifference($0, sizes)
            },
            GroupDifference(influence.sorted(), firstSize: sizes[0], secondSize: sizes[1], options: untested) { _ in 0 }
        )
    }

    /// How much two groups differ in the mean of a value over all their prompts.
    private func meanDifference<Key>(_ row: GroupDifference<Key>.Row, _ sizes: [Int]) -> Double {
        (row.firstSum / Double(sizes[0]) - row.secondSum / Double(sizes[1])).magnitude
    }

    private func describe(
        _ row: GroupDifference<FeatureID>.Row, sizes: [Int], graphs: [Int],
        influence: GroupDifference<FeatureID>.Row?, _ db: Database
    ) throws -> DiffReport.FeatureRow {
        let label = try shownLabel(of: row.key, db)
        let hasGraphs = graphs[0] > 0 && graphs[1] > 0
        return DiffReport.FeatureRow(
            feature: row.key, label: label.label, labelIsAutomatic: label.isAutomatic,
            firstShare: Double(row.firstCount) / Double(sizes[0]),
            secondShare: Double(row.secondCount) / Double(sizes[1]), difference: row.difference,
            firstMaximum: mean(row.firstSum, row.firstCount), secondMaximum: mean(row.secondSum, row.secondCount),
            firstGraphShare: hasGraphs ? mean(Double(influence?.firstCount ?? 0), graphs[0]) : nil,
            secondGraphShare: hasGraphs ? mean(Double(influence?.secondCount ?? 0), graphs[1]) : nil,
            firstInfluence: hasGraphs ? mean(influence?.firstSum ?? 0, graphs[0]) : nil,
            secondInfluence: hasGraphs ? mean(influence?.secondSum ?? 0, graphs[1]) : nil,
            pValue: row.pValue, qValue: row.qValue)
    }

    private func describe(
        _ row: GroupDifference<EdgeKey>.Row, graphs: [Int], _ db: Database
    ) throws -> DiffReport.EdgeRow {
        let (source, target) = (try named(row.key.source, db), try named(row.key.target, db))
        return DiffReport.EdgeRow(
            source: source.name, sourceLabel: source.label, target: target.name, targetLabel: target.label,
            firstShare: Double(row.firstCount) / Double(graphs[0]),
            secondShare: Double(row.secondCount) / Double(graphs[1]), difference: row.difference,
            firstMean: mean(row.firstSum, row.firstCount), secondMean: mean(row.secondSum, row.secondCount),
            pValue: row.pValue, qValue: row.qValue)
    }

    private func mean(_ sum: Double, _ count: Int) -> Double { count > 0 ? sum / Double(count) : 0 }
}
