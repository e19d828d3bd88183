import ArgumentParser
import AtlasBasis
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import GRDB
import LanguageModels

/// Whether what `drivers` says of a feature's sign is what silencing the feature does.
struct DriversBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drivers", abstract: "Drivers: do signs agree with ablation in the top rows?",
        discussion: """
            For the tokens that most graphs explain, the first rows of `query drivers` are silenced in some of the \
            token's prompts, all positions at once, attention patterns held. Told: the share of trials in which the \
            change of the token's log-odds has the sign that a column says, for the order of the report and for the order \
            by influence; changes below --least are no trial.

              swift run -c release Benchmarks drivers demo.atlas
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Option(help: "The model's folder; the demo's unless given.") var model: String?
    @Option(help: "The transcoders' folder; the demo's unless given.") var transcoders: String?
    @Flag(help: "The atlas is of the model's own neurons.") var neurons = false
    @Option(help: "Tokens, those that most graphs explain.") var tokens = 30
    @Option(help: "Rows of each.") var rows = 10
    @Option(help: "Prompts of each row.") var prompts = 3
    @Option(help: "The smallest |change| of log-odds that has a sign.") var least = 0.01

    func run() throws {
        let file = try Atlas.open(atlas, mode: .readOnly)
        let reader = AtlasReader(file)
        let attributor = try attributor(of: file)
        var tallies: [String: [String: Tally]] = [:]
        for item in try reader.logitList(range: ListRange(limit: tokens)).items {
            let report = try reader.drivers(of: item.token, limit: 1_000)
            var numbers = SeededNumbers(seed: 0, stream: UInt64(item.token))
            let explaining = try file.read("listing prompts") { db in
                try Int.fetchAll(
                    db,
                    sql: """
                        SELECT DISTINCT g.prompt_id FROM logit_targets t JOIN graphs g ON g.id = t.graph_id
                        WHERE t.token = ? ORDER BY g.prompt_id
                        """, arguments: [item.token])
            }.shuffled(using: &numbers)
            let orders = [
                "as reported": report.features,
                "by influence": report.features.sorted { $0.influence > $1.influence },
            ]
            for (order, drivers) in orders {
                for driver in drivers.prefix(rows) {
                    for change in try changes(driver, of: item.token, in: explaining, reader, attributor) {
                        for (column, value) in [
                            "effect": driver.effect, "measured": driver.measuredEffect,
                            "direct": driver.directSupport > 0 ? driver.directEffect : nil,
                        ] {
                            guard let value, value != 0 else { continue }
                            tallies[order, default: [:]][column, default: Tally()].add((value > 0) == (change > 0))
                        }
                    }
                }
            }
        }
        for (order, columns) in tallies.sorted(by: { $0.key < $1.key }) {
            for (column, tally) in columns.sorted(by: { $0.key < $1.key }) {
                print("\(order), \(column): \(tally)")
            }
        }
    }

    /// How often a sign was right.
    private struct Tally: CustomStringConvertible {
        private var right = 0
        private var count = 0

        mutating func add(_ isRight: Bool) {
            count += 1
            if isRight { right += 1 }
        }

        var description: String {
            String(format: "%.1f %% of %d", 100 * Double(right) / Double(max(1, count)), count)
        }
    }

    private func attributor(of file: Atlas) throws -> Attributor {
        let demo = model == nil ? try DemoData() : nil
        let folder = model ?? demo?.model ?? ""
        guard neurons else {
            return try Attributor(modelFolder: folder, transcoderFolder: transcoders ?? demo?.transcoders ?? "")
        }
        guard let options = NeuronOptions(file.identity) else {
            throw ValidationError("expected an atlas of neurons, found one of transcoders")
        }
        return try Attributor(model: LanguageModel(folder: folder), neurons: options)
    }

    /// What silencing a feature takes from a token's log-odds, in the first prompts where it is a node.
    private func changes(
        _ driver: DriversReport.Driver, of token: Int, in explaining: [Int], _ reader: AtlasReader,
        _ attributor: Attributor
    ) throws -> [Double] {
        guard let feature = driver.node.feature else { return [] }
        var found: [Double] = []
        for prompt in explaining {
            let graph = try reader.graph(ofPrompt: prompt)
            let positions = graph.nodes.compactMap { node -> Int? in
                if case .feature(feature.layer, let position, feature.index) = node.id { position } else { nil }
            }
            guard !positions.isEmpty else { continue }
            let own = try reader.attributor(
                for: reader.storedGraph(ofPrompt: prompt).text, tokenCount: graph.tokens.count, attributor)
            let silenced = positions.map { Intervention.silencing(feature, at: PositionRange($0)) }
            let change =
                own.logOdds(of: token, in: try own.undisturbed(graph.tokens))
                - own.logOdds(
                    of: token, in: try own.intervene(graph.tokens, silenced, mode: .attentionFrozen).trace)
            if abs(change) >= least { found.append(change) }
            if found.count == prompts { break }
        }
        return found
    }
}
