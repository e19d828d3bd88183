import ArgumentParser
import AtlasStore

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Make a sound atlas of a damaged one; what is damaged is set aside and named.",
        discussion: """
            What is not what was stored, as atlas verify tells it, is left out; everything derived is made anew. The damaged \
            file is kept beside the atlas. Prompts that are set aside are named: atlas index with the same corpus makes them \
            again. A sound atlas is left as it is. Exit code 1 when something is still wrong.

              atlas repair my.atlas
            """)

    @Argument(help: "The atlas; nobody may write it in the meantime.") var atlas: String
    @OptionGroup var output: JSONOutput

    func run() throws {
        let report = try AtlasRepair.run(atlas)
        try output.print(report) {
            report.problems.forEach { print("found: \(shown($0))") }
            for prompt in report.setAside {
                let text = prompt.text.map { shown($0.debugDescription) } ?? "its text cannot be read"
                print("set aside: prompt \(prompt.id), \(text): \(shown(prompt.reason))")
            }
            report.notes.forEach { print("note: \(shown($0))") }
            report.remaining.forEach { print("still wrong: \(shown($0))") }
            guard let kept = report.damagedFile else {
                return print("sound: nothing to repair")
            }
            print(
                "\(report.keptPrompts.grouped) prompts kept, \(report.setAside.count.grouped) set aside; as it was: \(kept)"
            )
            if !report.setAside.isEmpty { print("atlas index with the same corpus makes them again") }
        }
        if !report.isSound { throw ExitCode.failure }
    }
}
