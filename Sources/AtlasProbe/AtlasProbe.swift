import AtlasQuery
import AtlasStore
import Circuits
import Foundation

/// Verifies an atlas and asks it a fixed set of questions, one line of output each: what `Tests/Faults` compares between an
/// atlas and its damaged copies.
///
///     AtlasProbe some.atlas
///     verify<TAB>sound
///     information<TAB>5f1c…
///
/// With `--few` it asks about fewer things of each kind, and all tables still; with `--write` it writes a name, derives and
/// repairs too. A line is a question's name, a tab, and a digest of the answer, or `error: ` and what was said. It ends with the exit
/// code 0 whatever was found, so that any other end is a crash.
@main
struct AtlasProbe {
    static func main() {
        guard CommandLine.arguments.count >= 2 else {
            print("usage: AtlasProbe ATLAS [--few] [--write]")
            exit(64)
        }
        do {
            let reader = AtlasReader(try Atlas.open(CommandLine.arguments[1], mode: .readOnly))
            AtlasProbe(reader: reader).askAll()
        } catch {
            tell("open", "error: \(error)")
        }
        if CommandLine.arguments.contains("--write") { write(CommandLine.arguments[1]) }
    }

    /// What writes reads first: names, a derivation, and last of all a repair.
    private static func write(_ path: String) {
        func attempt(_ name: String, _ body: () throws -> Void) {
            do {
                try body()
                tell(name, "done")
            } catch { tell(name, "error: \(error)") }
        }
        attempt("write") {
            let writer = AtlasWriter(try Atlas.open(path, mode: .readWrite))
            attempt("label") { try writer.setLabel("name", of: FeatureID(layer: 0, index: 0)) }
            attempt("lacking effects") { _ = try writer.graphsLackingEffects(measured: 3) }
            attempt("lacking token effects") { _ = try writer.featuresLackingTokenEffects() }
            attempt("derive") { try AtlasDerivation(writer.atlas).rebuild() }
            try writer.atlas.close()
        }
        attempt("repair") {
            let report = try AtlasRepair.run(path)
            guard report.isSound else { throw AtlasError.damaged(path: path, what: "\(report.remaining)") }
        }
    }

    let reader: AtlasReader
    /// How many things of a kind are asked about.
    private let many = CommandLine.arguments.contains("--few") ? 1 : 40

    private static func tell(_ name: String, _ answer: String) {
        print("\(name)\t\(answer.replacing("\n", with: " "))")
    }

    /// Asks one question; what it throws is its answer.
    @discardableResult
    private func ask<Answer>(_ name: String, _ question: () throws -> Answer) -> Answer? {
        do {
            let answer = try question()
            Self.tell(name, try Self.digest(of: answer))
            return answer
        } catch {
            Self.tell(name, "error: \(error)")
            return nil
        }
    }

    private static func digest(of answer: some Any) throws -> String {
        var text = "\(answer)"
        if let answer = answer as? any Encodable {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            text = String(decoding: try encoder.encode(answer), as: UTF8.self)
        }
        return ContentHash(of: text).bytes.prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    private func askAll() {
        do {
            let report = try reader.verify()
            Self.tell("verify", report.isSound ? "sound" : "problems: \(report.problems.joined(separator: "; "))")
        } catch {
            Self.tell("verify", "error: \(error)")
        }
        askAboutPrompts()
        askAboutFeatures()
        askAboutLogits()
        askAboutGroups()
        askInSQL()
    }

    private func askAboutPrompts() {
        ask("information") { try reader.information() }
        ask("tags") { try reader.tags() }
        let prompts = ask("prompts") { try reader.prompts(where: .all) } ?? []
        ask("promptList") { try reader.promptList(range: ListRange(limit: 50)) }
        for prompt in prompts.prefix(many == 1 ? 2 : 1000) {
            ask("prompt \(prompt)") { try reader.prompt(prompt) }
            ask("graph \(prompt)") { try reader.graphReport(ofPrompt: prompt) }
        }
        for prompt in prompts.prefix(min(many, 3)) {
            ask("similar \(prompt)") { try reader.similar(to: prompt) }
            if many > 1 { ask("stable \(prompt)") { try reader.stability(ofPrompt: prompt) } }
            ask("circuit of prompt \(prompt)") { try reader.circuit(from: .prompt(prompt)) }
        }
        for words in ["capital", "state Dallas", "the", "Austin", "Texas", "on"] {
            ask("search \(words)") { try reader.search(words) }
        }
    }

    private func askAboutFeatures() {
        ask("labels") { try reader.labels() }
        ask("supernodes") { try reader.supernodes() }
        ask("featureList") { try reader.featureList(range: ListRange(limit: 100)) }
        let features = ask("firedFeatures") { try reader.firedFeatures() } ?? []
        for place in stride(from: 0, to: features.count, by: max(1, features.count / (2 * many))) {
            let feature = features[place]
            ask("feature \(feature)") { try reader.feature(feature) }
            ask("firings \(feature)") { try reader.firingPrompts(of: feature) }
            ask("upstream \(feature)") { try reader.neighbours(of: feature, .upstream) }
            ask("downstream \(feature)") { try reader.neighbours(of: feature, .downstream) }
        }
        for feature in features.prefix(min(many, 2)) {
            ask("correlated \(feature)") { try reader.correlated(with: feature) }
            ask("circuit of \(feature)") { try reader.circuit(from: .feature(feature)) }
            ask("operands \(feature)") { try reader.operands(of: feature) }
        }
        ask("operands") { try reader.operandRanking() }
        for key in ((try? reader.atlas.baselineKeys()) ?? []).sorted(by: { "\($0)" < "\($1)" }) {
            ask("baseline \(key)") { try reader.atlas.baseline(key)?.means }
        }
    }

    private func askAboutLogits() {
        let logits = ask("logitList") { try reader.logitList() }?.items ?? []
        for logit in logits.prefix(many) {
            let drivers = ask("drivers \(logit.token)") { try reader.drivers(of: logit.token) }
            guard let node = drivers?.features.first?.node.feature else { continue }
            ask("edge \(node) \(logit.token)") {
                try reader.edge(from: NodeKey(node), to: NodeKey(logit: logit.token))
            }
        }
        for logit in logits.prefix(min(many, 3)) {
            ask("circuit \(logit.token)") { try reader.circuit(from: .token(logit.token)) }
            guard many > 1 else { continue }
            ask("supernodes \(logit.token)") { try reader.supernodes(of: .token(logit.token)) }
            ask("stable \(logit.token)") { try reader.stability(ofCircuit: .token(logit.token)) }
        }
    }

    private func askAboutGroups() {
        let tags = (try? reader.tags().items) ?? []
        for tag in tags.prefix(min(many, 3)) {
            guard let value = tag.values.first?.value,
                let filter = PromptFilter("\(tag.name)=\(value)")
            else { continue }
            ask("diff \(tag.name)") { try reader.diff(filter, nil) }
            ask("invariant \(tag.name)") { try reader.invariant(filter) }
            ask("failures \(tag.name)") { try reader.failures(byTag: tag.name) }
        }
        ask("families") { try reader.families() }
        guard many > 1 else { return }
        var options = MotifsOptions()
        options.rewirings = 20
        ask("motifs") { try reader.motifs(options: options) }
    }

    /// Every value of every table and view, as SQLite writes it.
    private func askInSQL() {
        let names = try? reader.sql(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', \(many > 1 ? "'view'" : "''")) ORDER BY name")
        for case .text(let table) in (names?.rows ?? []).compactMap(\.first) where !table.contains("_search_") {
            ask("table \(table)") {
                let columns = try reader.sql("SELECT name FROM pragma_table_info('\(table)')").rows
                let quoted = columns.map { "quote(\"\($0[0])\")" }.joined(separator: " || ',' || ")
                return try reader.sql("SELECT group_concat(\(quoted), ';') FROM \"\(table)\"").rows[0][0].description
            }
        }
    }
}
