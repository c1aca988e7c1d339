"""The peer of `samara bench compare`: an OpenELM training step in PyTorch, on the CPU.

Written from the paper (arXiv:2404.14619) and held against samara's own model. It uses the best that
PyTorch has for each part: `rms_norm`, `scaled_dot_product_attention`, fused AdamW, and autocast to
bfloat16 where that is asked for.

  python torch_openelm.py train --size 270M --batch 1 --seq 2048 --steps 4 --dtype bf16

prints one line of JSON. The first step warms up; figures are medians over the others.
"""
import argparse, json, resource, statistics, time
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY = 32_000
# Layers, model width, head width, query heads a key head, the longest context.
SIZES = {
    "small": (6, 256, 64, 2, 512), "270M": (16, 1280, 64, 4, 2048), "450M": (20, 1536, 64, 4, 2048),
    "1.1B": (28, 2048, 64, 4, 2048), "3B": (36, 3072, 128, 4, 2048),
}
RATE = 0.08  # Over the model width, as samara's benchmark has it.


def divisible(value, divisor):
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * value else nearest


def linear(inputs, outputs, deviation=None):
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=deviation or inputs ** -0.5)
    return layer


def rotate(x, cosine, sine):  # [B, H, T, W], half-split
    (a, b), cosine, sine = x.chunk(2, -1), cosine.to(x.dtype), sine.to(x.dtype)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)


class Norm(nn.RMSNorm):
    def forward(self, x):  # Fused only where input and weight are of one type.
        return F.rms_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.eps)


class Layer(nn.Module):
    def __init__(self, width, head, heads, groups, inner, deviation):
        super().__init__()
        self.head, self.heads, self.keys = head, heads, heads // groups
        self.attn_norm, self.ffn_norm = Norm(width, eps=1e-6), Norm(width, eps=1e-6)
        self.q_norm, self.k_norm = Norm(head, eps=1e-6), Norm(head, eps=1e-6)
        self.qkv_proj = linear(width, (heads + 2 * self.keys) * head)
        self.out_proj = linear(heads * head, width, deviation)
        self.proj_1, self.proj_2 = linear(width, 2 * inner), linear(inner, width, deviation)

    def forward(self, x, cosine, sine):
        b, t, _ = x.shape
        y = self.qkv_proj(self.attn_norm(x)).view(b, t, -1, self.head).transpose(1, 2)
        q, k, v = y.split([self.heads, self.keys, self.keys], 1)
        q, k = rotate(self.q_norm(q), cosine, sine), rotate(self.k_norm(k), cosine, sine)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.out_proj(y.transpose(1, 2).reshape(b, t, -1))
        gate, up = self.proj_1(self.ffn_norm(x)).chunk(2, -1)
        return x + self.proj_2(F.silu(gate) * up)


class OpenELM(nn.Module):
    def __init__(self, layers, width, head, groups, context):
        super().__init__()
        scale = lambda first, last: [round(v, 2) for v in np.linspace(first, last, num=layers)]
        deviation = (width * 2 * layers) ** -0.5
        self.token_embeddings = nn.Embedding(VOCABULARY, width)
        nn.init.normal_(self.token_embeddings.weight, std=width ** -0.5)
        self.layers = nn.ModuleList(
            Layer(width, head, divisible(width * a, head * groups) // head, groups,
                  divisible(width * f, 256), deviation)
            for a, f in zip(scale(0.5, 1.0), scale(0.5, 4.0)))
        self.norm = Norm(width, eps=1e-6)
        angles = torch.outer(torch.arange(context), 10_000 ** (-torch.arange(0, head, 2) / head))
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, tokens):  # [B, T]; logits [B·T, V]
        x = self.token_embeddings(tokens)
        length = tokens.shape[1]
        for layer in self.layers:
            x = layer(x, self.cosine[:length], self.sine[:length])
        return F.linear(self.norm(x), self.token_embeddings.weight).flatten(0, 1)


def peak_bytes():
    """The most that was resident; `getrusage` may tell the parent's, so Linux is asked first."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def train(size, batch, length, steps, dtype, same_batch=False, seed=0):
    torch.manual_seed(seed)
    model = OpenELM(*SIZES[size])
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=RATE / SIZES[size][1], betas=(0.9, 0.95), eps=1e-8, fused=True)
    seconds, losses = [], []
    for step in range(steps):
        if step == 0 or not same_batch:
            tokens = torch.randint(VOCABULARY, (batch, length + 1))
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
            logits = model(tokens[:, :-1])
        loss = F.cross_entropy(logits.float(), tokens[:, 1:].flatten())
        del logits
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    step = statistics.median(seconds[1:])
    return {
        "tokens_per_s": batch * length / step, "step_s": step,
        "peak_rss_gib": peak_bytes() / 2 ** 30, "losses": losses,
        "parameters": sum(p.numel() for p in model.parameters()),
        "threads": torch.get_num_threads(), "torch": torch.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    command = parser.add_subparsers(dest="command", required=True).add_parser("train")
    command.add_argument("--size", choices=SIZES, default="270M")
    command.add_argument("--batch", type=int, default=1)
    command.add_argument("--seq", type=int, default=2048)
    command.add_argument("--steps", type=int, default=4)
    command.add_argument("--dtype", choices=["fp32", "bf16"], default="fp32")
    command.add_argument("--same-batch", action="store_true", help="the loss falls")
    options = parser.parse_args()
    if options.steps < 2 or options.batch < 1:
        parser.error("expected at least 2 steps and 1 sequence")
    if not 1 <= options.seq <= SIZES[options.size][4]:
        parser.error(f"--seq: expected 1 to {SIZES[options.size][4]} tokens")
    print(json.dumps(train(
        options.size, options.batch, options.seq, options.steps, options.dtype, options.same_batch)))


if __name__ == "__main__":
    main()
