#!/usr/bin/env python3
"""Writes Sources/Tokenization/UnicodeCategories.swift.

  python3 -m venv VENV && VENV/bin/pip install unicodedata2==16.0.0
  VENV/bin/python Scripts/make-unicode-tables.py

The version is the one that tiktoken 0.14 (fancy-regex) and tokenizers 0.23 (Oniguruma) use: both were
asked about every code point.
"""
import os

import unicodedata2

VERSION = "16.0.0"
assert unicodedata2.unidata_version == VERSION, unicodedata2.unidata_version
target = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../Sources/Tokenization/UnicodeCategories.swift")

names = sorted({unicodedata2.category(chr(c)) for c in range(0x110000)})
runs, previous = [], None
for code in range(0x110000):
    category = unicodedata2.category(chr(code))
    if category == previous:
        runs[-1][1] += 1
    else:
        runs.append([category, 1])
        previous = category


def written(category, length):
    text = chr(0x41 + names.index(category))
    if length == 1:
        return text
    while length:
        text += chr(0x61 + length % 26)
        length //= 26
    return text


text = "".join(written(*run) for run in runs)
# A backslash would have to be doubled in Swift.
text = text.replace("\\", "\\\\")
lines, line = [], ""
for run in runs:
    part = written(*run).replace("\\", "\\\\")
    if len(line) + len(part) > 95:
        lines.append(line)
        line = ""
    line += part
lines.append(line)
with open(target, "w") as file:
    file.write(f"""/// The general category of every code point in Unicode {VERSION}.
///
/// Written by Scripts/make-unicode-tables.py.
enum UnicodeCategories {{
  static let names = [
""")
    for start in range(0, len(names), 12):
        file.write("    " + ", ".join(f'"{name}"' for name in names[start:start + 12]) + ",\n")
    file.write("""  ]

  /// Runs of one category: `A` plus its place in `names`, then the length in base 26 with digits from
  /// `a`, the lowest first; no digits mean 1.
  static let runs = \"\"\"
""")
    file.write("\\\n".join("    " + line for line in lines) + "\n    \"\"\"\n}\n")
