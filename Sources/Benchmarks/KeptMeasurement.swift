import Foundation

/// What was measured: rows of values, with where they come from. `Tests/Documentation/figures.py` writes them into the pages.
struct KeptMeasurement: Codable, Equatable {
    /// A value of a row.
    enum Value: Codable, Equatable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
        case number(Double)
        case count(Int)
        case text(String)
        case none

        init(stringLiteral text: String) { self = .text(text) }
        init(floatLiteral number: Double) { self = .number(number) }
        init(integerLiteral count: Int) { self = .count(count) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .none
            } else if let count = try? container.decode(Int.self) {
                self = .count(count)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .count(let count): try container.encode(count)
            case .text(let text): try container.encode(text)
            case .none: try container.encodeNil()
            }
        }
    }

    /// The command that measured.
    let command: String
    /// Processors and their number.
    let machine: String
    /// The day, as 2026-11-27.
    let date: String
    /// The commit that was checked out; "-dirty" says that files differed from it.
    let commit: String
    /// Values by name.
    let rows: [[String: Value]]

    /// Rows that were measured here and now by this command.
    init(rows: [[String: Value]]) throws {
        command = "swift run -c release Benchmarks " + Self.words(CommandLine.arguments.dropFirst())
        machine = "\(ProcessInfo.processInfo.activeProcessorCount) × \(Self.processor)"
        date = Date().formatted(.iso8601.year().month().day())
        commit = try Self.commit()
        self.rows = rows
    }

    /// A command's words without those that say where its measurement is kept, quoted where they hold spaces.
    static func words(_ arguments: some Sequence<String>) -> String {
        var words: [String] = []
        var rest = Array(arguments)[...]
        while let word = rest.popFirst() {
            if ["--results", "--result-name"].contains(word) {
                _ = rest.popFirst()
            } else if !word.hasPrefix("--results=") && !word.hasPrefix("--result-name=") {
                words.append(word.contains(" ") ? "\"\(word)\"" : word)
            }
        }
        return words.joined(separator: " ")
    }

    /// The processor's name.
    private static var processor: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "x86_64"
        #endif
        return name?.trimmingCharacters(in: .whitespaces) ?? architecture
    }

    private static func commit() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let commit = String(decoding: told, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return commit.isEmpty ? "unknown" : commit
    }
}
