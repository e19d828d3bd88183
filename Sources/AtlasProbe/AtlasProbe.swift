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
/// A line is a question's name, a tab, and a digest of the answer, or `error: ` and what was said. It ends with the exit
/// code 0 whatever was found, so that any other end is a crash.
@main
struct AtlasProbe {
    static func main() {
        guard CommandLine.arguments.count == 2 else {
            print("usage: AtlasProbe ATLAS")
            exit(64)
        }
        do {
            let reader = AtlasReader(try Atlas.open(CommandLine.arguments[1], mode: .readOnly))
            AtlasProbe(reader: reader).askAll()
        } catch {
            tell("open", "error: \(error)")
        }
    }

    let reader: AtlasReader

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
        ask("promptList") { try reader.promptList(range: ListRange(offset: 0, limit: 50)) }
        for prompt in prompts {
            ask("prompt \(prompt)") { try reader.prompt(prompt) }
            ask("graph \(prompt)") { try reader.graphReport(ofPrompt: prompt) }
        }
        for prompt in prompts.prefix(3) {
            ask("similar \(prompt)") { try reader.similar(to: prompt) }
            ask("stable \(prompt)") { try reader.stability(ofPrompt: prompt) }
            ask("circuit of prompt \(prompt)") { try reader.circuit(from: .prompt(prompt)) }
        }
        for words in ["capital", "state Dallas", "the", "Austin", "Texas", "on"] {
            ask("search \(words)") { try reader.search(words) }
        }
    }

    private func askAboutFeatures() {
        ask("labels") { try reader.labels() }
        ask("supernodes") { try reader.supernodes() }
        ask("featureList") { try reader.featureList(range: ListRange(offset: 0, limit: 100)) }
        let features = ask("firedFeatures") { try reader.firedFeatures() } ?? []
        for feature in features.enumerated().filter({ $0.offset % max(1, features.count / 40) == 0 }).map(\.element) {
            ask("feature \(feature)") { try reader.feature(feature) }
            ask("firings \(feature)") { try reader.firingPrompts(of: feature) }
            ask("upstream \(feature)") { try reader.neighbours(of: feature, .upstream) }
            ask("downstream \(feature)") { try reader.neighbours(of: feature, .downstream) }
        }
        for feature in features.prefix(2) {
            ask("correlated \(feature)") { try reader.correlated(with: feature) }
            ask("circuit of \(feature)") { try reader.circuit(from: .feature(feature)) }
            ask("operands \(feature)") { try reader.operands(of: feature) }
        }
        ask("operands") { try reader.operandRanking() }
        for key in (try? reader.atlas.baselineKeys()) ?? [] {
            ask("baseline \(key)") { try reader.atlas.baseline(key)?.means }
        }
    }

    private func askAboutLogits() {
        let logits = ask("logitList") { try reader.logitList() }?.items ?? []
        for logit in logits {
            let drivers = ask("drivers \(logit.token)") { try reader.drivers(of: logit.token) }
            guard let node = drivers?.features.first?.node.feature else { continue }
            ask("edge \(node) \(logit.token)") {
                try reader.edge(from: NodeKey(node), to: NodeKey(logit: logit.token))
            }
        }
        for logit in logits.prefix(3) {
            ask("circuit \(logit.token)") { try reader.circuit(from: .token(logit.token)) }
            ask("supernodes \(logit.token)") { try reader.supernodes(of: .token(logit.token)) }
            ask("stable \(logit.token)") { try reader.stability(ofCircuit: .token(logit.token)) }
        }
    }

    private func askAboutGroups() {
        let tags = (try? reader.tags().items) ?? []
        for tag in tags.prefix(3) {
            guard let value = tag.values.first?.value,
                let filter = try? PromptFilter("\(tag.name)=\(value)")
            else { continue }
            ask("diff \(tag.name)") { try reader.diff(filter, nil) }
            ask("invariant \(tag.name)") { try reader.invariant(filter) }
            ask("failures \(tag.name)") { try reader.failures(byTag: tag.name) }
        }
        ask("families") { try reader.families() }
        var options = MotifsOptions()
        options.rewirings = 20
        ask("motifs") { try reader.motifs(options: options) }
    }

    /// Every value of every table and view, as SQLite writes it.
    private func askInSQL() {
        let names = try? reader.sql("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
        for case .text(let table) in (names?.rows ?? []).compactMap(\.first) {
            ask("table \(table)") {
                let columns = try reader.sql("SELECT name FROM pragma_table_info('\(table)')").rows
                let quoted = columns.map { "quote(\"\($0[0])\")" }.joined(separator: ", ")
                return try reader.sql("SELECT \(quoted) FROM \"\(table)\"", limit: 1_000_000)
            }
        }
    }
}
