"""Hold GGUF files of an OpenELM against llama.cpp itself.

    python3 Tests/Interop/check_gguf.py --model f32.gguf --expect expected.json [--text TEXT] \\
        [--others bf16.gguf q8_0.gguf q4_0.gguf] [--limit 0.03] [--quantize FOLDER]

`expected.json` holds `texts`, a list of `{"text": …, "ids": […]}` without the start token; `prompt`, token ids; and
`continuation`, what a greedy model writes after them. With llama-cpp-python it
- loads the model with its tokenizer, and tokenizes every text to the same ids, and back to the same text;
- continues the prompt greedily in float32, keys and values too, to the same ids;
- with --text, takes the perplexity of a text's first 16,384 tokens in windows of 512, start token first, for the
  model and for --others, which may be above the model's by --limit of it at most;
- with --quantize, lets llama.cpp's own quantizer make q8_0, q4_0, q4_K_M, q5_K_M and q6_K of the model in that folder,
  and takes their perplexities too.
Exits with 0 if all agree, 1 if not, and 77 with a reason if llama-cpp-python is not installed.
"""

import argparse
import json
import os
import sys

SKIPPED = 77
WINDOW = 512
TOKENS = 16_384
# llama_ftype
QUANTIZED = {"q8_0": 7, "q4_0": 2, "q4_K_M": 15, "q5_K_M": 17, "q6_K": 18}

try:
    import ctypes

    import llama_cpp
    import numpy
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAILED:", message)


def load(path):
    # F32 keys and values, or a greedy continuation depends on their rounding.
    return llama_cpp.Llama(path, n_ctx=WINDOW, n_batch=WINDOW, n_ubatch=WINDOW, logits_all=True, verbose=False,
                           type_k=0, type_v=0, n_threads=1, n_threads_batch=1)


def check_texts(model, texts):
    for case in texts:
        ids = model.tokenize(case["text"].encode(), add_bos=False, special=False)
        check(ids == case["ids"], f"{case['text'][:60]!r}: expected ids {case['ids'][:20]}, llama.cpp has {ids[:20]}")
        # The mark of a space cannot be told from a space; one in front of a text is left out or not.
        text = model.detokenize(ids)
        expected = case["text"].replace("\u2581", " ").encode()
        check(text.lstrip(b" ") == expected.lstrip(b" "),
              f"{case['text'][:60]!r}: comes back as {text[:60]!r}")
    print(f"{len(texts)} texts, {sum(len(case['ids']) for case in texts)} ids")


def continued(model, prompt, count):
    model.reset()
    model.eval(prompt)
    ids = []
    while len(ids) < count:
        ids.append(int(numpy.argmax(model.scores[model.n_tokens - 1])))
        model.eval(ids[-1:])
    return ids


def perplexity(model, text):
    ids = model.tokenize(text, add_bos=False, special=False)[:TOKENS]
    start = model.token_bos()
    total, count = 0.0, 0
    for first in range(0, len(ids), WINDOW - 1):
        window = ids[first:first + WINDOW - 1]
        model.reset()
        model.eval([start] + window[:-1])
        logits = model.scores[:len(window)]
        largest = logits.max(axis=-1, keepdims=True)
        # Sums of float32 exponentials in float64: their errors are far below what quantization does.
        sums = numpy.exp(logits - largest).sum(axis=-1, dtype=numpy.float64)
        targets = logits[numpy.arange(len(window)), window]
        total += float((numpy.log(sums) + largest[:, 0] - targets).sum())
        count += len(window)
    return float(numpy.exp(total / count)), count


def quantize(source, target, kind):
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = kind
    parameters.nthread = 1
    code = llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(parameters))
    check(code == 0, f"llama.cpp's quantizer gave {code} for {target}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--expect")
    parser.add_argument("--text")
    parser.add_argument("--others", nargs="*", default=[])
    parser.add_argument("--limit", type=float, default=0.03)
    parser.add_argument("--quantize")
    arguments = parser.parse_args()

    model = load(arguments.model)
    if arguments.expect:
        with open(arguments.expect) as file:
            expected = json.load(file)
        check_texts(model, expected["texts"])
        ids = continued(model, expected["prompt"], len(expected["continuation"]))
        check(ids == expected["continuation"], f"expected to continue with {expected['continuation']}, found {ids}")
        print(f"{len(ids)} greedy tokens after {len(expected['prompt'])}: {ids}")
    if arguments.text:
        with open(arguments.text, "rb") as file:
            text = file.read()
        base, count = perplexity(model, text)
        print(f"{base:9.4f}  {os.path.getsize(arguments.model):>10} bytes  {arguments.model} ({count} tokens)")
        del model
        for path in arguments.others:
            value, _ = perplexity(load(path), text)
            print(f"{value:9.4f}  {os.path.getsize(path):>10} bytes  {path} ({100 * (value / base - 1):+.2f} %)")
            check(value <= base * (1 + arguments.limit), f"{path}: a perplexity of {value}, {base} in float32")
        for name, kind in QUANTIZED.items() if arguments.quantize else ():
            path = os.path.join(arguments.quantize, f"llama-{name}.gguf")
            quantize(arguments.model, path, kind)
            value, _ = perplexity(load(path), text)
            print(f"{value:9.4f}  {os.path.getsize(path):>10} bytes  {path} ({100 * (value / base - 1):+.2f} %)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
