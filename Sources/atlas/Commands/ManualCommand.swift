import ArgumentParser
import AtlasStore

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page, every command with its options.",
        discussion: """
              atlas manual | man -l -
              atlas manual > /usr/local/share/man/man1/atlas.1
            """)

    func run() throws {
        StandardOutput.write(ManualPage(try CommandDescription.ofProgram(), version: Atlas.programVersion).text)
    }
}
