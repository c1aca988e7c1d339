"""A row as one text, the same that `RowDigest.swift` makes of a row that Samara reads.

`null`, `true`, `false`, whole numbers as they are, `d` and the 64 bits of another number in hexadecimal (`dnan`
for any that is none), `m` and the unscaled number of a decimal, `s` or `b` with a count of bytes, a colon and the
bytes of text as they are, of others in hexadecimal, `[…;…]` for a list, `{name=…;…}` for a structure. A map is a list of
structures of a `key` and a `value`; dates and times are the whole numbers that the file has.
"""

import decimal
import struct

import pyarrow as pa
import pyarrow.parquet as pq


def digest(scalar, is_int96=False):
    kind = scalar.type
    if not scalar.is_valid:
        return b"null"
    if isinstance(kind, pa.BaseExtensionType) or pa.types.is_dictionary(kind):
        return digest(scalar.value)
    if is_int96:
        days, nanoseconds = divmod(scalar.value, 86_400 * 10**9)
        return b"b12:" + struct.pack("<QI", nanoseconds, days + 2_440_588).hex().encode()
    if pa.types.is_boolean(kind):
        return b"true" if scalar.as_py() else b"false"
    if pa.types.is_integer(kind):
        return str(scalar.as_py()).encode()
    if pa.types.is_temporal(kind):
        return str(scalar.value).encode()
    if pa.types.is_floating(kind):
        value = scalar.as_py()
        return b"dnan" if value != value else b"d" + struct.pack(">d", value).hex().encode()
    if pa.types.is_decimal(kind):
        with decimal.localcontext() as context:
            context.prec = 100
            return b"m" + str(int(scalar.as_py().scaleb(kind.scale))).encode()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        data = scalar.as_buffer().to_pybytes()
        return b"s%d:" % len(data) + data
    if pa.types.is_map(kind):
        return b"[" + b";".join(
            b"{key=" + digest(entry[0]) + b";value=" + digest(entry[1]) + b"}" for entry in scalar.values) + b"]"
    if isinstance(scalar, pa.ListScalar) or isinstance(scalar, pa.FixedSizeListScalar):
        return b"[" + b";".join(digest(element) for element in scalar.values) + b"]"
    if pa.types.is_struct(kind):
        return b"{" + b";".join(
            kind.field(i).name.encode() + b"=" + digest(scalar[i]) for i in range(kind.num_fields)) + b"}"
    data = scalar.as_buffer().to_pybytes()
    return b"b%d:" % len(data) + data.hex().encode()


def rows(path):
    """The digest of each row of a file, in order."""
    file = pq.ParquetFile(path, page_checksum_verification=True)
    int96 = {file.schema.column(i).path for i in range(len(file.schema)) if file.schema.column(i).physical_type == "INT96"}
    table = file.read()
    names = table.column_names
    columns = [[digest(scalar, name in int96) for scalar in table.column(i)] for i, name in enumerate(names)]
    return [b"{" + b";".join(name.encode() + b"=" + value for name, value in zip(names, row)) + b"}"
            for row in zip(*columns)]
