"""Writes the small Parquet files of this folder, and their values, with pyarrow 26.0.1.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python make_fixtures.py
"""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(__file__).parent

# One table for all files, so that whatever the codec, the encoding and the pages, the values are these.
texts = ["The elm stands by the river.", "The elm stands by the road.", "", "Ulme — 榆樹 — вяз 🌳", "ü",
         "The elm sheds its seeds in May, before its leaves are out."]
count = 26
rows = []
for i in range(count):
    rows.append({
        "id": i,
        "text": texts[i % len(texts)] + (f" {i}" if i % 4 == 1 else ""),
        "note": None if i % 3 == 0 else texts[(i * 5) % len(texts)],
        "meta": None if i % 7 == 3 else {"source": None if i % 5 == 2 else f"source {i % 4}", "year": 1900 + i},
        "parts": None if i % 8 == 5 else [None if (i + j) % 5 == 4 else f"part {i}.{j}" for j in range(i % 4)],
        "nested": None if i % 9 == 4 else
                  [None if k % 3 == 2 else [f"{i}.{k}.{j}" if j != 1 else None for j in range(k)] for k in range(i % 5)],
        "pairs": None if i % 10 == 6 else [(f"key {j}", None if j == 1 else f"value {i}") for j in range(i % 3)],
        "people": [{"name": None if j == 2 else f"name {i + j}", "age": j} for j in range(i % 4)],
    })
schema = pa.schema([
    pa.field("id", pa.int64()),
    pa.field("text", pa.string(), nullable=False),
    pa.field("note", pa.string()),
    pa.field("meta", pa.struct([("source", pa.string()), ("year", pa.int32())])),
    pa.field("parts", pa.list_(pa.string())),
    pa.field("nested", pa.list_(pa.list_(pa.string()))),
    pa.field("pairs", pa.map_(pa.string(), pa.string())),
    pa.field("people", pa.list_(pa.struct([("name", pa.string()), ("age", pa.int32())]))),
])
table = pa.Table.from_pylist(rows, schema)



def innermost(lists):
    return [] if lists is None else [x for part in lists if part is not None for x in part]


values = {
    "text": [row["text"] for row in rows],
    "note": [row["note"] for row in rows],
    "meta.source": [row["meta"] and row["meta"]["source"] for row in rows],
    "parts.list.element": [row["parts"] or [] for row in rows],
    "nested.list.element.list.element": [innermost(row["nested"]) for row in rows],
    "pairs.key_value.key": [[key for key, _ in row["pairs"] or []] for row in rows],
    "pairs.key_value.value": [[value for _, value in row["pairs"] or []] for row in rows],
    "people.list.element.name": [[person["name"] for person in row["people"]] for row in rows],
}
with open(folder / "values.json", "w", encoding="utf-8") as file:
    json.dump(values, file, ensure_ascii=False, indent=0)
    file.write("\n")

strings = [path for path in values]
plain = dict(use_dictionary=False)
small = dict(row_group_size=10, data_page_size=100, write_batch_size=4, store_schema=False, write_statistics=False)


def write(name, table=table, **settings):
    pq.write_table(table, folder / f"{name}.parquet", **{**small, **settings})


for version in ["1.0", "2.0"]:
    digit = version[0]
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        write(f"v{digit}-{codec}", compression=codec, data_page_version=version, write_page_checksum=codec in ("none", "zstd"))
    for encoding in ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]:
        write(f"v{digit}-{encoding.lower()}", compression="snappy", data_page_version=version, use_dictionary=False,
              column_encoding={path: encoding for path in strings})

# A dictionary that becomes too large in the middle of a chunk.
write("dictionary-fallback", compression="none", dictionary_pagesize_limit=60, row_group_size=count)
# Elements of lists called as they were before Parquet 2.4 said how; one page a chunk; an index of pages.
write("one-page", compression="zstd", row_group_size=count, data_page_size=1 << 20, write_batch_size=1024,
      write_page_index=True, write_statistics=True)
write("empty", table=table.slice(0, 0), compression="snappy")
with pq.ParquetWriter(folder / "empty-row-group.parquet", schema, compression="snappy", store_schema=False) as writer:
    for part in [table.slice(0, 12), table.slice(0, 0), table.slice(12)]:
        writer.write_table(part)
write("nulls", table=pa.table({"text": pa.array([None] * 3000, pa.string()),
                               "list": pa.array([None, []] * 1500, pa.list_(pa.string()))}),
      row_group_size=3000, data_page_size=1 << 20, write_batch_size=1024)
# Enough rows that a batch, a run and a miniblock end within a page.
many = pa.table({"text": pa.array([None if i % 7 == 0 else f"row {i * i}" for i in range(3000)]),
                 "list": pa.array([[f"{i}.{j}" for j in range(i % 3)] for i in range(3000)])})
for name, settings in {
    "many-plain": dict(use_dictionary=False),
    "many-dictionary": dict(dictionary_pagesize_limit=8000),
    "many-delta_length_byte_array": dict(use_dictionary=False, column_encoding={
        "text": "DELTA_LENGTH_BYTE_ARRAY", "list.list.element": "DELTA_LENGTH_BYTE_ARRAY"}),
    "many-delta_byte_array": dict(use_dictionary=False, column_encoding={
        "text": "DELTA_BYTE_ARRAY", "list.list.element": "DELTA_BYTE_ARRAY"}),
}.items():
    write(name, table=many, compression="zstd", row_group_size=2500, data_page_size=8000, write_batch_size=200, **settings)
# Bytes that are not said to be text, one row of them none, and columns of other kinds.
binary = pa.table({"bytes": pa.array([b"elm", "Ülme".encode(), b"\xc3", b"", None, b"ok", b"caf\xe9 au lait"], pa.binary()),
                   "broken": pa.array([b"\xe6\xa6", b"\x86 elm", b"a", b"b", b"c", b"d", b"e"], pa.binary()),
                   "code": pa.array([b"abcd"] * 7, pa.binary(4)), "number": pa.array(range(7)),
                   "price": pa.array([None] * 7, pa.decimal128(7, 2))})
for name, settings in {"bytes-plain": dict(use_dictionary=False), "bytes-dictionary": {},
                       "bytes-delta_length_byte_array": dict(use_dictionary=False, column_encoding={
                           "bytes": "DELTA_LENGTH_BYTE_ARRAY", "broken": "DELTA_LENGTH_BYTE_ARRAY"}),
                       "bytes-delta_byte_array": dict(use_dictionary=False, column_encoding={
                           "bytes": "DELTA_BYTE_ARRAY", "broken": "DELTA_BYTE_ARRAY"})}.items():
    write(name, table=binary, compression="none", data_page_size=1 << 20, write_batch_size=1024, **settings)
