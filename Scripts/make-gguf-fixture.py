"""Write Tests/GGUFTests/Fixtures/values.gguf with the `gguf` Python package: a value of every type, arrays, and tensors.

    python3 -m venv .gguf && .gguf/bin/pip install gguf==0.19.0 numpy
    .gguf/bin/python Scripts/make-gguf-fixture.py

Samara's writer makes the same bytes of the same content, and its reader the same content of the bytes.
"""

import pathlib

import gguf
import numpy


def main():
    target = pathlib.Path(__file__).parent.parent / "Tests/GGUFTests/Fixtures/values.gguf"
    target.parent.mkdir(exist_ok=True)
    writer = gguf.GGUFWriter(target, "openelm")
    writer.add_uint8("a.uint8", 200)
    writer.add_int8("a.int8", -100)
    writer.add_uint16("a.uint16", 60_000)
    writer.add_int16("a.int16", -30_000)
    writer.add_uint32("a.uint32", 4_000_000_000)
    writer.add_int32("a.int32", -2_000_000_000)
    writer.add_float32("a.float32", 0.1)
    writer.add_bool("a.bool", True)
    writer.add_string("a.string", "elm \u2581 \u00e9 \U0001f333")
    writer.add_uint64("a.uint64", 2**64 - 1)
    writer.add_int64("a.int64", -(2**63))
    writer.add_float64("a.float64", 0.1)
    writer.add_array("a.strings", ["one", "", "\u0000 three"])
    writer.add_array("a.int32s", [1, -2, 3])
    writer.add_array("a.float32s", [0.5, -0.25])
    writer.add_array("a.bools", [True, False])
    writer.add_tensor("vector", numpy.arange(5, dtype=numpy.float32))
    writer.add_tensor("matrix", numpy.arange(6, dtype=numpy.float16).reshape(2, 3))
    blocks = gguf.quantize(numpy.linspace(-1, 1, 128, dtype=numpy.float32).reshape(2, 64),
                           gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("blocks", blocks, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
