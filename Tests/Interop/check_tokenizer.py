"""Hold a trained tokenizer's two files against the libraries that their formats come from.

    python3 Tests/Interop/check_tokenizer.py --samara .build/release/samara \
        --model books.model --json tokenizer.json [--text books.txt] [--count 3000]

Loads the SentencePiece model with `sentencepiece` and the tokenizer.json with `tokenizers`, encodes
real and hostile texts with both and with `samara tokenize`, and compares every id and every decoded
text. Exits with 0 if all agree, 1 if not, and 77 with a reason if a library is not installed.

Where the libraries differ by nature the texts are left out or the setting is made, so that the list
here is the whole list:
- `tokenizers` looks for <s> and other special pieces in text unless encode_special_tokens is set;
- with user-defined pieces it puts no mark in front of a text that is one of them and nothing else;
- it takes strings only, so bytes that are not UTF-8 cannot be compared;
- it leaves the unknown piece out of decoded text, for which SentencePiece writes U+2047.
"""

import argparse
import json
import random
import subprocess
import sys

SKIPPED = 77


def libraries():
    try:
        import sentencepiece
        import tokenizers
    except ImportError as error:
        print(f"skipped: {error}")
        sys.exit(SKIPPED)
    return sentencepiece, tokenizers


def character(source):
    """Any character but a surrogate, those that need care more often."""
    while True:
        value = source.choice([
            source.randrange(0x80), source.randrange(0x800), source.randrange(0x10000),
            source.randrange(0x110000), 0x20, 0x2581, 0x300 + source.randrange(0x70),
            0x4E00 + source.randrange(0x1000), 0x1F300 + source.randrange(0x200),
        ])
        if not 0xD800 <= value < 0xE000:
            return chr(value)


def hostile_texts(count, pieces, sample):
    """The same texts each time."""
    source = random.Random(20_240_422)
    runs = ["a", "ab", " ", "\n", "é", "中", "’", "\u2581", "<s>", "0", "=", "\t", "\u0301", "\0", "e\u0301"]
    words = ["“", "’", " ", "s", "—", "\n", "”", "é", "中", " the", "\u2581", ".", "</s>", "<unk>", "<0x41>"]
    yield from ["", " ", "  ", "\u2581", "\0", "<s>", "</s> <s>", "<0x0A>", "\ufeff", "a\r\nb", "\u2581 \u2581a"]
    for _ in range(count):
        kind = source.randrange(6)
        if kind == 0:
            yield "".join(character(source) for _ in range(source.randrange(150)))
        elif kind == 1:
            yield "".join(source.choice(pieces) for _ in range(source.randrange(60)))
        elif kind == 2:
            yield source.choice(runs) * source.randrange(200)
        elif kind == 3:
            yield "".join(source.choice(words) for _ in range(source.randrange(100)))
        else:
            start = source.randrange(len(sample) + 1)
            text = list(sample[start:start + source.randrange(1000)])
            for _ in range(source.randrange(4) if text else 0):
                text[source.randrange(len(text))] = character(source)
            yield "".join(text)


def samara_ids(program, file, texts):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    outcome = subprocess.run(
        [program, "tokenize", "--tokenizer", file], input=lines.encode(), stdout=subprocess.PIPE,
        check=True)
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samara", default=".build/release/samara")
    parser.add_argument("--model", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("--text", help="real text; this program's own if left out")
    parser.add_argument("--count", type=int, default=3000)
    arguments = parser.parse_args()
    sentencepiece, tokenizers = libraries()

    model = sentencepiece.SentencePieceProcessor(model_file=arguments.model)
    fast = tokenizers.Tokenizer.from_file(arguments.json)
    fast.encode_special_tokens = True
    with open(arguments.json, encoding="utf-8") as file:
        added = json.load(file)["added_tokens"]
    user_defined = {token["content"].replace("\u2581", " ") for token in added if not token["special"]}

    with open(arguments.text or __file__, encoding="utf-8") as file:
        sample = file.read()
    size = model.get_piece_size()
    pieces = [model.id_to_piece(token).replace("\u2581", " ") for token in range(size)]
    texts = [sample[:200_000]] + list(hostile_texts(arguments.count, pieces, sample))

    differences = 0

    def compare(what, text, found, expected):
        nonlocal differences
        if found != expected:
            differences += 1
            if differences <= 5:
                print(f"{what}: {text[:60]!r}: {str(found)[:120]} instead of {str(expected)[:120]}")

    if fast.get_vocab_size() != size:
        compare("vocabulary size", arguments.json, fast.get_vocab_size(), size)
    for text, ours in zip(texts, samara_ids(arguments.samara, arguments.model, texts), strict=True):
        theirs = model.encode(text)
        compare("samara and sentencepiece", text, ours, theirs)
        if text.replace("\u2581", " ") in user_defined:
            continue
        compare("tokenizers and sentencepiece", text, fast.encode(text, add_special_tokens=False).ids, theirs)
        if model.unk_id() not in theirs:
            compare("decoded", text, fast.decode(theirs), model.decode(theirs))
    print(f"{len(texts)} texts, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
