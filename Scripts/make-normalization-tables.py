#!/usr/bin/env python3
"""Writes Sources/Tokenization/UnicodeDecompositions.swift, UnicodeCompatibility.swift and
UnicodeMappings.swift.

  python3 -m venv VENV && VENV/bin/pip install unicodedata2==16.0.0 tokenizers==0.23.3
  VENV/bin/python Scripts/make-normalization-tables.py

The normalization forms of Hugging Face's tokenizers are those of Unicode 9.0 (its library
unicode-normalization-alignments): what later versions added is left out below. Its Lowercase is that
of Rust's standard library, and is asked itself.
"""
import os

import unicodedata2 as ud
from tokenizers import normalizers

assert ud.unidata_version == "16.0.0", ud.unidata_version
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Sources/Tokenization")
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)

# Decompositions and combining classes of versions after 9.0.
LATER_DECOMPOSITIONS = [
    (0x32FF, 0x32FF), (0xA7F2, 0xA7F4), (0xAB69, 0xAB69), (0x105C9, 0x105C9), (0x105E4, 0x105E4),
    (0x10781, 0x107BA), (0x11383, 0x11391), (0x113C5, 0x113C8), (0x11938, 0x11938),
    (0x16121, 0x16128), (0x16D68, 0x16D6A), (0x1CCD6, 0x1CCF9), (0x1E030, 0x1E06D),
    (0x1F16C, 0x1F16C), (0x1FBF0, 0x1FBF9)]
LATER_CLASSES = [
    (0x7FD, 0x7FD), (0x897, 0x89F), (0x8CA, 0x8D3), (0x9FE, 0x9FE), (0xC3C, 0xC3C), (0xD3B, 0xD3C),
    (0xEBA, 0xEBA), (0x1715, 0x1715), (0x1ABF, 0x1ACE), (0x1DF6, 0x1DFA), (0xA82C, 0xA82C),
    (0x10D24, 0x10D27), (0x10D69, 0x10D6D), (0x10EAB, 0x10EAC), (0x10EFD, 0x10EFF),
    (0x10F46, 0x10F50), (0x10F82, 0x10F85), (0x11070, 0x11070), (0x1133B, 0x1133B),
    (0x113CE, 0x113D0), (0x1145E, 0x1145E), (0x11839, 0x1183A), (0x1193D, 0x1193E),
    (0x11943, 0x11943), (0x119E0, 0x119E0), (0x11A34, 0x11A34), (0x11A47, 0x11A47),
    (0x11A99, 0x11A99), (0x11D42, 0x11D42), (0x11D44, 0x11D45), (0x11D97, 0x11D97),
    (0x11F41, 0x11F42), (0x1612F, 0x1612F), (0x16FF0, 0x16FF1), (0x1E08F, 0x1E08F),
    (0x1E130, 0x1E136), (0x1E2AE, 0x1E2AE), (0x1E2EC, 0x1E2EF), (0x1E4EC, 0x1E4EF),
    (0x1E5EE, 0x1E5EF)]


def is_in(ranges, code):
    return any(first <= code <= last for first, last in ranges)


def number(value):
    """Five bits a character, the lowest first; the last one is from A-Z and 0-5."""
    digits = []
    while True:
        digits.append(value & 31)
        value >>= 5
        if value == 0:
            break
    more, last = "abcdefghijklmnopqrstuvwxyz6789+/", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return "".join(more[d] for d in digits[:-1]) + last[digits[-1]]


def mappings(pairs):
    """The distance from the code point before, the count, the code points."""
    text, previous = [], 0
    for code, mapped in pairs:
        text.append(number(code - previous) + number(len(mapped)) + "".join(map(number, mapped)))
        previous = code
    return text


def lines(parts):
    line = ""
    for part in parts:
        if len(line) + len(part) > 94:
            yield line
            line = ""
        line += part
    yield line


def write(file, name, comment, members):
    with open(os.path.join(SOURCES, file), "w") as out:
        out.write(f"{comment}\n///\n/// Written by Scripts/make-normalization-tables.py; `UnicodeNumbers` reads it.\n")
        out.write(f"enum {name} {{\n")
        for index, (member, note, parts) in enumerate(members):
            if index:
                out.write("\n")
            out.write(f"  /// {note}\n  static let {member} = \"\"\"\n")
            out.write("\\\n".join(f"    {line}" for line in lines(parts)) + "\n    \"\"\"\n")
        out.write("}\n")


def codes(text):
    return [ord(c) for c in text]


canonical, compatibility = [], []
for c in SCALARS:
    if c in HANGUL or is_in(LATER_DECOMPOSITIONS, c):
        continue
    nfd, nfkd = ud.normalize("NFD", chr(c)), ud.normalize("NFKD", chr(c))
    if nfd != chr(c):
        canonical.append((c, codes(nfd)))
    if nfkd != nfd:
        compatibility.append((c, codes(nfkd)))
excluded = [c for c, mapped in canonical
            if len(mapped) > 1 and ud.normalize("NFC", chr(c)) != chr(c)]
classes, previous = [], 0
for c in SCALARS:
    if ud.combining(chr(c)) and not is_in(LATER_CLASSES, c):
        classes.append(number(c - previous) + number(ud.combining(chr(c))))
        previous = c
lower = normalizers.Lowercase()
lowercase = [(c, codes(lower.normalize_str(chr(c)))) for c in SCALARS
             if lower.normalize_str(chr(c)) != chr(c)]
steps, previous = [], 0
for c in excluded:
    steps.append(number(c - previous))
    previous = c
detail = "the distance from the code point before, the count of what it becomes, and that."
write("UnicodeDecompositions.swift", "UnicodeDecompositions",
      "/// Canonical decompositions of Unicode 9.0, as far as they go, without Hangul.",
      [("canonical", "Code points in order: " + detail, mappings(canonical)),
       ("excluded", "Distances of the code points that are not composed again.", steps)])
write("UnicodeCompatibility.swift", "UnicodeCompatibility",
      "/// Compatibility decompositions of Unicode 9.0 where they differ from the canonical ones.",
      [("decompositions", "Code points in order: " + detail, mappings(compatibility))])
write("UnicodeMappings.swift", "UnicodeMappings",
      "/// Combining classes of Unicode 9.0, and the lowercase of Rust's standard library.",
      [("combiningClasses", "Code points in order: the distance from the one before, the class.",
        classes),
       ("lowercase", "Code points in order: " + detail, mappings(lowercase))])
