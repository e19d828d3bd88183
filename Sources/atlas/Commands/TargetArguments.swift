import ArgumentParser
import AtlasQuery
import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Texts

/// What a graph is to explain and where, the same on every command that attributes.
struct TargetArguments: ParsableArguments {
    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("Explain this token's logit; may be given many times, as all of these.", valueName: "token"))
    var tokens: [String] = []
    @Option(name: .customLong("target-set"), help: ArgumentHelp("The sum of tokens' logits.", valueName: "A|B|…"))
    var sets: [String] = []
    @Option(name: .customLong("target-mean"), help: ArgumentHelp("The mean of tokens' logits.", valueName: "A|B|…"))
    var means: [String] = []
    @Option(
        name: .customLong("target-difference"), help: ArgumentHelp("A's logit less B's.", valueName: "A|B"))
    var differences: [String] = []
    @Option(
        name: .customLong("target-direction"),
        help: ArgumentHelp("A vector that is read behind the final norm.", valueName: "file.safetensors:name"))
    var directions: [VectorReference] = []
    @Option(
        name: .customLong("target-feature"),
        help: ArgumentHelp("A feature's pre-activation.", valueName: "layer/index"))
    var features: [FeatureID] = []
    @Option(
        name: .customLong("at"),
        help: "Where targets are read: a position, FIRST-LAST, or FIRST- for all that follow; the last unless given.")
    var positions: [PositionRange] = []

    /// Adds the targets to `options`.
    ///
    /// - Throws: `ValidationError` for tokens that the model does not have, what reading a vector throws.
    func applied(to options: AttributionOptions, model: LanguageModel) throws -> AttributionOptions {
        var options = options
        options.positions = positions
        guard !tokens.isEmpty || !sets.isEmpty || !means.isEmpty || !differences.isEmpty else {
            options.targets = try readings(model)
            return options
        }
        let names = TokenNames(model)
        options.targets = try tokens.map { .token(id: try names.token($0, option: "--target")) }
        options.targets += try sets.map {
            .set(tokens: try names.tokens($0, option: "--target-set"), combination: .sum)
        }
        options.targets += try means.map {
            .set(tokens: try names.tokens($0, option: "--target-mean"), combination: .mean)
        }
        options.targets += try differences.map { text in
            let pair = try names.tokens(text, option: "--target-difference")
            guard pair.count == 2 else {
                throw ValidationError("--target-difference: expected two tokens as A|B, found \(pair.count) in \(text)")
            }
            return .difference(token: pair[0], minus: pair[1])
        }
        options.targets += try readings(model)
        return options
    }

    private func readings(_ model: LanguageModel) throws -> [AttributionTarget] {
        try directions.map { try $0.direction(width: model.configuration.modelWidth) }
            + features.map { .feature(id: $0) }
    }
}

/// `probes.safetensors:truth`: a vector in a file.
struct VectorReference: ExpressibleByArgument {
    let path: String
    let tensor: String

    init?(argument: String) {
        guard let separator = argument.range(of: ".safetensors:") else { return nil }
        path = argument[..<separator.lowerBound] + ".safetensors"
        tensor = String(argument[separator.upperBound...])
        if tensor.isEmpty { return nil }
    }

    /// Reads it; the direction is called after the file and the tensor.
    func direction(width: Int) throws -> AttributionTarget {
        let file = try SafetensorsFile(path: path)
        guard file.tensors[tensor] != nil else {
            let nearest = NearestNames.of(tensor, among: file.tensors.keys)
            throw ValidationError(
                "--target-direction: \(path) has no tensor \(tensor); "
                    + (nearest.isEmpty
                        ? "it holds \(file.tensors.keys.sorted().prefix(NearestNames.count).joined(separator: ", "))"
                        : "nearest: \(nearest.joined(separator: ", "))"))
        }
        return .direction(
            name: URL(fileURLWithPath: path).lastPathComponent + ":" + tensor,
            vector: try file.vector(tensor, count: width))
    }
}

/// Finds tokens by what they decode to.
struct TokenNames {
    private let model: LanguageModel
    private let texts: [String]
    private let ids: [ExactText: [Int]]

    init(_ model: LanguageModel) {
        let count = min(model.configuration.vocabularySize, model.tokenizer.vocabularySize)
        let texts = (0..<count).map { model.tokenizer.text(of: $0) }
        self.model = model
        self.texts = texts
        ids = Dictionary(grouping: texts.indices, by: { ExactText(texts[$0]) })
    }

    /// The token that decodes to exactly `name`, or has the id of `#ID`.
    func token(_ name: String, option: String) throws -> Int {
        let found = ids[ExactText(name)] ?? []
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            let choices = found.map { "#\($0)" }.joined(separator: ", ")
            throw ValidationError("\(option): \(found.count) tokens decode to \"\(name)\"; write one of \(choices)")
        }
        if name.hasPrefix("#"), let id = Int(name.dropFirst()) {
            guard texts.indices.contains(id) else {
                throw ValidationError("\(option): no token has the id \(id); ids are 0 to \(texts.count - 1)")
            }
            return id
        }
        let pieces = model.tokenizer.encode(name).map { "\"\(texts.indices.contains($0) ? texts[$0] : "#\($0)")\"" }
        let nearest = NearestNames.of(name, among: texts).map { "\"\($0)\"" }
        throw ValidationError(
            "\(option): no token is \"\(name)\", which is \(pieces.count): \(pieces.joined(separator: ", ")); "
                + (nearest.isEmpty ? "nothing there is like it" : "nearest: \(nearest.joined(separator: ", "))"))
    }

    /// Tokens with `|` between them; a token that contains one is written as `#ID`.
    func tokens(_ names: String, option: String) throws -> [Int] {
        try names.splitExactly(at: "|").map { try token($0, option: option) }
    }
}

extension PositionRange: ExpressibleByArgument {
    /// Reads `12`, `10-12` or `12-`.
    public init?(argument: String) { self.init(argument) }
}
