import Safetensors
import Tensors
import Tokenizers

extension ModelParts {
    /// What tells models apart, which is what they compute with: sizes, settings, every matrix in its role, the tokenizer.
    ///
    /// Neither names of tensors nor number formats, shards, the order of fields or fields that are not computed with
    /// have a part in it. The longest prompt has none either: it refuses texts and changes no number.
    func computation(_ tokenizer: Tokenizer) -> ComputationDescription {
        var description = ComputationDescription("language model")
        let sizes = configuration
        description.add(
            "sizes",
            "\(sizes.layerCount) \(sizes.modelWidth) \(sizes.headCount) \(sizes.keyValueHeadCount) \(sizes.headWidth) "
                + "\(sizes.vocabularySize)")
        // Its instruction-tuned models have a longer start of prompts that is not attributed.
        if sizes.architecture == Gemma3Architecture.name { description.add("architecture", sizes.architecture) }
        description.add("embedding", embedding)
        description.add("embedding scale", Double(embeddingScale))
        if let positionEmbedding { description.add("positions", positionEmbedding) }
        description.add("unembedding", unembedding)
        if let logitSoftCap { description.add("logit cap", Double(logitSoftCap)) }
        finalNorm.describe("final norm", to: &description)
        for (layer, block) in blocks.enumerated() {
            description.add("layer", "\(layer)\(block.isParallel ? " parallel" : "")")
            block.describe(to: &description)
        }
        description.add("tokenizer", tokenizer.identity)
        return description
    }
}

extension TransformerBlock {
    fileprivate func describe(to description: inout ComputationDescription) {
        attentionNorm.describe("attention norm", to: &description)
        attention.describe(to: &description)
        attentionPostNorm?.describe("attention post-norm", to: &description)
        mlpNorm.describe("MLP norm", to: &description)
        mlp.describe(to: &description)
        mlpPostNorm?.describe("MLP post-norm", to: &description)
    }
}

extension Attention {
    fileprivate func describe(to description: inout ComputationDescription) {
        query.describe("query", to: &description)
        key.describe("key", to: &description)
        value.describe("value", to: &description)
        output.describe("output", to: &description)
        description.add("score scale", Double(scoring.scale))
        if let cap = scoring.softCap { description.add("score cap", Double(cap)) }
        if let window = scoring.window { description.add("window", "\(window)") }
        scoring.rotary?.describe(to: &description)
        scoring.headNorms?.query.describe("query head norm", to: &description)
        scoring.headNorms?.key.describe("key head norm", to: &description)
        scoring.projectionNorms?.query.describe("query norm", to: &description)
        scoring.projectionNorms?.key.describe("key norm", to: &description)
    }
}

extension MLP {
    fileprivate func describe(to description: inout ComputationDescription) {
        switch activation {
        case .gatedSiLU(let gate):
            description.add("activation", "gated SiLU")
            gate.describe("gate", to: &description)
        case .gatedGELUTanh(let gate):
            description.add("activation", "gated GELU tanh")
            gate.describe("gate", to: &description)
        case .gatedGELU(let gate):
            description.add("activation", "gated GELU")
            gate.describe("gate", to: &description)
        case .gelu: description.add("activation", "GELU")
        case .geluTanh: description.add("activation", "GELU tanh")
        }
        up.describe("up", to: &description)
        down.describe("down", to: &description)
    }
}

extension Projection {
    fileprivate func describe(_ name: String, to description: inout ComputationDescription) {
        description.add(orientation == .outputByInput ? name : name + " by input", weight)
        description.add(name + " bias", bias)
    }
}

extension Norm {
    fileprivate func describe(_ name: String, to description: inout ComputationDescription) {
        description.add(name, removesMean ? "layer" : "root mean square")
        description.add(name + " epsilon", Double(epsilon))
        description.add(name + " gain", gain)
        description.add(name + " bias", bias)
    }
}

extension RotaryEmbedding {
    /// Lengths of text at which angles are told apart: they depend on the length with some scalings.
    private static let probedLengths = [1, 1 << 12, 1 << 17]

    fileprivate func describe(to description: inout ComputationDescription) {
        description.add("rotary", "\(rotatedWidth) of \(headWidth)")
        description.add("rotary magnitude", magnitude)
        for length in Self.probedLengths {
            for frequency in frequencies(tokenCount: length) { description.add("\(length)", frequency) }
        }
    }
}
