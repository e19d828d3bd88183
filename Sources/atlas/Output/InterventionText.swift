import AtlasExperiments
import AtlasQuery

extension InterventionReport {
    /// The report as a person reads it.
    var lines: [String] {
        var next = TextTable(["next token", ">before", ">after"])
        for candidate in nextTokens {
            next.add([shown(candidate.text), candidate.before.fixed(4), candidate.after.fixed(4)])
        }
        var changes = TextTable(["feature", ">position", "token", ">before", ">after"])
        for change in changed {
            changes.add([
                "\(change.feature)", "\(change.position)", shown(tokens[change.position].text),
                change.before.fixed(3), change.after.fixed(3),
            ])
        }
        let continuations = generated.map { ["", "before  \(shown($0.before))", "after   \(shown($0.after))"] } ?? []
        return ["set  " + settings.joined(separator: "  "), ""] + next.lines + continuations
            + ["", "features that changed most"] + (changed.isEmpty ? ["none"] : changes.lines)
    }
}
