import Foundation
import LanguageModels
import Safetensors
import Testing

@Suite struct `model folders` {
    static let variants = [
        "gemma2-tight-caps-sharded-f16", "gemma2-without-caps", "gemma3-linear-rotary",
        "gpt2-inverse-layer-exact-gelu-untied", "gpt2-unscaled-sharded-f16", "gptneox-sequential-tanh-gelu",
        "gptneox-unbiased-sharded-bf16", "llama-biased-linear-rotary-bf16", "llama-sharded", "qwen3-biased-window",
        "llama-yarn", "llama-yarn-weighted", "llama-dynamic", "qwen2", "qwen2-window", "mistral-window",
        "mistral-without-window", "gemma1", "gemma1-exact-gelu", "phi3", "phi3-longrope-short", "phi3-longrope-long",
        "olmo2", "olmo2-biased-tied",
    ]

    @Test(arguments: variants)
    func `every supported configuration gives the reference's hidden states and logits`(name: String) throws {
        let golden = try ForwardCase(variant: name)
        let trace = try golden.model.run(golden.tokens)
        #expect(excess(golden.foundHiddenStates(trace), golden.hiddenStates, absolute: 1e-4, relative: 1e-4) <= 1)
        #expect(excess(golden.model.logits(trace).values, golden.logits, absolute: 1e-4, relative: 1e-4) <= 1)
    }

    /// A change to config.json that asks for something else than what is computed.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let model, text, replacement: String
        /// What the error says.
        let reason: String
        var testDescription: String { "\(model): \(replacement)" }
    }

    static let refusals = [
        Refusal(
            model: "gpt2/model", text: "GPT2LMHeadModel", replacement: "BloomForCausalLM",
            reason:
                "expected one of GPT2LMHeadModel, GPTNeoXForCausalLM, LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, Phi3ForCausalLM, Olmo2ForCausalLM, GemmaForCausalLM, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3ForConditionalGeneration, found BloomForCausalLM"
        ),
        Refusal(
            model: "gpt2/model", text: "\"gelu_new\"", replacement: "\"relu\"",
            reason: "activation_function: expected gelu_new or gelu_pytorch_tanh or gelu, found relu"),
        Refusal(
            model: "gpt2/model", text: "\"n_head\": 4", replacement: "\"n_head\": 5",
            reason: "n_head: expected a divisor of 32, found 5"),
        Refusal(
            model: "gpt2/model", text: "\"n_head\": 4", replacement: "\"n_head\": 4, \"add_cross_attention\": true",
            reason: "add_cross_attention: expected none"),
        Refusal(
            model: "gpt2/model", text: "\"n_embd\": 32", replacement: "\"n_embd\": 36",
            reason: "expected shape [316, 36], found [316, 32]"),
        Refusal(
            model: "gpt2/model", text: "\"n_inner\": 64", replacement: "\"n_inner\": null",
            reason: "mlp.c_fc.weight: expected shape [32, 128], found [32, 64]"),
        Refusal(
            model: "gptneox/model", text: "\"rotary_pct\": 0.25", replacement: "\"rotary_pct\": 1.25",
            reason: "rotary_pct: expected a share of 8"),
        Refusal(
            model: "gptneox/model", text: "\"hidden_act\": \"gelu\"", replacement: "\"hidden_act\": \"relu\"",
            reason: "hidden_act: expected gelu or"),
        Refusal(
            model: "llama-clt_relu/model", text: "\"rope_scaling\": null",
            replacement: "\"rope_scaling\": {\"rope_type\": \"ntk\", \"factor\": 2}",
            reason: "rope_type: expected default or linear or llama3 or yarn or dynamic or longrope or su, found ntk"),
        Refusal(
            model: "llama-clt_relu/model", text: "\"num_key_value_heads\": 2",
            replacement: "\"num_key_value_heads\": 3",
            reason: "num_key_value_heads: expected a divisor of 4 heads"),
        Refusal(
            model: "llama-clt_relu/model", text: "\"rope_scaling\": null",
            replacement: "\"partial_rotary_factor\": 0.5",
            reason: "partial_rotary_factor: expected 1, found 0.5"),
        Refusal(
            model: "llama-clt_relu/model", text: "\"rope_scaling\": null",
            replacement: "\"quantization_config\": {\"bits\": 4}", reason: "quantization_config: expected none"),
        Refusal(
            model: "qwen3-plt_relu/model", text: "\"tie_word_embeddings\": true",
            replacement: "\"tie_word_embeddings\": false", reason: "lm_head.weight is missing"),
        Refusal(
            model: "qwen3-plt_relu/model", text: "\"head_dim\": 16", replacement: "\"head_dim\": 8",
            reason: "self_attn.q_norm.weight: expected shape [8], found [16]"),
        Refusal(
            model: "gemma2-plt_jumprelu/model", text: "\"gelu_pytorch_tanh\"", replacement: "\"gelu\"",
            reason: "hidden_activation: expected gelu_pytorch_tanh, found gelu"),
        Refusal(
            model: "gemma2-plt_jumprelu/model", text: "\"attn_logit_softcapping\": 50.0",
            replacement: "\"attn_logit_softcapping\": -1",
            reason: "attn_logit_softcapping: expected a positive number"),
        Refusal(
            model: "gemma3-plt_skip/model", text: "\"use_bidirectional_attention\": false",
            replacement: "\"use_bidirectional_attention\": true", reason: "use_bidirectional_attention: expected none"),
        Refusal(
            model: "gemma3-plt_skip/model", text: "\"num_hidden_layers\": 4", replacement: "\"num_hidden_layers\": 5",
            reason: "layer_types: expected 5 entries, found 4"),
    ]

    @Test(arguments: refusals)
    func `a configuration that is not computed is refused by name`(refusal: Refusal) throws {
        let folder = try CopiedModel(refusal.model)
        try folder.edit(refusal.text, to: refusal.replacement)
        let error = #expect(throws: (any Error).self) { try LanguageModel(folder: folder.path) }
        #expect(error.map { "\($0)" }?.contains(refusal.reason) == true, "\(error.map { "\($0)" } ?? "")")
        #expect(error.map { "\($0)" }?.contains(folder.path) == true)
    }

    @Test func `another kind of layer is refused by name`() throws {
        let folder = try CopiedModel("gemma3-plt_skip/model")
        let file = folder.path + "/config.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "full_attention", with: "chunked_attention")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: ModelError.self) { try LanguageModel(folder: folder.path) }
        #expect(
            error?.description.contains("expected sliding_attention or full_attention, found chunked_attention") == true
        )
    }

    @Test func `a residual stream between attention and MLP is refused where the two run side by side`() throws {
        let random = RandomModel.all.filter { $0.testDescription == "GPTNeoXForCausalLM" }
        let model = try #require(random.first)
        let wiring = RandomReplacement.Wiring(
            kind: .perLayer, input: .residualMiddle, output: .mlpOutput, hasSkip: false)
        let error = #expect(throws: ModelError.self) { try RandomReplacement(model, wiring) }
        #expect(error?.description.contains("feature_input_hook: expected a hook after the MLP's norm") == true)
    }

    @Test func `the weights of a newer configuration with rope_parameters are turned alike`() throws {
        let golden = try ForwardCase("gemma3-plt_skip")
        let folder = try CopiedModel("gemma3-plt_skip/model")
        try folder.edit("\"rope_theta\": 1000000.0,", to: "")
        try folder.edit("\"rope_local_base_freq\": 10000.0,", to: "")
        try folder.edit(
            "\"rope_scaling\": null",
            to: """
                "rope_parameters": {
                  "full_attention": {"rope_theta": 1000000.0, "rope_type": "default"},
                  "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}}
                """)
        let model = try LanguageModel(folder: folder.path)
        #expect(try model.logits(model.run(golden.tokens)) == golden.model.logits(golden.model.run(golden.tokens)))
    }

    @Test func `only Gemma 3 prompts that begin a turn count from position 4`() throws {
        let turn = [2, 105, 2364, 107, 9]
        #expect(try ForwardCase("gemma3-plt_skip").model.firstCountedPosition(in: turn) == 4)
        #expect(try ForwardCase("gemma3-plt_skip").model.firstCountedPosition(in: [2, 105, 2364, 9]) == 1)
        #expect(try ForwardCase("gemma2-plt_jumprelu").model.firstCountedPosition(in: turn) == 1)
    }
}
