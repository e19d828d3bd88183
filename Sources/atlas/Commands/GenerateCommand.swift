import ArgumentParser
import AtlasIndexing
import Foundation
import LanguageModels
import Tensors
import Tokenizers

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Continue prompts with a language model: tokens, likely next tokens, text.",
        discussion: """
            The beginning-of-sequence token is put in front; where the tokenizer defines none, its padding token, else
            its end-of-sequence token, else another special one, unless the prompt begins with a special token.

              atlas generate "The capital of France is" --count 20 --model MODEL
              atlas generate --file prompts.txt --count 20 --json --model MODEL
            """)

    @Argument(help: "Prompts.") var prompts: [String] = []
    @Option(help: "A file with more prompts, one a line.") var file: String?
    @Option(help: ArgumentHelp("The language model's folder.", valueName: "dir")) var model: String
    @Option(help: "Tokens to generate.") var count = 20
    @Option(help: "Likely next tokens to show.") var top = 5
    @Option(help: "Draw with this temperature instead of taking the most likely token.") var temperature: Double?
    @Option(help: "The seed of the draw.") var seed: UInt64 = 0
    @OptionGroup var output: ListOutput

    /// What one prompt led to.
    struct Continuation: Codable {
        struct Candidate: Codable {
            let token: Int
            let text: String
            let probability: Float
        }
        let prompt: String
        /// What was put in front of the prompt; nil where it was nothing.
        let putInFront: PromptStartRecord?
        let tokens: [Int]
        let nextTokens: [Candidate]
        let generated: [Int]
        let text: String
    }

    func validate() throws {
        guard file != nil || !prompts.isEmpty else { throw ValidationError("expected a prompt or --file") }
        try requireCount(count, "--count")
        try requireCount(top, "--top")
        if let temperature { try requirePositive(temperature, "--temperature") }
    }

    func run() throws {
        let model = try LanguageModel(folder: model)
        var texts = prompts
        if let file {
            let lines = try CorpusRecords.lines(ofFile: file)
            guard !lines.isEmpty || !prompts.isEmpty else {
                throw ValidationError("\(file): expected a prompt a line, found none")
            }
            texts += lines.map(\.text)
        }
        let continuations = try texts.map { try continuation(of: $0, by: model) }
        try output.print(continuations, lists: [.init("rows", continuations)]) {
            for continuation in continuations {
                print("\(shown(continuation.prompt))[\(shown(continuation.text))]")
                print(
                    "  next  "
                        + continuation.nextTokens.map { "\"\(shown($0.text))\" \(Double($0.probability).fixed(4))" }
                        .joined(separator: ", "))
            }
        }
    }

    private func continuation(of prompt: String, by model: LanguageModel) throws -> Continuation {
        let tokens = model.tokenizer.encodePrompt(prompt)
        let probabilities = softmax(model.logits(try model.run(tokens), position: tokens.count - 1))
        let sampling = temperature.map { Sampling.random(temperature: $0, seed: seed) } ?? .greedy
        let generated = try model.generate(tokens, count: count, sampling: sampling)
        return Continuation(
            prompt: prompt, putInFront: model.tokenizer.startRecord(of: prompt), tokens: tokens,
            nextTokens: largest(top, of: probabilities).map { token in
                Continuation.Candidate(
                    token: token, text: model.tokenizer.text(of: token), probability: probabilities[token])
            }, generated: generated, text: model.tokenizer.decode(generated))
    }
}
