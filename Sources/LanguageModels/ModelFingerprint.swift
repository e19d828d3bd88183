import Safetensors
import Tensors
import Tokenizers

extension ModelParts {
    /// Tells models apart by what they compute: sizes, settings, samples of every matrix in its role, and the tokenizer.
    ///
    /// Neither names of tensors nor number formats, shards, the order of fields or fields that are not computed with
    /// have a part in it. The longest prompt has none either: it refuses texts and changes no number.
    func fingerprint(_ tokenizer: Tokenizer) -> String {
        var digest = ComputationDigest("language model 2")
        let sizes = configuration
        digest.add(
            "sizes",
            "\(sizes.layerCount) \(sizes.modelWidth) \(sizes.headCount) \(sizes.keyValueHeadCount) \(sizes.headWidth) "
                + "\(sizes.vocabularySize)")
        // Its instruction-tuned models have a longer start of prompts that is not attributed.
        if sizes.architecture == Gemma3Architecture.name { digest.add("architecture", sizes.architecture) }
        digest.add("embedding", embedding)
        digest.add("embedding scale", Double(embeddingScale))
        if let positionEmbedding { digest.add("positions", positionEmbedding) }
        digest.add("unembedding", unembedding)
        if let logitSoftCap { digest.add("logit cap", Double(logitSoftCap)) }
        finalNorm.describe("final norm", to: &digest)
        for (layer, block) in blocks.enumerated() {
            digest.add("layer", "\(layer)\(block.isParallel ? " parallel" : "")")
            block.describe(to: &digest)
        }
        digest.add("tokenizer", tokenizer.identity)
        return digest.hexadecimal
    }
}

extension TransformerBlock {
    fileprivate func describe(to digest: inout ComputationDigest) {
        attentionNorm.describe("attention norm", to: &digest)
        attention.describe(to: &digest)
        attentionPostNorm?.describe("attention post-norm", to: &digest)
        mlpNorm.describe("MLP norm", to: &digest)
        mlp.describe(to: &digest)
        mlpPostNorm?.describe("MLP post-norm", to: &digest)
    }
}

extension Attention {
    fileprivate func describe(to digest: inout ComputationDigest) {
        query.describe("query", to: &digest)
        key.describe("key", to: &digest)
        value.describe("value", to: &digest)
        output.describe("output", to: &digest)
        digest.add("score scale", Double(scoring.scale))
        if let cap = scoring.softCap { digest.add("score cap", Double(cap)) }
        if let window = scoring.window { digest.add("window", "\(window)") }
        scoring.rotary?.describe(to: &digest)
        scoring.headNorms?.query.describe("query head norm", to: &digest)
        scoring.headNorms?.key.describe("key head norm", to: &digest)
        scoring.projectionNorms?.query.describe("query norm", to: &digest)
        scoring.projectionNorms?.key.describe("key norm", to: &digest)
    }
}

extension MLP {
    fileprivate func describe(to digest: inout ComputationDigest) {
        switch activation {
        case .gatedSiLU(let gate):
            digest.add("activation", "gated SiLU")
            gate.describe("gate", to: &digest)
        case .gatedGELUTanh(let gate):
            digest.add("activation", "gated GELU tanh")
            gate.describe("gate", to: &digest)
        case .gatedGELU(let gate):
            digest.add("activation", "gated GELU")
            gate.describe("gate", to: &digest)
        case .gelu: digest.add("activation", "GELU")
        case .geluTanh: digest.add("activation", "GELU tanh")
        }
        up.describe("up", to: &digest)
        down.describe("down", to: &digest)
    }
}

extension Projection {
    fileprivate func describe(_ name: String, to digest: inout ComputationDigest) {
        digest.add(orientation == .outputByInput ? name : name + " by input", weight)
        digest.add(name + " bias", bias)
    }
}

extension Norm {
    fileprivate func describe(_ name: String, to digest: inout ComputationDigest) {
        digest.add(name, removesMean ? "layer" : "root mean square")
        digest.add(name + " epsilon", Double(epsilon))
        digest.add(name + " gain", gain)
        digest.add(name + " bias", bias)
    }
}

extension RotaryEmbedding {
    /// Lengths of text at which angles are told apart: they depend on the length with some scalings.
    private static let probedLengths = [1, 1 << 12, 1 << 17]

    fileprivate func describe(to digest: inout ComputationDigest) {
        digest.add("rotary", "\(rotatedWidth) of \(headWidth)")
        digest.add("rotary magnitude", magnitude)
        for length in Self.probedLengths {
            for frequency in frequencies(tokenCount: length) { digest.add("\(length)", frequency) }
        }
    }
}
