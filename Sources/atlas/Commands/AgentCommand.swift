import ArgumentParser
import AtlasAgent
import AtlasInterface
import AtlasQuery
import Foundation

struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Answer a language model's questions, by the Model Context Protocol.",
        discussion: """
            Reads messages from standard input and answers on standard output, one a line, until the input ends. Every \
            question that only reads is a tool; nothing is written. An assistant's settings name this command:

              {"mcpServers": {"atlas": {"command": "atlas", "args": ["mcp", "/path/to/my.atlas"]}}}

              atlas mcp my.atlas
              atlas mcp my.atlas --model MODEL --transcoders DIR
            """)

    @Argument(help: "The atlas.") var atlas: String
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @Option(
        help: ArgumentHelp(
            "How many seconds a question may take before it is stopped; 0 for as long as it needs.",
            valueName: "seconds")) var questionLimit = 60.0

    func validate() throws {
        guard (0...1e6).contains(questionLimit) else {
            throw ValidationError("--question-limit: expected 0 to 1000000 seconds, found \(questionLimit)")
        }
    }

    func run() throws {
        let reader = try AtlasReader.open(atlas)
        let jobs = try replacementModel.attributor(for: reader).map { ModelJobs($0, limits: ModelJobs.Limits()) }
        let server = AgentServer(
            AtlasService(reader, jobs: jobs), questionSeconds: questionLimit > 0 ? questionLimit : nil)
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            guard let answer = server.answer(Array(line.utf8)) else { continue }
            print(String(decoding: answer, as: UTF8.self))
            StandardOutput.flush()
        }
    }
}
