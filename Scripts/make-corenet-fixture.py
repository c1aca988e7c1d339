"""Makes the training checkpoints of `Tests/InterchangeTests/Fixtures` with PyTorch's own AdamW.

    python3 Scripts/make-corenet-fixture.py Tests/InterchangeTests/Fixtures

A tiny OpenELM with CoreNet's names and order of parameters (`general_gpt.py` and `checkpoint_utils.py` of
https://github.com/apple/corenet) takes four steps, is saved as CoreNet saves its training state, and takes three more.
`adamw.pt` and `fused.pt` are the states after four steps of the two kinds of AdamW; `continued.pt` has the tokens of
the three steps, and the weights and losses that PyTorch came to. The second file's names bear `module.`, as where a
model that is trained over several processes is saved whole.
"""
import math
import sys
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, WIDTH, HEAD, GROUPS, CONTEXT = 48, 16, 4, 2, 32
HEADS, INNER = [2, 4], [8, 16]
WARMUP, MAXIMUM, MINIMUM, INITIAL, STEPS = 3, 0.01, 0.001, 1e-6, 20


def rotate(x, cosine, sine):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)


class Attention(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.heads, self.keys = heads, heads // GROUPS
        self.qkv_proj = nn.Linear(WIDTH, (heads + 2 * self.keys) * HEAD, bias=False)
        self.q_norm, self.k_norm = nn.RMSNorm(HEAD, eps=1e-6), nn.RMSNorm(HEAD, eps=1e-6)
        self.out_proj = nn.Linear(heads * HEAD, WIDTH, bias=False)

    def forward(self, x, cosine, sine):
        batch, length, _ = x.shape
        y = self.qkv_proj(x).view(batch, length, -1, HEAD).transpose(1, 2)
        q, k, v = y.split([self.heads, self.keys, self.keys], 1)
        q, k = rotate(self.q_norm(q), cosine, sine), rotate(self.k_norm(k), cosine, sine)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.out_proj(y.transpose(1, 2).reshape(batch, length, -1))


class FeedForward(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.proj_1 = nn.Linear(WIDTH, 2 * inner, bias=False)
        self.proj_2 = nn.Linear(inner, WIDTH, bias=False)

    def forward(self, x):
        gate, up = self.proj_1(x).chunk(2, -1)
        return self.proj_2(F.silu(gate) * up)


class Layer(nn.Module):
    def __init__(self, heads, inner):
        super().__init__()
        self.attn, self.ffn = Attention(heads), FeedForward(inner)
        self.ffn_norm, self.attn_norm = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)

    def forward(self, x, cosine, sine):
        x = x + self.attn(self.attn_norm(x), cosine, sine)
        return x + self.ffn(self.ffn_norm(x))


class OpenELM(nn.Module):
    def __init__(self):
        super().__init__()
        self.token_embeddings = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList(Layer(heads, inner) for heads, inner in zip(HEADS, INNER))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-6)
        angles = torch.outer(torch.arange(CONTEXT), 10_000 ** (-torch.arange(0, HEAD, 2) / HEAD))
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        for name, parameter in self.named_parameters():
            if "norm" in name:  # Unlike each other, so that a mistaken order shows.
                nn.init.uniform_(parameter, 0.5, 1.5)
            else:
                nn.init.normal_(parameter, std=WIDTH ** -0.5)

    def forward(self, tokens):
        x, length = self.token_embeddings(tokens), tokens.shape[1]
        for layer in self.layers:
            x = layer(x, self.cosine[:length], self.sine[:length])
        return F.linear(self.norm(x), self.token_embeddings.weight)


def rate(step):
    if step < WARMUP:
        return INITIAL + step * (MAXIMUM - INITIAL) / WARMUP
    progress = min(1, (step - WARMUP) / (STEPS - WARMUP + 1))
    return MINIMUM + 0.5 * (MAXIMUM - MINIMUM) * (1 + math.cos(math.pi * progress))


def take_step(model, optimizer, tokens, step):
    for group in optimizer.param_groups:
        group["lr"] = rate(step)
    logits = model(tokens[:, :-1]).flatten(0, 1)
    loss = F.cross_entropy(logits, tokens[:, 1:].flatten())
    loss = loss + 1e-4 * logits.logsumexp(-1).square().mean()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def run(folder, name, prefix, fused):
    torch.manual_seed(6)
    model = OpenELM()
    matrices = [p for p in model.parameters() if p.ndim != 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        lr=MAXIMUM, betas=(0.9, 0.95), eps=1e-8, fused=fused)
    tokens = torch.randint(VOCABULARY, (7, 2, 17))
    for step in range(4):
        take_step(model, optimizer, tokens[step], step)
    state = OrderedDict((prefix + key, value) for key, value in model.state_dict().items())
    torch.save({
        "iterations": 4, "epoch": 0, "model_state_dict": state, "optim_state_dict": optimizer.state_dict(),
        "best_metric": math.inf, "is_interval_ckpt": True, "gradient_scaler_state_dict": {},
    }, f"{folder}/{name}.pt")
    losses = [take_step(model, optimizer, tokens[step], step) for step in range(4, 7)]
    return tokens[4:], {"losses": losses, "weights": model.state_dict()}


def main():
    folder = sys.argv[1]
    tokens, plain = run(folder, "adamw", "", fused=False)
    _, fused = run(folder, "fused", "module.", fused=True)
    torch.save({"tokens": tokens.to(torch.int32), "adamw": plain, "fused": fused}, f"{folder}/continued.pt")


main()
