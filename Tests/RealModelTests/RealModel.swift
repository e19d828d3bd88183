import Foundation
import LanguageModels
import Synchronization
import Testing

/// A published model that `make real-models` fetches, with what transformers computed on it.
enum RealModel: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case smolLM2 = "smollm2"
    case gemma3 = "gemma3"

    /// The environment variable that names the folder of the models' folders.
    static let variable = "FEATURE_ATLAS_REAL_MODELS"
    /// Why the tests of models that are not there are left out.
    static let reason: Comment =
        "no real model there: `make real-models` fetches them, FEATURE_ATLAS_REAL_MODELS names their folder"
    /// Why Gemma's are.
    static let gemmaReason: Comment =
        "Gemma 3 is not there: `make real-models GEMMA=accept` fetches it and accepts its terms"

    /// Those that are there. Says which are not.
    static let present: [RealModel] = {
        let present = allCases.filter(\.isPresent)
        for model in allCases where !model.isPresent {
            print("\(model.testDescription) is not tested: \(model == .gemma3 ? gemmaReason : reason)")
        }
        return present
    }()

    var testDescription: String {
        switch self {
        case .smolLM2: "SmolLM2-135M-Instruct"
        case .gemma3: "Gemma 3 270M"
        }
    }

    /// The converted folder, where the variable names one.
    private var folder: String? {
        ProcessInfo.processInfo.environment[Self.variable].map { $0 + "/" + rawValue }
    }

    var isPresent: Bool {
        folder.map { FileManager.default.fileExists(atPath: $0 + "/config.json") } ?? false
    }

    /// Loads the model, whose weights stay on disk until they are used.
    func load() throws -> LanguageModel { try LanguageModel(folder: try #require(folder)) }
}

/// What is written at the end of the run, when every test is done.
enum Figures {
    private static let lines = Mutex<[String]>([])

    /// Adds a line.
    static func record(_ model: RealModel, _ line: String) {
        let isFirst = lines.withLock { lines in
            lines.append("\(model.testDescription): \(line)")
            return lines.count == 1
        }
        if isFirst { atexit { Figures.print() } }
    }

    private static func print() {
        for line in lines.withLock(\.self) { Swift.print(line) }
        if let peak = peakMemory { Swift.print("peak memory of all: \(peak)") }
    }

    /// The process's largest resident size, where the system tells it in `/proc`.
    private static var peakMemory: String? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        return status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
            .dropFirst("VmHWM:".count).trimmingCharacters(in: .whitespaces)
    }
}

/// Seconds since some moment, with one digit.
struct Stopwatch {
    private let start = ContinuousClock.now

    var seconds: String { "\(((ContinuousClock.now - start) / .milliseconds(100)).rounded() / 10) s" }
}
