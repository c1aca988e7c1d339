"""Hold a Hugging Face folder against PyTorch and safetensors themselves.

    python3 Tests/Interop/check_huggingface.py FOLDER --expected logits.safetensors [--tolerance 1e-4]

Reads config.json and the weights (one file, or an index with shards) with the `safetensors` library, computes the logits
of `tokens` with an OpenELM written here from the paper (arXiv:2404.14619) on PyTorch, and compares them with `logits`.
It asks config.json for the keys that Apple's `configuration_openelm.py` takes, and fails where one is missing.
Exits with 0 if all agree, 1 if not, and 77 with a reason if a library is not installed.
"""
import argparse, json, os, sys

SKIPPED = 77
try:
    import torch
    import torch.nn.functional as F
    from safetensors.torch import load_file
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

KEYS = {
    "activation_fn_name", "architectures", "ffn_dim_divisor", "ffn_multipliers", "ffn_with_glu", "head_dim",
    "max_context_length", "model_dim", "model_type", "normalization_layer_name", "normalize_qk_projections",
    "num_gqa_groups", "num_kv_heads", "num_query_heads", "num_transformer_layers", "qkv_multipliers",
    "rope_freq_constant", "rope_max_length", "share_input_output_layers", "torch_dtype", "vocab_size",
}


def weights_of(folder):
    index = os.path.join(folder, "model.safetensors.index.json")
    if not os.path.exists(index):
        return load_file(os.path.join(folder, "model.safetensors"))
    with open(index) as file:
        places = json.load(file)["weight_map"]
    weights = {}
    for name in sorted(set(places.values())):
        shard = load_file(os.path.join(folder, name))
        assert all(places[key] == name for key in shard), f"{name} holds what the index has elsewhere"
        weights |= shard
    assert weights.keys() == places.keys(), "the index and the shards differ"
    return weights


def divisible(value, divisor):
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * value else nearest


def norm(x, weight, epsilon):
    return weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon))


def rotate(x, base):
    half = x.shape[-1] // 2
    angles = torch.outer(torch.arange(x.shape[-2]).double(), base ** (-torch.arange(half).double() / half))
    cosine, sine = angles.cos().float(), angles.sin().float()
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


def logits_of(tokens, config, weights):
    epsilon, head = config.get("rms_norm_eps", 1e-6), config["head_dim"]
    x = F.embedding(tokens, weights["transformer.token_embeddings.weight"])
    batch, length = tokens.shape
    mask = torch.full((length, length), float("-inf")).triu(1)
    for index in range(config["num_transformer_layers"]):
        layer = lambda name: weights[f"transformer.layers.{index}.{name}.weight"]
        queries, keys = config["num_query_heads"][index], config["num_kv_heads"][index]
        qkv = norm(x, layer("attn_norm"), epsilon) @ layer("attn.qkv_proj").T
        qkv = qkv.view(batch, length, queries + 2 * keys, head).transpose(1, 2)
        q, k, v = qkv.split([queries, keys, keys], 1)
        if config["normalize_qk_projections"]:
            q, k = norm(q, layer("attn.q_norm"), epsilon), norm(k, layer("attn.k_norm"), epsilon)
        q, k = rotate(q, config["rope_freq_constant"]), rotate(k, config["rope_freq_constant"])
        k, v = (y.repeat_interleave(queries // keys, 1) for y in (k, v))
        scores = (q @ k.transpose(-1, -2) / head**0.5 + mask).softmax(-1)
        x = x + (scores @ v).transpose(1, 2).reshape(batch, length, -1) @ layer("attn.out_proj").T
        gate, up = (norm(x, layer("ffn_norm"), epsilon) @ layer("ffn.proj_1").T).chunk(2, -1)
        inner = divisible(config["ffn_multipliers"][index] * config["model_dim"], config["ffn_dim_divisor"])
        assert gate.shape[-1] == inner, f"layer {index}: a width of {gate.shape[-1]}, config.json makes it {inner}"
        x = x + F.silu(gate) * up @ layer("ffn.proj_2").T
    tied = config["share_input_output_layers"]
    table = weights["transformer.token_embeddings.weight" if tied else "lm_head.weight"]
    return norm(x, weights["transformer.norm.weight"], epsilon) @ table.T


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--expected", required=True, help="tokens [B, T] as I64 or F32, logits [B, T, V] in F32")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()
    with open(os.path.join(arguments.folder, "config.json")) as file:
        config = json.load(file)
    missing = KEYS - config.keys()
    if missing:
        print(f"config.json lacks {', '.join(sorted(missing))}")
        sys.exit(1)
    weights = weights_of(arguments.folder)
    kinds = {str(weight.dtype) for weight in weights.values()}
    if kinds != {f"torch.{config['torch_dtype']}"}:
        print(f"config.json says {config['torch_dtype']}, the weights are {kinds}")
        sys.exit(1)
    weights = {name: weight.float() for name, weight in weights.items()}
    expected = load_file(arguments.expected)
    with torch.inference_mode():
        logits = logits_of(expected["tokens"].long(), config, weights)
    difference = (logits - expected["logits"]).abs().max().item()
    print(f"{len(weights)} tensors, logits {tuple(logits.shape)}, largest difference {difference:.2e}")
    sys.exit(0 if difference <= arguments.tolerance else 1)


main()
