"""Writes kept_sets.json: which tokens Hugging Face's processors leave to be drawn from.

  python make_kept_sets.py > kept_sets.json        # transformers 5.24, torch 2.15

The scores are float32, the processors work in float64, so that no sum is near enough to a limit to be
rounded over it.
"""
import json
import torch
from transformers.generation.logits_process import (
    MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper,
    TopPLogitsWarper)

CASES = [
    # vocabulary, spread, temperature, top-k, top-p, min-p, penalty
    (300, 3.0, 1.0, 20, 1.0, 0.0, 1.0), (300, 3.0, 1.0, 0, 0.9, 0.0, 1.0),
    (300, 3.0, 1.0, 0, 1.0, 0.05, 1.0), (300, 3.0, 0.7, 40, 0.95, 0.0, 1.0),
    (300, 3.0, 1.7, 40, 0.95, 0.1, 1.0), (300, 3.0, 1.7, 0, 0.8, 0.02, 1.3),
    (257, 0.5, 1.0, 0, 0.5, 0.0, 1.0), (257, 0.5, 0.1, 200, 0.99, 0.001, 0.8),
    (257, 8.0, 2.5, 256, 0.999, 0.0, 1.1), (64, 2.0, 1.0, 64, 0.3, 0.5, 1.0),
    (17, 1.0, 1.0, 5, 0.6, 0.3, 2.0), (300, 3.0, 1.0, 1, 0.9, 0.9, 1.0),
    (300, 3.0, 0.8, 0, 0.001, 0.0, 1.0), (300, 3.0, 0.8, 30, 1.0, 1.0, 1.0),
]


def main():
    torch.manual_seed(17)
    cases = []
    for vocabulary, spread, temperature, top_k, top_p, min_p, penalty in CASES:
        # Multiples of 1/4096 are short decimals in the file.
        scores = (torch.randn(vocabulary) * spread * 4096).round() / 4096
        earlier = torch.randint(vocabulary, (12,))
        steps = [TemperatureLogitsWarper(temperature)] if temperature != 1 else []
        if penalty != 1:
            steps.insert(0, RepetitionPenaltyLogitsProcessor(penalty))
        if top_k:
            steps.append(TopKLogitsWarper(top_k))
        if top_p < 1:
            steps.append(TopPLogitsWarper(top_p))
        if min_p > 0:
            steps.append(MinPLogitsWarper(min_p))
        result = scores.double()[None]
        for step in steps:
            result = step(earlier[None], result)
        cases.append({
            "temperature": temperature, "top_k": top_k, "top_p": top_p, "min_p": min_p,
            "penalty": penalty, "scores": scores.tolist(), "earlier": earlier.tolist(),
            "kept": torch.isfinite(result[0]).nonzero().flatten().tolist(),
            "probabilities": [float(f"{p:.9g}") for p in result[0].softmax(-1).tolist() if p > 0],
        })
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
