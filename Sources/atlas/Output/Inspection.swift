import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Safetensors
import Tokenizers

/// What a path is; as JSON, its description with a field `is`.
enum Inspection: Encodable {
    case model(ModelDescription)
    case transcoders(TranscoderDescription)
    case atlas(AtlasInformation)
    case weights(WeightFileDescription)

    /// In words.
    var name: String {
        switch self {
        case .model: "language model"
        case .transcoders: "transcoders"
        case .atlas: "atlas"
        case .weights: "weights"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name = "is"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        switch self {
        case .model(let value): try value.encode(to: encoder)
        case .transcoders(let value): try value.encode(to: encoder)
        case .atlas(let value): try value.encode(to: encoder)
        case .weights(let value): try value.encode(to: encoder)
        }
    }
}

/// Numbers of one type in weight files.
struct StoredNumbers: Encodable, Equatable {
    /// As the files write it: `F32`, `F16`, `BF16`, …
    let type: String
    /// How many numbers.
    let count: Int

    /// Counts the numbers of files by type, the most frequent first.
    static func inFiles(_ files: [SafetensorsFile]) -> [StoredNumbers] {
        var counts: [String: Int] = [:]
        for tensor in files.flatMap(\.tensors.values) { counts[tensor.type, default: 0] += tensor.numberCount }
        return counts.map { StoredNumbers(type: $0, count: $1) }.sorted { ($1.count, $0.type) < ($0.count, $1.type) }
    }
}

extension SafetensorsFile.Tensor {
    /// The product of its dimensions, which the parser has checked against the file's size.
    var numberCount: Int { shape.reduce(1, *) }
}

/// What a language model's folder holds.
struct ModelDescription: Encodable {
    let name, architecture, fingerprint: String
    let layerCount, modelWidth, headCount, keyValueHeadCount, headWidth, vocabularySize, contextLength: Int
    /// Numbers in the weight files, by type.
    let parameters: [StoredNumbers]
    let weightFileCount: Int
    /// Tokens that the tokenizer knows.
    let tokenizerVocabularySize: Int
    /// What is put in front of prompts.
    let promptStart: PromptStartRecord?
    /// The same, where it is a beginning-of-sequence token.
    let beginningOfSequenceToken: Int?
    let beginningOfSequenceText: String?
    /// `[layerCount]`: the neurons of each MLP.
    let neuronCounts: [Int]
    /// What an atlas says of its features where they are these neurons; nil unless asked for.
    let neuronBasis: String?
    /// True where every weight was read.
    let isFinite: Bool?

    /// - Parameters:
    ///   - neurons: how neurons would become features
    ///   - scan: read every weight, and throw for the first that is NaN or infinite
    init(folder: String, neurons: NeuronOptions?, scan: Bool) throws {
        let model = try LanguageModel(folder: folder)
        neuronCounts = model.blocks.map(\.mlp.neuronCount)
        neuronBasis = try neurons.map { try Attributor(model: model, neurons: $0).basis.fingerprint }
        if scan, let fault = model.weights.firstFault() { throw fault }
        isFinite = scan ? true : nil
        let files = model.weights.files
        let configuration = model.configuration
        name = model.name
        architecture = configuration.architecture
        fingerprint = model.fingerprint
        layerCount = configuration.layerCount
        modelWidth = configuration.modelWidth
        headCount = configuration.headCount
        keyValueHeadCount = configuration.keyValueHeadCount
        headWidth = configuration.headWidth
        vocabularySize = configuration.vocabularySize
        contextLength = configuration.contextLength
        parameters = StoredNumbers.inFiles(files)
        weightFileCount = files.count
        tokenizerVocabularySize = model.tokenizer.vocabularySize
        promptStart = model.tokenizer.promptStart.map { PromptStartRecord($0, of: model.tokenizer) }
        beginningOfSequenceToken = model.tokenizer.beginningOfSequenceToken
        beginningOfSequenceText = beginningOfSequenceToken.map { model.tokenizer.text(of: $0) }
    }
}

/// What a safetensors file holds.
struct WeightFileDescription: Encodable {
    struct Tensor: Encodable {
        let name, type: String
        let shape: [Int]
        let byteCount: Int
    }

    let parameters: [StoredNumbers]
    let byteCount: Int
    /// In order of name.
    let tensors: [Tensor]
    /// True where every weight was read.
    let isFinite: Bool?

    /// - Parameter scan: read every weight, and throw for the first that is NaN or infinite
    init(path: String, scan: Bool) throws {
        let file = try SafetensorsFile(path: path)
        if scan, let fault = file.tensors.keys.sorted().lazy.compactMap(file.fault(inNumbersOf:)).first { throw fault }
        isFinite = scan ? true : nil
        parameters = StoredNumbers.inFiles([file])
        tensors = file.tensors.sorted { $0.key < $1.key }.map {
            Tensor(name: $0, type: $1.type, shape: $1.shape, byteCount: $1.byteRange.count)
        }
        byteCount = file.tensors.values.map(\.byteRange.count).reduce(0, +)
    }
}
