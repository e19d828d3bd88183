"""The demo's language model: a Llama, in PyTorch alone."""

import json

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn


class RootMeanSquare(nn.Module):
    def __init__(self, width, floor):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.floor = floor

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.floor)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, inner = config["hidden_size"], config["intermediate_size"]
        self.heads = config["num_attention_heads"]
        self.input_layernorm = RootMeanSquare(width, config["rms_norm_eps"])
        self.post_attention_layernorm = RootMeanSquare(width, config["rms_norm_eps"])
        self.self_attn = nn.ModuleDict({name: nn.Linear(width, width, bias=False)
                                        for name in ("q_proj", "k_proj", "v_proj", "o_proj")})
        self.mlp = nn.ModuleDict({
            "gate_proj": nn.Linear(width, inner, bias=False), "up_proj": nn.Linear(width, inner, bias=False),
            "down_proj": nn.Linear(inner, width, bias=False)})

    def forward(self, x, rotation, mask):
        rows, length, width = x.shape
        normal = self.input_layernorm(x)
        query, key, value = (
            self.self_attn[name](normal).view(rows, length, self.heads, -1).transpose(1, 2)
            for name in ("q_proj", "k_proj", "v_proj"))
        mixed = F.scaled_dot_product_attention(rotated(query, rotation), rotated(key, rotation), value, attn_mask=mask)
        x = x + self.self_attn["o_proj"](mixed.transpose(1, 2).reshape(rows, length, width))
        normal = self.post_attention_layernorm(x)
        return x + self.mlp["down_proj"](F.silu(self.mlp["gate_proj"](normal)) * self.mlp["up_proj"](normal))


def rotated(x, rotation):
    cosine, sine = rotation
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


class LanguageModel(nn.Module):
    """Next-token logits of rows of documents, none of which sees another."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.norm = RootMeanSquare(config["hidden_size"], config["rms_norm_eps"])
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                deviation = config["initializer_range"]
                if name.endswith(("o_proj.weight", "down_proj.weight")):
                    deviation /= (2 * len(self.layers)) ** 0.5
                nn.init.normal_(parameter, std=deviation)

    def forward(self, tokens):
        """Logits and the residual stream before the first and after every layer; tokens [rows, length]."""
        document = (tokens == 0).cumsum(1)
        position = torch.arange(tokens.shape[1], device=tokens.device)
        mask = (document[:, :, None] == document[:, None, :]) & (position[:, None] >= position[None, :])
        half = self.config["head_dim"] // 2
        rates = self.config["rope_theta"] ** (-torch.arange(half, device=tokens.device) / half)
        angles = (position[:, None] * rates).repeat(1, 2)
        rotation = (angles.cos(), angles.sin())
        x = self.embed_tokens(tokens)
        stream = [x]
        for layer in self.layers:
            x = layer(x, rotation, mask[:, None])
            stream.append(x)
        return self.lm_head(self.norm(x)), stream

    def save(self, folder):
        """Writes config.json and model.safetensors under the names of Hugging Face."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(self.config, indent=2) + "\n", encoding="utf-8")
        weights = {name if name.startswith("lm_head") else "model." + name: value.detach().cpu().contiguous()
                   for name, value in self.state_dict().items()}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    @staticmethod
    def load(folder):
        """The model of a folder that `save` wrote."""
        model = LanguageModel(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        weights = load_file(folder / "model.safetensors")
        model.load_state_dict({name.removeprefix("model."): value for name, value in weights.items()})
        return model
