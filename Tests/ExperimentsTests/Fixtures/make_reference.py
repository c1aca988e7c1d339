"""Writes the small reference run that `Verification` is tested against.

An OpenELM in JAX, written from the paper's equations, trained in float64: independent of the Swift
code in everything but the layout of the files. The folder holds what `samara verify` reads.

  python3 -m venv venv && venv/bin/pip install jax numpy safetensors
  JAX_ENABLE_X64=1 venv/bin/python make_reference.py openelm-mini ['{"share_input_output_layers": true}']
"""
import json, math, os, sys
import jax, jax.numpy as jnp, numpy as np
from safetensors.numpy import save_file

CONFIG = {
    "num_transformer_layers": 2, "model_dim": 24, "head_dim": 8, "num_gqa_groups": 2,
    "normalize_qk_projections": True, "share_input_output_layers": False,
    "ffn_multipliers": [0.5, 2.0], "qkv_multipliers": [0.6, 1.3], "ffn_dim_divisor": 8,
    "vocab_size": 50, "max_context_length": 16, "padding_index": 49, "rms_norm_eps": 1e-6,
    "rope_freq_constant": 10000,
}
OPTIMIZER = {"betas": [0.9, 0.95], "eps": 1e-8, "weight_decay": 0.1, "max_grad_norm": 1.0, "z_loss_eps": 1e-4}
SCHEDULE = {"is_iteration_based": True, "max_iterations": 12, "warmup_iterations": 4, "warmup_init_lr": 1e-6,
            "cosine.max_lr": 0.01, "cosine.min_lr": 0.001}
ROWS, LENGTH, PADDING = 2, 16, CONFIG["padding_index"]


def divisible(value, divisor):
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * value else nearest


def layer_sizes():
    n, d, w, g = (CONFIG[k] for k in ("num_transformer_layers", "model_dim", "head_dim", "num_gqa_groups"))
    scale = lambda key: [round(v, 2) for v in np.linspace(*CONFIG[key], num=n)]
    heads = [divisible(d * m, w * g) // w for m in scale("qkv_multipliers")]
    return [(h, h // g, divisible(m * d, CONFIG["ffn_dim_divisor"])) for h, m in zip(heads, scale("ffn_multipliers"))]


def initial(rng):
    d, w, v = CONFIG["model_dim"], CONFIG["head_dim"], CONFIG["vocab_size"]
    matrix = lambda rows, columns: rng.normal(0, columns ** -0.5, (rows, columns))
    p = {"token_embeddings.weight": matrix(v, d), "classifier.weight": matrix(v, d), "norm.weight": np.ones(d)}
    if CONFIG["share_input_output_layers"]: del p["classifier.weight"]
    for i, (h, k, f) in enumerate(layer_sizes()):
        p |= {
            f"layers.{i}.attn.qkv_proj.weight": matrix((h + 2 * k) * w, d),
            f"layers.{i}.attn.out_proj.weight": matrix(d, h * w),
            f"layers.{i}.attn.q_norm.weight": rng.uniform(0.5, 1.5, w),
            f"layers.{i}.attn.k_norm.weight": rng.uniform(0.5, 1.5, w),
            f"layers.{i}.ffn.proj_1.weight": matrix(2 * f, d),
            f"layers.{i}.ffn.proj_2.weight": matrix(d, f),
            f"layers.{i}.attn_norm.weight": rng.uniform(0.5, 1.5, d),
            f"layers.{i}.ffn_norm.weight": rng.uniform(0.5, 1.5, d),
        }
    if not CONFIG["normalize_qk_projections"]:
        p = {k: x for k, x in p.items() if "q_norm" not in k and "k_norm" not in k}
    # Float32 values, so that both sides start from the same numbers.
    return {k: jnp.asarray(x.astype(np.float32), jnp.float64) for k, x in p.items()}


def rms(x, weight):
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + CONFIG["rms_norm_eps"]) * weight


def rotate(x):  # [B, H, T, W]
    t, w = x.shape[-2:]
    angles = jnp.outer(jnp.arange(t), CONFIG["rope_freq_constant"] ** (-jnp.arange(0, w, 2) / w))
    cosine, sine = jnp.cos(angles), jnp.sin(angles)
    a, b = x[..., : w // 2], x[..., w // 2:]
    return jnp.concatenate([a * cosine - b * sine, b * cosine + a * sine], -1)


def logits(p, ids):
    b, t = ids.shape
    w = CONFIG["head_dim"]
    x = p["token_embeddings.weight"][ids]
    for i, (h, k, f) in enumerate(layer_sizes()):
        name = f"layers.{i}."
        y = rms(x, p[name + "attn_norm.weight"]) @ p[name + "attn.qkv_proj.weight"].T
        y = y.reshape(b, t, h + 2 * k, w).transpose(0, 2, 1, 3)
        q, keys = y[:, :h], y[:, h:h + k]
        if CONFIG["normalize_qk_projections"]:
            q = rms(q, p[name + "attn.q_norm.weight"])
            keys = rms(keys, p[name + "attn.k_norm.weight"])
        q, keys = rotate(q), rotate(keys).repeat(h // k, 1)
        values = y[:, h + k:].repeat(h // k, 1)
        scores = q @ keys.transpose(0, 1, 3, 2) / math.sqrt(w)
        scores = jnp.where(jnp.tril(jnp.ones((t, t), bool)), scores, -jnp.inf)
        y = (jax.nn.softmax(scores, -1) @ values).transpose(0, 2, 1, 3).reshape(b, t, h * w)
        x = x + y @ p[name + "attn.out_proj.weight"].T
        y = rms(x, p[name + "ffn_norm.weight"]) @ p[name + "ffn.proj_1.weight"].T
        x = x + (jax.nn.silu(y[..., :f]) * y[..., f:]) @ p[name + "ffn.proj_2.weight"].T
    return rms(x, p["norm.weight"]) @ p.get("classifier.weight", p["token_embeddings.weight"]).T


def losses(p, ids, targets):
    scores = logits(p, ids)
    valid = targets != PADDING
    sums = jax.nn.logsumexp(scores, -1)
    picked = jnp.take_along_axis(scores, targets[..., None], -1)[..., 0]
    count = valid.sum()
    return ((sums - picked) * valid).sum() / count, OPTIMIZER["z_loss_eps"] * (sums ** 2 * valid).sum() / count


def learning_rate(step):
    s = SCHEDULE
    if step < s["warmup_iterations"]:
        return s["warmup_init_lr"] + step * (s["cosine.max_lr"] - s["warmup_init_lr"]) / s["warmup_iterations"]
    progress = (step - s["warmup_iterations"]) / (s["max_iterations"] - s["warmup_iterations"] + 1)
    return s["cosine.min_lr"] + 0.5 * (s["cosine.max_lr"] - s["cosine.min_lr"]) * (1 + math.cos(math.pi * progress))


def train(p, batches):
    (b1, b2), m, v, log = OPTIMIZER["betas"], {}, {}, []
    m = {k: jnp.zeros_like(x) for k, x in p.items()}
    v = {k: jnp.zeros_like(x) for k, x in p.items()}
    gradient = jax.jit(jax.grad(lambda p, ids, targets: sum(losses(p, ids, targets))))
    for step, batch in enumerate(batches):
        ids, targets = batch[:, :-1], batch[:, 1:]
        cross_entropy, z = losses(p, ids, targets)
        g = gradient(p, ids, targets)
        norm = math.sqrt(sum(float((x * x).sum()) for x in g.values()))
        factor, rate = min(1, OPTIMIZER["max_grad_norm"] / (norm + 1e-6)), learning_rate(step)
        for k in p:
            m[k] = b1 * m[k] + (1 - b1) * g[k] * factor
            v[k] = b2 * v[k] + (1 - b2) * (g[k] * factor) ** 2
            decay = OPTIMIZER["weight_decay"] if p[k].ndim > 1 else 0
            direction = m[k] / (1 - b1 ** (step + 1)) / (jnp.sqrt(v[k] / (1 - b2 ** (step + 1))) + OPTIMIZER["eps"])
            p[k] = p[k] * (1 - rate * decay) - rate * direction
        log.append({"step": step, "lr": rate, "ce_loss": float(cross_entropy), "z_loss_valid_only": float(z), "grad_norm": norm})
    return p, log


def main(folder):
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(7)
    p = initial(rng)
    single = lambda tensors: {k: np.ascontiguousarray(x, np.float32) for k, x in tensors.items()}
    save = lambda name, tensors: save_file(tensors, f"{folder}/{name}.safetensors")
    save("initial", single(p))
    # Tokens that follow from those before, so that there is something to learn.
    batches = np.zeros((SCHEDULE["max_iterations"], ROWS, LENGTH + 1), np.int32)
    batches[..., 0] = rng.integers(0, PADDING, batches.shape[:2])
    for t in range(LENGTH):
        batches[..., t + 1] = (batches[..., t] * 5 + rng.integers(0, 3, batches.shape[:2])) % PADDING
    batches[:, 0, LENGTH // 2:] = PADDING
    save("batches", {"batches": batches})
    ids, targets = batches[0, :, :-1], batches[0, :, 1:]
    cross_entropy, z = losses(p, ids, targets)
    save("forward", single({
        "logits": logits(p, ids), "ce_loss": cross_entropy.reshape(1), "z_loss_valid_only": z.reshape(1),
    }) | {"input_ids": np.ascontiguousarray(ids), "targets": np.ascontiguousarray(targets)})
    save("gradients", single(jax.grad(lambda p: sum(losses(p, ids, targets)))(p)))
    prompt = [3, 1, 4, 1, 5]
    continuation = []
    while len(prompt) + len(continuation) < LENGTH:
        continuation.append(int(logits(p, np.array([prompt + continuation]))[0, -1].argmax()))
    trained, log = train(dict(p), batches)
    save("trained", single(trained))
    with open(f"{folder}/reference.json", "w") as file:
        json.dump({"config": CONFIG, "optimizer": OPTIMIZER, "schedule": SCHEDULE,
                   "greedy": {"prompt": prompt, "continuation": continuation}, "training_log": log}, file, indent=1)
    for step in log: print(step)


CONFIG |= json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
main(sys.argv[1])
