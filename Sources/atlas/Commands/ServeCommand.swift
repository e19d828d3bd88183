import ArgumentParser
import AtlasIndexing
import AtlasInterface
import AtlasQuery
import AtlasServer
import AtlasStore
import Attribution
import Foundation
import Texts

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve an atlas's pages to a browser.",
        discussion: """
            Prints the address once it can be opened, and stops at an interruption (Ctrl-C). With --model and \
            --transcoders the pages run typed texts and set features. On this machine (loopback) anyone may read and \
            label; bound elsewhere, or to keep others from writing, a token is asked for. A question ends when its \
            asker goes, or after --question-limit seconds; texts that run end when they are cancelled.

              atlas serve my.atlas
              atlas serve my.atlas --model MODEL --transcoders DIR
              atlas serve my.atlas --host 0.0.0.0 --token-file token.txt --other-name atlas.example.org
            """)

    @Argument(help: "The atlas.") var atlas: String
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @Option(help: "The name or address to listen at.") var host = "127.0.0.1"
    @Option(help: "The port; 0 takes a free one.") var port = 8080
    @Option(
        help: ArgumentHelp(
            "A file with the token that writing, and reading from elsewhere, must show; 16 characters or more.",
            valueName: "file")) var tokenFile: String?
    @Option(help: "Another name under which the server is reached; may be given many times.") var otherName: [String] =
        []
    @Flag(help: "Keep labels and supernodes as they are.") var readOnly = false
    @Option(help: "Texts that are run at the same time.") var modelJobs = 1
    @Option(
        help: ArgumentHelp(
            "How many seconds a question may take before it is stopped; 0 for as long as it needs.",
            valueName: "seconds")) var questionLimit = 60.0

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port: expected 0 to 65535, found \(port)")
        }
        guard (1...64).contains(modelJobs) else {
            throw ValidationError("--model-jobs: expected 1 to 64, found \(modelJobs)")
        }
        guard (0...1e6).contains(questionLimit) else {
            throw ValidationError("--question-limit: expected 0 to 1000000 seconds, found \(questionLimit)")
        }
        guard tokenFile != nil || ServerOptions(host: host).isLoopback else {
            throw ValidationError(
                "--host \(host) lets other machines in: give a token with --token-file, as in: head -c 32 /dev/urandom "
                    + "| base64 > token.txt")
        }
    }

    func run() async throws {
        var options = ServerOptions(host: host, port: port, token: try token(), otherNames: otherName)
        options.questionSeconds = questionLimit > 0 ? questionLimit : nil
        let reader = try readOnly ? AtlasReader.open(atlas) : AtlasReader(Atlas.open(atlas, mode: .readWrite))
        let service = AtlasService(
            reader, writer: readOnly ? nil : AtlasWriter(reader.atlas), jobs: try jobs(for: reader),
            needsToken: options.token != nil)
        do {
            try await AtlasServer(service, options: options).run { address, _ in
                // Written at once, whatever standard output is: whoever started the server waits for this line.
                print(address)
                StandardOutput.finish()
            }
        } catch {
            throw ServeError(description: "cannot serve at \(host):\(port): \(error)")
        }
        try reader.atlas.close()
    }

    private func token() throws -> AccessToken? {
        guard let tokenFile else { return nil }
        guard let text = WholeFile.text(path: tokenFile, atMost: 10_000) else {
            throw ServeError(description: "\(tokenFile): expected a file with a token, found none that can be read")
        }
        guard let token = AccessToken(text) else {
            throw ServeError(
                description:
                    "\(tokenFile): expected one token of \(AccessToken.shortest) or more ASCII characters without spaces"
            )
        }
        return token
    }

    private func jobs(for reader: AtlasReader) throws -> ModelJobs? {
        guard let attributor = try replacementModel.attributor(for: reader) else { return nil }
        var limits = ModelJobs.Limits()
        limits.running = modelJobs
        return ModelJobs(attributor, limits: limits)
    }
}

/// Why nothing is served.
private struct ServeError: Error, CustomStringConvertible {
    let description: String
}
