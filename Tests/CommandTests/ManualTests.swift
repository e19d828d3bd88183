import Foundation
import Testing

/// The manual page, made of the help.
@Suite struct `the manual page` {
    private struct Help: Decodable {
        struct Command: Decodable {
            let commandName: String
            let subcommands: [Command]?
        }
        let command: Command
    }

    @Test func `tells every command, and every line that begins with a dot is a macro of man(7)`() throws {
        let page = try Program.run(["manual"])
        #expect(page.status == 0 && page.error.isEmpty)
        let lines = page.output.split(separator: "\n", omittingEmptySubsequences: false)
        let help = try JSONDecoder().decode(
            Help.self, from: Data(Program.run(["--experimental-dump-help"]).output.utf8))
        func leaves(_ command: Help.Command, _ path: String) -> [String] {
            let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
            return below.isEmpty ? [path] : below.flatMap { leaves($0, path + " " + $0.commandName) }
        }
        let commands = leaves(help.command, "atlas")
        #expect(commands.count > 50)
        let sections = lines.filter { $0.hasPrefix(".SS ") }.map {
            String($0.dropFirst(4)).replacing("\\-", with: "-")
        }
        #expect(sections == commands)
        let macros: Set = [".\\\"", ".TH", ".SH", ".SS", ".B", ".br", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]
        for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)")
        }
        #expect(!page.output.contains { !$0.isASCII })
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mandoc")))
    func `mandoc finds no error in it`() throws {
        let page = try Program.run([], shell: "\"$0\" manual | mandoc -Tlint -W error; exit;")
        #expect(page.output.isEmpty && page.error.isEmpty, "\(page.output)\(page.error)")
    }
}
