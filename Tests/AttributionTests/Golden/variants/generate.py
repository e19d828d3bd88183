"""Random models in configurations beside the reference cases, and what transformers computes on them.

usage: python generate.py FOLDER    (transformers 4.57.3, torch 2.15, float32, CPU, eager attention, seed 1)
"""
import json, os, sys, torch
from safetensors.torch import save_file
from transformers import (AutoModelForCausalLM, Gemma2Config, Gemma3TextConfig, GemmaConfig, GPT2Config, GPTNeoXConfig,
                          LlamaConfig, MistralConfig, Olmo2Config, Phi3Config, Qwen2Config, Qwen3Config)

grouped = dict(vocab_size=316, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
               num_key_value_heads=2, head_dim=6, max_position_embeddings=64, bos_token_id=0, eos_token_id=0)
neox = dict(vocab_size=316, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=64, bos_token_id=0, eos_token_id=0)
gpt2 = dict(vocab_size=316, n_embd=16, n_inner=24, n_layer=2, n_head=4, n_positions=64, bos_token_id=0, eos_token_id=0)
short = {**grouped, "max_position_embeddings": 8}  # shorter than the prompt: scaling by length applies
phi3 = {k: v for k, v in grouped.items() if k != "head_dim"} | dict(hidden_size=32, pad_token_id=0)  # head width 8
windows = dict(sliding_window=4, query_pre_attn_scalar=9)
cases = {  # configuration, stored type, largest shard
    "gpt2-inverse-layer-exact-gelu-untied": (GPT2Config(**gpt2, scale_attn_by_inverse_layer_idx=True, activation_function="gelu", tie_word_embeddings=False), torch.float32, "1GB"),
    "gpt2-unscaled-sharded-f16": (GPT2Config(**gpt2, scale_attn_weights=False), torch.float16, "10KB"),
    "gptneox-sequential-tanh-gelu": (GPTNeoXConfig(**neox, use_parallel_residual=False, hidden_act="gelu_new", rotary_pct=0.5, rotary_emb_base=100), torch.float32, "1GB"),
    "gptneox-unbiased-sharded-bf16": (GPTNeoXConfig(**neox, attention_bias=False, rotary_pct=1.0), torch.bfloat16, "10KB"),
    "llama-biased-linear-rotary-bf16": (LlamaConfig(**grouped, attention_bias=True, mlp_bias=True, rope_scaling={"rope_type": "linear", "factor": 4.0}), torch.bfloat16, "1GB"),
    "llama-sharded": (LlamaConfig(**grouped, tie_word_embeddings=True), torch.float32, "20KB"),
    "qwen3-biased-window": (Qwen3Config(**grouped, attention_bias=True, use_sliding_window=True, sliding_window=4, max_window_layers=1), torch.float32, "1GB"),
    "gemma2-without-caps": (Gemma2Config(**grouped, **windows, attention_bias=True, attn_logit_softcapping=None, final_logit_softcapping=None), torch.float32, "1GB"),
    "gemma2-tight-caps-sharded-f16": (Gemma2Config(**grouped, **windows, attn_logit_softcapping=2.0, final_logit_softcapping=3.0), torch.float16, "10KB"),
    "gemma3-linear-rotary": (Gemma3TextConfig(**grouped, **windows, rope_local_base_freq=50.0, rope_theta=1000.0, rope_scaling={"rope_type": "linear", "factor": 8.0}, layer_types=["sliding_attention", "full_attention"]), torch.float32, "1GB"),
    "llama-yarn": (LlamaConfig(**grouped, rope_theta=100.0, rope_scaling={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}), torch.float32, "1GB"),
    "llama-yarn-weighted": (LlamaConfig(**grouped, rope_theta=100.0, rope_scaling={"type": "yarn", "rope_type": "yarn", "factor": 8.0, "beta_fast": 4, "beta_slow": 0.5, "mscale": 0.7, "mscale_all_dim": 0.3, "truncate": False}), torch.float32, "1GB"),
    "llama-dynamic": (LlamaConfig(**short, rope_scaling={"rope_type": "dynamic", "factor": 2.0}), torch.float32, "1GB"),
    "qwen2": (Qwen2Config(**grouped), torch.bfloat16, "1GB"),
    "qwen2-window": (Qwen2Config(**grouped, use_sliding_window=True, sliding_window=4, max_window_layers=1), torch.float32, "20KB"),
    "mistral-window": (MistralConfig(**grouped, sliding_window=5), torch.float32, "1GB"),
    "mistral-without-window": (MistralConfig(**grouped, sliding_window=None), torch.float16, "1GB"),
    "gemma1": (GemmaConfig(**grouped, attention_bias=True), torch.float32, "1GB"),
    "gemma1-exact-gelu": (GemmaConfig(**grouped, hidden_act="gelu"), torch.float32, "1GB"),
    "phi3": (Phi3Config(**phi3, sliding_window=5, original_max_position_embeddings=64), torch.float32, "1GB"),
    "phi3-longrope-short": (Phi3Config(**phi3, partial_rotary_factor=0.5, original_max_position_embeddings=16, rope_scaling={"type": "longrope", "short_factor": [1.0, 1.5], "long_factor": [2.0, 6.0]}), torch.float32, "1GB"),
    "phi3-longrope-long": (Phi3Config(**phi3, partial_rotary_factor=0.5, original_max_position_embeddings=8, rope_scaling={"type": "longrope", "short_factor": [1.0, 1.5], "long_factor": [2.0, 6.0]}), torch.float32, "1GB"),
    "olmo2": (Olmo2Config(**grouped), torch.float32, "1GB"),
    "olmo2-biased-tied": (Olmo2Config(**grouped, attention_bias=True, tie_word_embeddings=True), torch.float32, "1GB"),
}
ids = torch.tensor([[0, 40, 315, 7, 99, 260, 101, 12, 13, 200, 40, 41]])
for name, (config, kind, shard) in cases.items():
    torch.manual_seed(1)
    folder = os.path.join(sys.argv[1], name)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_((torch.randn_like(p) * (0.3 if p.dim() == 1 else 0.4) + (1.0 if p.dim() == 1 and p.mean() == 1 else 0)).to(kind).float())
        out = model(ids, output_hidden_states=True)
    model.to(kind).save_pretrained(folder, max_shard_size=shard)
    os.remove(os.path.join(folder, "generation_config.json"))
    save_file({"input_ids": ids[0], "logits": out.logits[0].float().contiguous(),
               "hidden_states": torch.cat(out.hidden_states).float().contiguous()}, os.path.join(folder, "expected.safetensors"))
