import ArgumentParser
import AtlasInterface
import Foundation

/// What went wrong, as it is told on standard error: lines for people, or one JSON object where the answer would be JSON.
///
/// The object has the members of the HTTP interface's problems (`title`, `status`, `detail`, `nearest`, `retryAfter`) and
/// `code`, a word for the kind of problem, `message`, the line that a person is told, `exitCode`, and `resume`, the command
/// that goes on where this one was interrupted.
struct ErrorReport: Encodable {
    private let code: String
    private let message: String
    private let exitCode: Int32
    private let title: String
    private let status: Int
    private let detail: String
    private let nearest: [String]?
    private let retryAfter: Int?
    private let resume: String?
    /// What a person is told.
    private let text: String

    private enum CodingKeys: CodingKey {
        case code, message, exitCode, title, status, detail, nearest, retryAfter, resume
    }

    /// Whether errors are JSON: where `--json` or `--jsonl` is given, also to a command that takes neither.
    static let isJSON = CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains {
        $0 == "--json" || $0 == "--jsonl"
    }

    /// An error.
    ///
    /// - Parameter text: what a person is told: a line that begins with `Error:`, and perhaps usage below it
    init(_ text: String, _ error: (any Error)?, exitCode: Int32) {
        let line = String(text.prefix { !$0.isNewline })
        let message = line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line
        let isUsage = exitCode == ExitCode.validationFailure.rawValue
        let problem = error.flatMap { isUsage ? nil : Problem($0) } ?? Problem(400, "Wrong usage", message)
        self.init(message, text: text, problem: problem, exitCode: exitCode, resume: nil)
    }

    /// An interruption from the terminal.
    ///
    /// - Parameter resume: the command that goes on, where one can
    init(interrupted message: String, resume: String?) {
        self.init(
            message, text: message + (resume.map { "\nto go on: \($0)" } ?? ""),
            problem: Problem(503, "Interrupted", message), exitCode: InterruptionRequest.exitCode, resume: resume)
    }

    private init(_ message: String, text: String, problem: Problem, exitCode: Int32, resume: String?) {
        code = problem.title.lowercased().replacing(" ", with: "-")
        self.message = message
        self.exitCode = exitCode
        (title, status, detail) = (problem.title, problem.status, message)
        (nearest, retryAfter) = (problem.nearest, problem.retryAfter)
        self.resume = resume
        self.text = text
    }

    /// The lines, or the object, and an end of line.
    var lines: String {
        guard Self.isJSON, let object = try? JSONOutput.encoder(isPretty: false).encode(self) else {
            return text + "\n"
        }
        return String(decoding: object, as: UTF8.self) + "\n"
    }

    /// Says it, after what waits for standard output, and ends the program.
    func end() -> Never {
        // Whether what was printed before goes out no longer matters.
        StandardOutput.flush()
        StandardError.write(lines)
        Foundation.exit(exitCode)
    }
}
