"""Hold an MLX folder against mlx-lm itself.

    python3 Tests/Interop/check_mlx.py FOLDER --prompt TEXT --prompt-tokens 1,2,3 --expected 4,5,6
    python3 Tests/Interop/check_mlx.py FOLDER --quantize OUT --bits 4 --group 64 --type bfloat16
    python3 Tests/Interop/check_mlx.py FOLDER --dequantized OTHER

The first loads the folder with mlx-lm on the CPU, encodes the prompt with the folder's tokenizer, and generates greedily:
both must give the tokens expected. The second quantizes the folder as `mlx_lm.convert` does. The third compares every
weight of a quantized folder, dequantized by `mlx.core`, with that of a plain folder, to the bit.
Exits with 0 if all agree, 1 if not, and 77 with a reason if a library is not installed.
"""
import argparse, json, os, sys

SKIPPED = 77
try:
    import mlx.core as mx
    from mlx_lm import load, stream_generate
    from mlx_lm.convert import convert
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)


def numbers(text):
    return [int(word) for word in text.split(",")]


def check_generation(arguments):
    model, tokenizer = load(arguments.folder)
    prompt, expected = numbers(arguments.prompt_tokens), numbers(arguments.expected)
    found = tokenizer.encode(arguments.prompt)
    if found != prompt:
        print(f"the folder's tokenizer gives {found}, expected {prompt}")
        return 1
    generated = [
        step.token for step in stream_generate(model, tokenizer, prompt, max_tokens=len(expected))
    ]
    same = sum(a == b for a, b in zip(generated, expected))
    print(f"{same} of {len(expected)} greedy tokens are the same")
    return 0 if generated == expected else 1


def check_dequantized(arguments):
    with open(os.path.join(arguments.folder, "config.json")) as file:
        settings = json.load(file)["quantization"]
    packed = mx.load(os.path.join(arguments.folder, "model.safetensors"))
    plain = mx.load(os.path.join(arguments.dequantized, "model.safetensors"))
    wrong = []
    for name, weight in plain.items():
        expected, scales = packed[name], name.replace("weight", "scales")
        if scales in packed:
            expected = mx.dequantize(
                expected, packed[scales], packed[name.replace("weight", "biases")],
                group_size=settings["group_size"], bits=settings["bits"])
        if expected.dtype != weight.dtype or not mx.array_equal(expected, weight).item():
            wrong.append(name)
    print(f"{len(plain) - len(wrong)} of {len(plain)} weights are the same to the bit")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    for name in ("--prompt", "--prompt-tokens", "--expected", "--quantize", "--dequantized"):
        parser.add_argument(name)
    parser.add_argument("--bits", type=int, default=4)
    parser.add_argument("--group", type=int, default=64)
    parser.add_argument("--type", default="bfloat16")
    arguments = parser.parse_args()
    mx.set_default_device(mx.cpu)
    if arguments.quantize:
        convert(arguments.folder, arguments.quantize, quantize=True, q_bits=arguments.bits,
                q_group_size=arguments.group, dtype=arguments.type)
        sys.exit(0)
    sys.exit(check_dequantized(arguments) if arguments.dequantized else check_generation(arguments))


main()
