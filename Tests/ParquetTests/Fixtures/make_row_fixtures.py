"""Writes rows-*.parquet, and rows.json with the digest (`row_digest.py`) of each row, with pyarrow 26.0.1.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python make_row_fixtures.py
"""

import datetime
import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

from row_digest import rows as digests

folder = pathlib.Path(__file__).parent


def sometimes(i, every, value):
    """A value, or null in one of `every` rows."""
    return None if i % every == every - 1 else value


# Numbers as far apart as they can be make differences of all widths.
wide32 = [0, 2**31 - 1, -(2**31), 5, -1, 1 << 20]
wide64 = [2**63 - 1, -(2**63), 0, 1 << 40, -7, 12]
floats = [0.0, -0.0, 1.5, float("inf"), float("nan"), -3.0517578125e-05, 6e-08, 65504.0]
types = {
    "flag": pa.bool_(), "tiny": pa.int8(), "byte": pa.uint8(), "count": pa.uint32(), "large": pa.uint64(),
    "number": pa.int32(), "id": pa.int64(), "half": pa.float16(), "single": pa.float32(), "double": pa.float64(),
    "day": pa.date32(), "time": pa.timestamp("us", tz="UTC"), "code": pa.binary(5), "price": pa.decimal128(20, 3),
    "text": pa.string(), "raw": pa.binary(),
    "choices": pa.struct([("text", pa.list_(pa.string())), ("label", pa.list_(pa.int64()))]),
    "kwargs": pa.list_(pa.struct([("count", pa.int64()), ("words", pa.list_(pa.string())), ("note", pa.string())])),
    "scores": pa.map_(pa.string(), pa.list_(pa.int32())),
    "deep": pa.list_(pa.list_(pa.struct([("at", pa.struct([("x", pa.list_(pa.int32())), ("y", pa.bool_())]))]))),
}


def row(i):
    return {
        "flag": sometimes(i, 5, i % 3 == 0), "tiny": i - 15, "byte": 255 - i, "count": 2**32 - 1 - i * i,
        "large": 2**64 - 1 - i if i % 2 else i, "number": sometimes(i, 7, wide32[i % 6]), "id": wide64[i * 5 % 6],
        "half": sometimes(i, 6, floats[i % 8]), "single": floats[i * 3 % 8], "double": sometimes(i, 4, floats[i % 8] * 0.1),
        "day": datetime.date(2000 + i, 1, 1), "time": sometimes(i, 8, 10**15 + i),
        "code": sometimes(i, 9, f"c{i % 4:04}".encode()), "price": decimal.Decimal(i * 10**6 - 12_000_345).scaleb(-3),
        "text": sometimes(i, 10, ["The elm — 榆樹 🌳", "", "seed"][i % 3]), "raw": sometimes(i, 3, bytes([255, i, 0])),
        "choices": sometimes(i, 11, {"text": [f"answer {j}" for j in range(i % 5)],
                                     "label": sometimes(i, 4, [sometimes(j, 3, j) for j in range(i % 5)])}),
        "kwargs": sometimes(i, 6, [sometimes(i + j, 4, {"count": sometimes(j, 2, i), "note": sometimes(i, 2, "n"),
                                                        "words": sometimes(i + j, 5, ["w"] * (j + i % 2))})
                                   for j in range(i % 4)]),
        "scores": sometimes(i, 7, [(f"k{j}", sometimes(j, 2, list(range(j + i % 3)))) for j in range(i % 3)]),
        "deep": sometimes(i, 8, [sometimes(i + k, 5, [sometimes(i + j, 6, {"at": sometimes(j, 3, {
            "x": sometimes(i + j, 4, [sometimes(x, 2, x) for x in range(i % 3)]), "y": i % 2 == 0})})
            for j in range((i + k) % 3)]) for k in range(i % 3)]),
    }


def table_of(rows):
    arrays = []
    for name, kind in types.items():
        values = [row[name] for row in rows]
        if name == "time":
            arrays.append(pa.array(values, pa.int64()).cast(kind))
        else:
            arrays.append(pa.array(values, kind))
    required = {"id", "large"}
    schema = pa.schema([pa.field(name, kind, nullable=name not in required) for name, kind in types.items()])
    return pa.Table.from_arrays(arrays, schema=schema)


table = table_of([row(i) for i in range(30)])
result = {}


def leaves(kind, path):
    if pa.types.is_map(kind):
        return leaves(kind.key_type, f"{path}.key_value.key") | leaves(kind.item_type, f"{path}.key_value.value")
    if pa.types.is_list(kind):
        return leaves(kind.value_type, f"{path}.list.element")
    if pa.types.is_struct(kind):
        found = {}
        for i in range(kind.num_fields):
            found |= leaves(kind.field(i).type, f"{path}.{kind.field(i).name}")
        return found
    return {path: kind}


columns = {path: kind for name, kind in types.items() for path, kind in leaves(kind, name).items()}


def encodings(choose):
    return {path: encoding for path, kind in columns.items() if (encoding := choose(kind))}


def is_whole(kind):
    return pa.types.is_integer(kind) or pa.types.is_temporal(kind)


def is_fixed(kind):
    return pa.types.is_fixed_size_binary(kind) or pa.types.is_decimal(kind) or kind == pa.float16()


def deltas(kind):
    if is_whole(kind):
        return "DELTA_BINARY_PACKED"
    if pa.types.is_boolean(kind):
        return "RLE"
    if pa.types.is_string(kind):
        return "DELTA_LENGTH_BYTE_ARRAY"
    return "DELTA_BYTE_ARRAY" if is_fixed(kind) or pa.types.is_binary(kind) else None


def split(kind):
    return "BYTE_STREAM_SPLIT" if is_whole(kind) or is_fixed(kind) or pa.types.is_floating(kind) else None


def write(name, table=table, **settings):
    path = folder / f"rows-{name}.parquet"
    pq.write_table(table, path, **{**dict(row_group_size=12, data_page_size=100, write_batch_size=4, store_schema=False,
                                          write_statistics=False), **settings})
    result[path.name] = [digest.decode() for digest in digests(path)]


for version in ["1.0", "2.0"]:
    digit = version[0]
    write(f"v{digit}-plain", use_dictionary=False, data_page_version=version, compression="snappy")
    write(f"v{digit}-dictionary", data_page_version=version, compression="zstd")
    write(f"v{digit}-delta", use_dictionary=False, column_encoding=encodings(deltas), data_page_version=version,
          compression="zstd")
    write(f"v{digit}-split", use_dictionary=False, column_encoding=encodings(split), data_page_version=version,
          compression="none")
write("legacy-lists", use_compliant_nested_type=False, store_decimal_as_integer=True, compression="zstd")
# Lists that go on from one batch to the next, and from one page to the next.
long = [{"kwargs": [{"count": j, "words": ["w"] * (j % 3), "note": None} for j in range(700 if i in (1, 3) else i % 2)]}
        for i in range(900)]
write("long-lists", pa.Table.from_pylist(long, pa.schema([("kwargs", types["kwargs"])])), compression="zstd",
      row_group_size=600, data_page_size=500, write_batch_size=100, use_dictionary=False)

# What all files but the last hold is written down once.
assert all(result[name] == result["rows-v1-plain.parquet"] for name in result if name != "rows-long-lists.parquet")
with open(folder / "rows.json", "w", encoding="utf-8") as out:
    json.dump(result["rows-v1-plain.parquet"], out, ensure_ascii=False, indent=0)
    out.write("\n")
