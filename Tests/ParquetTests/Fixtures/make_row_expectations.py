"""Writes row-expectations.json: what pyarrow 26.0.1 reads from files that lie beside a checkout.

    venv/bin/python make_row_expectations.py FOLDER-OF-PARQUET-TESTING FOLDER-OF-BENCHMARKS

For each file how many rows there are, and the CRC-32 of their digests (`row_digest.py`), a line break behind each.
"""

import json
import pathlib
import sys
import zlib

import pyarrow as pa

from row_digest import rows

testing, benchmarks = map(pathlib.Path, sys.argv[1:])
# The first takes 2 GiB; timestamps of 96 bits that 64 cannot hold have a test of their own.
left_out = {"large_string_map.brotli.parquet", "int96_from_spark.parquet"}

result = {"pyarrow": pa.__version__, "testing": {}, "benchmarks": {}}
for part, folder, pattern in [("testing", testing, "data/**/*.parquet"), ("benchmarks", benchmarks, "**/*.parquet")]:
    for path in sorted(folder.glob(pattern)):
        if path.name in left_out:
            continue
        try:
            found = rows(path)
        except Exception as error:
            print(path.name, "not read:", repr(error)[:300], file=sys.stderr)
            continue
        crc = zlib.crc32(b"".join(row + b"\n" for row in found))
        result[part][str(path.relative_to(folder))] = {"rows": len(found), "crc32": crc}
with open(pathlib.Path(__file__).parent / "row-expectations.json", "w", encoding="utf-8") as out:
    json.dump(result, out, indent=0, ensure_ascii=False)
    out.write("\n")
