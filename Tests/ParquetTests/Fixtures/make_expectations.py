"""Writes expectations.json: what pyarrow 26.0.1 reads from files that lie beside a checkout.

    venv/bin/python make_expectations.py FOLDER-OF-PARQUET-TESTING FOLDER-OF-CORPORA

For each file and each of its columns of bytes: how many rows there are, and the CRC-32 of their
values: for each row `T`, the length in four bytes, the least significant first, and the bytes of each
text, `N` for a null, `X` for bytes that are not UTF-8 (such a row is `X` alone, and so is a row of a
list that has such an element), then a full stop.
"""

import glob
import json
import os
import pathlib
import sys
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

testing, corpora = sys.argv[1:]
# Its one column takes 2 GiB: it has a test of its own.
left_out = {"large_string_map.brotli.parquet"}


def leaves(kind, value):
    """The values of the one leaf under `value`, as bytes or None."""
    if pa.types.is_map(kind):
        part = kind.key_type if only == "key" else kind.item_type
        return [] if value is None else [x for key, item in value for x in leaves(part, key if only == "key" else item)]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [] if value is None else [x for element in value for x in leaves(kind.value_type, element)]
    if pa.types.is_struct(kind):
        assert kind.num_fields == 1, kind
        field = kind.field(0)
        return leaves(field.type, None if value is None else value[field.name])
    return [value]



def row_bytes(entries):
    out = b""
    for entry in entries:
        if entry is None:
            out += b"N"
            continue
        data = entry.encode() if isinstance(entry, str) else entry
        try:
            data.decode()
        except UnicodeDecodeError:
            return b"X."
        out += b"T" + len(data).to_bytes(4, "little") + data
    return out + b"."


result = {"pyarrow": pa.__version__, "files": {}}
files = sorted(glob.glob(f"{testing}/data/*.parquet")) + sorted(glob.glob(f"{corpora}/paragraphs/*.parquet"))
for path in files:
    name = os.path.basename(path)
    if name in left_out:
        continue
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except Exception as error:
        print(name, "not opened:", error, file=sys.stderr)
        continue
    columns = {}
    for index in range(len(file.schema)):
        column = file.schema.column(index)
        if column.physical_type != "BYTE_ARRAY" or column.converted_type in ("DECIMAL", "BSON"):
            continue
        only = column.path.split(".")[-1]
        try:
            table = file.read(columns=[column.path])
            assert table.num_columns == 1, table.schema
            crc = 0
            for value in table.column(0):
                crc = zlib.crc32(row_bytes(leaves(table.schema.field(0).type, value.as_py())), crc)
            columns[column.path] = {"rows": table.num_rows, "crc32": crc}
        except Exception as error:
            print(name, column.path, "not read:", repr(error)[:300], file=sys.stderr)
    if columns:
        result["files"][name] = columns
with open(pathlib.Path(__file__).parent / "expectations.json", "w", encoding="utf-8") as out:
    json.dump(result, out, indent=0, ensure_ascii=False)
    out.write("\n")
