import ArgumentParser
import AtlasBasis
import AtlasExperiments
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
            For the tokens that answer most prompts, the first rows of `query drivers` are silenced in some of these \
            prompts, all positions at once, attention patterns held. Told: how often the change of the gap to the strongest \
            rival, and of the logit less the mean, has the sign that a column says: of rows by their mean change, and of \
            single prompts; for the order of the report and for the order by influence. Changes below --least have no sign.

              swift run -c release Benchmarks drivers demo.atlas
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Option(help: "The model's folder; the demo's unless given.") var model: String?
    @Option(help: "The transcoders' folder; the demo's unless given.") var transcoders: String?
    @Flag(help: "The atlas is of the model's own neurons.") var neurons = false
    @Option(help: "Tokens, those that answer most prompts.") var tokens = 30
    @Option(help: "Rows of each.") var rows = 10
    @Option(help: "Prompts of each row.") var prompts = 5
    @OptionGroup var kept: ResultsOptions
    @Option(help: "The smallest |change| that has a sign.") var least = 0.01

    func run() throws {
        let file = try Atlas.open(atlas, mode: .readOnly)
        let reader = AtlasReader(file)
        let attributor = try attributor(of: file)
        let answers = try file.read("listing answers") { db in
            try Int.fetchAll(
                db,
                sql: """
                    SELECT e.token FROM logit_effect_statistics e JOIN logit_statistics s ON s.token = e.token
                    WHERE e.prompt_count >= 3 ORDER BY e.prompt_count DESC, e.token LIMIT ?
                    """, arguments: [tokens])
        }
        var tallies: [String: Tally] = [:]
        for token in answers {
            var numbers = SeededNumbers(seed: 0, stream: UInt64(token))
            let prompts = try file.read("listing prompts") { db in
                try Int.fetchAll(
                    db,
                    sql: """
                        SELECT g.prompt_id FROM node_effects e JOIN graphs g ON g.id = e.graph_id
                        WHERE e.answer_token = ? ORDER BY g.prompt_id
                        """, arguments: [token])
            }.shuffled(using: &numbers)
            let report = try reader.drivers(of: token, limit: 1_000)
            let orders = [
                "as reported": report.features,
                "by influence": report.features.sorted { $0.influence > $1.influence },
            ]
            for (order, drivers) in orders {
                for driver in drivers.prefix(rows) {
                    let changes = try changes(driver, of: token, in: prompts, reader, attributor)
                    for (column, value) in [
                        "effect": driver.effect, "measured": driver.measuredEffect,
                        "direct effect": driver.directSupport > 0 ? driver.directEffect : nil,
                    ] {
                        guard let value, value != 0 else { continue }
                        for (readout, own) in [("gap", changes.map(\.gap)), ("logit", changes.map(\.logit))] {
                            let mean = own.reduce(0, +) / Double(max(1, own.count))
                            for (unit, signed) in [("rows", [mean]), ("prompts", own)] {
                                for change in signed where abs(change) >= least {
                                    tallies["\(order): \(column), \(readout), \(unit)", default: Tally()]
                                        .add((value > 0) == (change > 0))
                                }
                            }
                        }
                    }
                }
            }
        }
        for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) { print("\(name): \(tally)") }
        var row: [String: KeptMeasurement.Value] = [:]
        for (name, tally) in tallies {
            let key = name.map { $0.isLetter ? String($0) : "_" }.joined().replacing("__", with: "_")
            row[key] = .number(tally.share)
            row[key + "_count"] = .count(tally.count)
        }
        try kept.keep([row], as: "drivers")
    }

    /// How often a sign was right.
    private struct Tally: CustomStringConvertible {
        private var right = 0
        private(set) var count = 0

        var share: Double { Double(right) / Double(max(1, count)) }

        mutating func add(_ isRight: Bool) {
            count += 1
            if isRight { right += 1 }
        }

        var description: String {
            String(format: "%.1f %% of %d", 100 * share, count)
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

    /// What silencing a feature takes from a token's lead and from its logit less the mean, in the first prompts where it is
    /// a node.
    private func changes(
        _ driver: DriversReport.Driver, of token: Int, in prompts: [Int], _ reader: AtlasReader,
        _ attributor: Attributor
    ) throws -> [(gap: Double, logit: Double)] {
        guard let feature = driver.node.feature else { return [] }
        var found: [(gap: Double, logit: Double)] = []
        for prompt in prompts {
            let (text, graph) = try reader.storedGraph(ofPrompt: prompt)
            let positions = graph.nodes.compactMap { node -> Int? in
                if case .feature(feature.layer, let position, feature.index) = node.id { position } else { nil }
            }
            guard !positions.isEmpty, let rival = graph.effects?.rival else { continue }
            let own = try reader.attributor(for: text, tokenCount: graph.tokens.count, attributor)
            func read(_ trace: ForwardTrace) -> (gap: Double, logit: Double) {
                let logits = own.model.logits(trace, position: graph.tokens.count - 1)
                let mean = logits.reduce(0) { $0 + Double($1) } / Double(logits.count)
                return (Double(logits[token] - logits[rival]), Double(logits[token]) - mean)
            }
            let silenced = positions.map { Intervention.silencing(feature, at: PositionRange($0)) }
            let before = read(try own.undisturbed(graph.tokens))
            let after = read(try own.intervene(graph.tokens, silenced, mode: .attentionFrozen).trace)
            found.append((before.gap - after.gap, before.logit - after.logit))
            if found.count == self.prompts { break }
        }
        return found
    }
}
