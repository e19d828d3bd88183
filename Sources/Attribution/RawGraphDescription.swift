import Circuits
import Foundation
import Safetensors
import Texts

/// What a raw graph file says beside its arrays, in its metadata.
public struct RawGraphDescription: Sendable, Equatable {
    /// The prompt's text as given, without special tokens.
    public var prompt: String?
    /// The text of each position's token, alone.
    public var tokenTexts: [String]?
    /// The text of each target.
    public var targetTexts: [String]?
    /// The language model's name.
    public var modelName: String?
    /// The transcoder set's name.
    public var transcoderName: String?
    /// `per-layer` or `cross-layer`.
    public var transcoderKind: TranscoderKind?
    /// The transcoders' layers.
    public var layerCount: Int?
    /// Features of a transcoder.
    public var featuresPerLayer: Int?
    /// Width of the residual stream.
    public var modelWidth: Int?
    /// Tokens of the model.
    public var vocabularySize: Int?
    /// The corpus's own id for the prompt.
    public var externalID: String?
    /// The right continuation.
    public var answer: String?
    /// What a corpus says about the prompt, by name.
    public var tags: [ExactText: String] = [:]

    /// Says nothing.
    public init() {}

    /// Reads the metadata of a file.
    ///
    /// - Throws: `SafetensorsError` for another format, a newer version, and values that are not what they must be.
    init(_ file: SafetensorsFile, positionCount: Int, targetCount: Int) throws(SafetensorsError) {
        let metadata = file.metadata
        func fault(_ key: String, _ expected: String) -> SafetensorsError {
            SafetensorsError(
                file: file.path, place: "metadata \(key)",
                "expected \(expected), found \((metadata[key] ?? "nothing").quotedInOneLine)")
        }
        if metadata["format"] != nil, metadata["format"] != RawGraphReading.format {
            throw fault("format", "\"\(RawGraphReading.format)\"")
        }
        if metadata["format_version"] != nil, metadata["format_version"] != RawGraphReading.formatVersion {
            throw fault("format_version", "\"\(RawGraphReading.formatVersion)\", which this program knows")
        }
        func texts(_ key: String, count: Int) throws(SafetensorsError) -> [String]? {
            guard let json = metadata[key] else { return nil }
            guard let texts = try? JSONDecoding.decode([String].self, from: Array(json.utf8), keepsNUL: true),
                texts.count == count
            else { throw fault(key, "a JSON list of \(count) texts") }
            return texts
        }
        func number(_ key: String, in range: ClosedRange<Int>) throws(SafetensorsError) -> Int? {
            guard let text = metadata[key] else { return nil }
            guard let number = Int(text), range ~= number else {
                throw fault(key, "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        prompt = metadata["prompt"]
        tokenTexts = try texts("token_texts", count: positionCount)
        targetTexts = try texts("target_texts", count: targetCount)
        modelName = metadata["model_name"]
        transcoderName = metadata["transcoder_name"]
        transcoderKind = try metadata["transcoder_kind"].map { text throws(SafetensorsError) in
            guard let kind = TranscoderKind(rawValue: text) else {
                throw fault("transcoder_kind", TranscoderKind.allCases.map(\.rawValue).joined(separator: " or "))
            }
            return kind
        }
        layerCount = try number("layer_count", in: 1...1 << 16)
        featuresPerLayer = try number("features_per_layer", in: 1...1 << 24)
        modelWidth = try number("model_width", in: 1...1 << 32)
        vocabularySize = try number("vocabulary_size", in: 1...1 << 32)
        externalID = metadata["external_id"]
        answer = metadata["answer"]
        if let json = metadata["tags"] {
            guard case .object(let members)? = try? JSONText.parse(Array(json.utf8)),
                members.allSatisfy({ $0.value.string != nil })
            else { throw fault("tags", "a JSON object of texts") }
            for member in members { tags[ExactText(member.name)] = member.value.string }
        }
    }

    /// The metadata to write.
    func metadata() -> [String: String] {
        func json(_ texts: [String]?) -> String? {
            guard let texts else { return nil }
            guard let data = try? JSONEncoder().encode(texts) else { preconditionFailure("texts are JSON") }
            return String(decoding: data, as: UTF8.self)
        }
        let texts: [String: String?] = [
            "format": RawGraphReading.format, "format_version": RawGraphReading.formatVersion, "prompt": prompt,
            "token_texts": json(tokenTexts), "target_texts": json(targetTexts), "model_name": modelName,
            "transcoder_name": transcoderName, "transcoder_kind": transcoderKind?.rawValue,
            "layer_count": layerCount.map(String.init), "features_per_layer": featuresPerLayer.map(String.init),
            "model_width": modelWidth.map(String.init), "vocabulary_size": vocabularySize.map(String.init),
            "external_id": externalID, "answer": answer,
        ]
        return texts.compactMapValues { $0 }
    }
}
