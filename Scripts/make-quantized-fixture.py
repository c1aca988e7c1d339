"""Write Tests/KernelsTests/Fixtures/quantized-blocks.json: blocks of every format of GGUF's that Samara reads, with the
numbers that the `gguf` Python package makes of them, and numbers with the blocks that it makes of those.

    python3 -m venv .gguf && .gguf/bin/pip install gguf==0.19.0 numpy
    .gguf/bin/python Scripts/make-quantized-fixture.py

Bytes are random but for scales, which are small numbers, subnormals and zeros of both signs; bytes are written as hexadecimal,
float32 as the eight digits of their bits.
"""

import json
import pathlib

import gguf
import numpy

READ = ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "BF16"]
WRITTEN = ["Q8_0", "Q4_0", "BF16"]
# Where float16 scales stand in a block.
SCALES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q2_K": [80, 82], "Q3_K": [108],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "BF16": []}


def hexadecimal(numbers):
    return numbers.astype(">f4").tobytes().hex()


def main():
    random = numpy.random.default_rng(6)
    decoded = []
    for name in READ:
        kind = gguf.GGMLQuantizationType[name]
        length, size = gguf.GGML_QUANT_SIZES[kind]
        count = 4 if length == 256 else 64 if length == 1 else 6
        blocks = random.integers(0, 256, (count, size), dtype=numpy.uint8)
        if name == "BF16":
            blocks[:, 1] &= 0x3F  # no infinities and no values that are none
        scales = [0.0123, -0.5, 6e-8, -0.0, 3.25, 1e-4]
        for index in range(count):
            for place in SCALES[name]:
                scale = numpy.float16(scales[(index + place) % len(scales)])
                blocks[index, place:place + 2] = numpy.frombuffer(scale.tobytes(), numpy.uint8)
        numbers = gguf.dequantize(blocks.reshape(1, -1), kind)
        decoded.append({"format": name.lower().replace("_k", "_K"), "bytes": blocks.tobytes().hex(),
                        "numbers": hexadecimal(numbers)})
    encoded = []
    rows = random.normal(0, 0.02, (12, 32)).astype(numpy.float32)
    rows[1] = 0
    rows[2] *= 1e-6
    rows[3] *= 1e4
    rows[4, :2] = [0.25, -0.25]  # the same magnitude twice
    rows[5] = numpy.arange(32) - 16  # halves that round
    rows[6] = numpy.round(rows[6] * 512) / 512
    rows[7, 0] = -1e-30
    for name in WRITTEN:
        kind = gguf.GGMLQuantizationType[name]
        blocks = gguf.quantize(rows.reshape(1, -1), kind)
        encoded.append({"format": name.lower(), "numbers": hexadecimal(rows.ravel()), "bytes": blocks.tobytes().hex()})
    target = pathlib.Path(__file__).parent.parent / "Tests/KernelsTests/Fixtures/quantized-blocks.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"decoded": decoded, "encoded": encoded}, indent=1) + "\n")


if __name__ == "__main__":
    main()
