"""Write the tables that tell sentences and languages apart, from the packages that they come from.

    python3 Scripts/make_language_data.py --punkt FOLDER

FOLDER is NLTK's model of English sentences (`punkt_tab/english`); langdetect 1.0.9 has to be
installed. Writes Sources/Evaluation/Sentences/PunktEnglish.swift and
Sources/Evaluation/Languages/LanguageProfileData.swift; NOTICE names both sources.
"""

import argparse
import base64
import collections
import json
import math
import pathlib
import zlib

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "Evaluation"
# Levels of a probability: powers of two, and how many of them.
LEVELS_PER_OCTAVE = 6


def literal(name, comment, text):
    assert '"###' not in text and '\\###' not in text
    return f'  /// {comment}\n  static let {name}: StaticString = ###"""\n{text}\n"""###\n'


def lines(path):
    return path.read_text(encoding="utf-8").split("\n")


def write_punkt(folder):
    words = collections.defaultdict(list)
    for line in lines(folder / "ortho_context.tab"):
        word, flags = line.split("\t")
        # No token has blanks, so that the few such entries are never asked for.
        if word and not any(character.isspace() for character in word):
            words[int(flags)].append(word)
    orthographies = "\n".join(f"{flags} " + " ".join(sorted(words[flags])) for flags in sorted(words))
    text = "// swift-format-ignore-file\n"
    text += "// Written by Scripts/make_language_data.py from NLTK's punkt_tab; see NOTICE.\n\n"
    text += "/// Punkt's model of English, trained on the Wall Street Journal by J. Strunk and T. Kiss.\n"
    text += "enum PunktEnglish {\n"
    text += literal("abbreviations", "Without their last point.", "\n".join(sorted(lines(folder / "abbrev_types.txt"))))
    text += literal("collocations", "Pairs that belong to one sentence.", "\n".join(sorted(lines(folder / "collocations.tab"))))
    text += literal("sentenceStarters", "Words that often begin one.", "\n".join(sorted(lines(folder / "sent_starters.txt"))))
    text += literal("orthographies", "Flags, and the words that have them.", orthographies)
    text += "}\n"
    (SOURCES / "Sentences" / "PunktEnglish.swift").write_text(text, encoding="utf-8")


def write_profiles():
    import langdetect
    from langdetect.utils import ngram

    folder = pathlib.Path(langdetect.__file__).parent / "profiles"
    languages = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    rows = collections.defaultdict(dict)
    for number, language in enumerate(languages):
        profile = json.loads((folder / language).read_text(encoding="utf-8"))
        for gram, count in profile["freq"].items():
            share = count / profile["n_words"][len(gram) - 1]
            rows[gram][number] = min(255, round(-math.log2(share) * LEVELS_PER_OCTAVE))
    streams = [bytearray() for _ in range(5)]
    shapes, scalars, counts, steps, levels = streams
    last = ""
    for gram in sorted(rows):
        shared = 0
        while shared < min(len(last), len(gram)) and last[shared] == gram[shared]:
            shared += 1
        last = gram
        shapes.append(shared * 4 + len(gram))
        for character in gram[shared:]:
            assert ord(character) < 0x10000
            scalars += ord(character).to_bytes(2, "big")
        counts.append(len(rows[gram]))
        previous = 0
        for number in sorted(rows[gram]):
            steps.append(number - previous)
            levels.append(rows[gram][number])
            previous = number
    # High and low bytes apart compress better.
    scalars[:] = scalars[0::2] + scalars[1::2]
    body = b"".join(len(stream).to_bytes(4, "big") + bytes(stream) for stream in streams)
    packed = base64.b64encode(zlib.compress(body, 9)).decode()
    text = "// swift-format-ignore-file\n"
    text += "// Written by Scripts/make_language_data.py from langdetect's profiles; see NOTICE.\n\n"
    text += "/// How often runs of up to three characters are in 55 languages.\n"
    text += "enum LanguageProfileData {\n"
    text += literal("languages", "In the order of their numbers.", " ".join(languages))
    text += f"  /// The bytes that `packed` holds.\n  static let byteCount = {len(body)}\n"
    text += literal("packed", "Streams of bytes, compressed by zlib, in base64; `LanguageProfiles` reads them.", packed)
    classes = "\n".join("".join(group) for group in ngram.NGram.CJK_CLASS)
    text += literal("ideographs", "Ideographs that count as the first of their line.", classes)
    marked = ngram.NGram
    vietnamese = "\n".join([marked.TO_NORMALIZE_VI_CHARS, marked.DMARK_CLASS] + marked.NORMALIZED_VI_CHARS)
    text += literal("vietnamese", "Letters; marks; for each mark, what the letters become with it.", vietnamese)
    text += "}\n"
    (SOURCES / "Languages" / "LanguageProfileData.swift").write_text(text, encoding="utf-8")
    print(f"{len(rows)} runs of characters, {len(body)} bytes, {len(packed)} in base64")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--punkt", type=pathlib.Path, required=True)
    write_punkt(parser.parse_args().punkt)
    write_profiles()


if __name__ == "__main__":
    main()
