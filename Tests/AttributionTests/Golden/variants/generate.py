"""Random models in configurations beside the reference cases, and what transformers computes on them.

usage: python generate.py FOLDER    (transformers 4.57.3, torch 2.15, float32, CPU, eager attention, seed 1)
"""
import json, os, sys, torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, Gemma2Config, Gemma3TextConfig, GPT2Config, GPTNeoXConfig, LlamaConfig, Qwen3Config

grouped = dict(vocab_size=316, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
               num_key_value_heads=2, head_dim=6, max_position_embeddings=64, bos_token_id=0, eos_token_id=0)
neox = dict(vocab_size=316, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=64, bos_token_id=0, eos_token_id=0)
gpt2 = dict(vocab_size=316, n_embd=16, n_inner=24, n_layer=2, n_head=4, n_positions=64, bos_token_id=0, eos_token_id=0)
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
