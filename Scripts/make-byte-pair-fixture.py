#!/usr/bin/env python3
"""Writes Tests/TokenizationTests/Fixtures/byte-pair.json: tiny tokenizers, and the ids that Hugging
Face's tokenizers and tiktoken give for texts of all kinds.

  python3 -m venv VENV && VENV/bin/pip install tokenizers==0.23.3 tiktoken==0.14.0
  VENV/bin/python Scripts/make-byte-pair-fixture.py [--seed 1 --texts 40 --output FILE]
"""
import argparse
import base64
import json
import os
import random

import tiktoken
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--texts", type=int, default=12)
parser.add_argument(
    "--output", default=here + "/../Tests/TokenizationTests/Fixtures/byte-pair.json")
arguments = parser.parse_args()

CORPUS = [
    "The river ran past the mill, and the miller's daughter counted the geese: 1, 2, 3, 12, 123.",
    "I'm sure they've said we'll go; he'd rather she didn't. DON'T SHOUT, THEY'RE SLEEPING!",
    "x = [i * 2 for i in range(100)]\n    if x > 10:\n        return x\r\n\r\n",
    "Der Müller ging über die Brücke. À l'été, où êtes-vous? naïve café, Ångström",
    "Река текла мимо мельницы. 水は流れる。한국어 문장입니다. “Quoted—text…”",
] * 3
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CL100K = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
          r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s")
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])


def trained(pre_tokenizer, alphabet, size, special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=alphabet, special_tokens=special, show_progress=False))
    return json.loads(tokenizer.to_str())["model"]


def regex(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def literal(text, behavior):
    return {"type": "Split", "pattern": {"String": text}, "behavior": behavior, "invert": False}


def byte_level(prefix=False, use_regex=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True,
            "use_regex": use_regex}


def sequence(key, *parts):
    return {"type": "Sequence", key: list(parts)}


def added(id, content, special=False, **flags):
    token = {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": not special, "special": special}
    token.update(flags)
    return token


bytes_model = trained(pre_tokenizers.ByteLevel(add_prefix_space=False),
                      pre_tokenizers.ByteLevel.alphabet(), 420, ["<|endoftext|>"])
characters_model = trained(pre_tokenizers.Metaspace(split=False), [], 300,
                           ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)])
BYTES = byte_level()
PIECES = sequence(
    "decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0})
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": False}
N = len(bytes_model["vocab"])
END = added(0, "<|endoftext|>", True)


def variant(name, pre_tokenizer, normalizer=None, tokens=(END,), decoder=BYTES, model="bytes",
            post_processor=None, **settings):
    return {"name": name, "model": model, "settings": settings, "tokenizer": {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": list(tokens),
        "normalizer": normalizer, "pre_tokenizer": pre_tokenizer,
        "post_processor": post_processor, "decoder": decoder}}


variants = [
    variant("GPT-2's", byte_level(use_regex=True)),
    variant("with a space in front", byte_level(prefix=True, use_regex=True)),
    variant("Llama 3's", sequence("pretokenizers", regex(LLAMA3), byte_level()),
            ignore_merges=True),
    variant("dolma2's", sequence("pretokenizers", regex(LLAMA3, "Removed", True), byte_level())),
    variant("o200k's", sequence("pretokenizers", regex(O200K), byte_level())),
    variant("digits alone", sequence(
        "pretokenizers", {"type": "Digits", "individual_digits": True},
        byte_level(use_regex=True))),
    variant("digits together", sequence(
        "pretokenizers", {"type": "Digits", "individual_digits": False}, byte_level(True))),
    variant("words", sequence("pretokenizers", {"type": "Whitespace"}, byte_level())),
    variant("between white space", sequence(
        "pretokenizers", {"type": "WhitespaceSplit"}, byte_level(prefix=True))),
    variant("one way of many", byte_level(use_regex=True), split_ways=True),
    variant("some bytes lack", byte_level(use_regex=True), without="aé 水", unk="the"),
    variant("unknown ones fused", byte_level(), without="aé 水", unk="the", fuse_unk=True),
    variant("nothing cut", byte_level()),
    variant("Llama 2's", METASPACE, model="characters", decoder=PIECES, byte_fallback=True,
            tokens=[added(0, "<unk>", True), added(1, "<s>", True), added(2, "</s>", True)],
            post_processor={
                "type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                           {"Sequence": {"id": "A", "type_id": 0}},
                           {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                         {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                                   "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}),
    variant("Llama 2's by normalizers", None, model="characters", decoder=PIECES,
            byte_fallback=True, fuse_unk=True, unk="<unk>",
            normalizer=sequence("normalizers", {"type": "Prepend", "prepend": "▁"},
                                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}),
            tokens=[added(0, "<unk>", True), added(1, "<s>", True), added(2, "</s>", True)]),
    variant("pieces with unknown ones", dict(METASPACE, split=True, prepend_scheme="first"),
            model="characters", unk="<unk>", fuse_unk=True,
            decoder={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first",
                     "split": True}),
]
for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
    for invert in [False, True]:
        variants.append(variant(f"{behavior} {invert}", sequence(
            "pretokenizers", regex(r"\s|[aeiou]{2,}|'\w", behavior, invert), byte_level())))
    variants.append(variant(f"literal {behavior}", sequence(
        "pretokenizers", literal("e ", behavior), byte_level())))
for form in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase"]:
    variants.append(variant(form, byte_level(use_regex=True), normalizer={"type": form}))
variants.append(variant("stripped and replaced", byte_level(use_regex=True), normalizer=sequence(
    "normalizers", {"type": "Strip", "strip_left": True, "strip_right": True},
    {"type": "Replace", "pattern": {"Regex": r"\s+|l{2}"}, "content": " x"},
    {"type": "Lowercase"}, {"type": "NFKC"})))
variants.append(variant(
    "added tokens", byte_level(use_regex=True), normalizer={"type": "Lowercase"}, tokens=[
        END, added(N, "<A>", lstrip=True), added(N + 1, "<AB>", normalized=False),
        added(N + 2, "<AB", rstrip=True, normalized=False), added(N + 3, "mill", single_word=True),
        added(N + 4, " é", normalized=True, rstrip=True),
        added(N + 5, "[x]", True, lstrip=True, rstrip=True)]))

random.seed(arguments.seed)
SPECIAL = ["<|endoftext|>", "<A>", "<AB>", "<AB", "<a>", "mill", " é", "[x]", "[X]", "<s>", "</s>",
           "<unk>", "<0x41>", "▁"]
BLANKS = [" ", " ", " ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "\x0b", "\x1c"]
MARKS = ["\u0301", "\u0327", "\u0345", "\u0f71\u0f74", "\u1100\u1161\u11a8", "가\u11a8", "ﬁ", "ſ", "K",
         "İ", "Σ", "ς", "ß", "²", "½", "Ⅷ", "①", "㌔", "\ufffd", "\U0010ffff", "\u200d", "👩‍👧", "𝒜", "ǅ",
         "\u0344", "\u1e9b\u0323", "क़", "\u2126", "豈", "\U00011DE3"]


def piece():
    kind = random.random()
    if kind < 0.35:
        return random.choice(" ".join(CORPUS).split(" ")) + random.choice(["", " ", " "])
    if kind < 0.5:
        return random.choice(BLANKS) * random.choice([1, 1, 2, 5])
    if kind < 0.6:
        return random.choice(SPECIAL)
    if kind < 0.7:
        return random.choice(["'s", "'S", "'ſ", "'LL", "'re", "''d", "'x", "’s"])
    if kind < 0.8:
        return random.choice(MARKS)
    if kind < 0.9:
        return str(random.randrange(10 ** random.randint(1, 9)))
    if kind < 0.95:
        return chr(random.randrange(0x20, 0x250))
    code = random.randrange(0x30000)
    return chr(code) if not 0xD800 <= code < 0xE000 else "x"


texts = ["", " ", "  ", "a", "the mill's", "\n", " é", "<A> <A>"] + [
    "".join(piece() for _ in range(random.randint(1, 30))) for _ in range(arguments.texts)]


def model_of(item):
    """The model of a variant: what the test puts together from the same settings."""
    settings = dict(item["settings"])
    model = json.loads(json.dumps({"bytes": bytes_model, "characters": characters_model}[
        item["model"]]))
    model["unk_token"] = settings.pop("unk", None)
    if settings.pop("split_ways", False):
        # Every way to make a token out of two others, as in Llama 3's tokenizer.json.
        ways = []
        for left, right in model["merges"]:
            whole = left + right
            ways += [[whole[:i], whole[i:]] for i in range(1, len(whole))
                     if whole[:i] in model["vocab"] and whole[i:] in model["vocab"]]
        model["merges"] = ways
    lacking = set()
    for character in settings.pop("without", ""):
        lacking |= {pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
                    .pre_tokenize_str(character)[0][0][0]}
    model["vocab"] = {k: v for k, v in model["vocab"].items() if not lacking & set(k)}
    model["merges"] = [m for m in model["merges"] if not lacking & set("".join(m))]
    model.update(settings)
    return model


output = {"models": {"bytes": bytes_model, "characters": characters_model}, "variants": [],
          "ranks": []}
for item in variants:
    model = model_of(item)
    tokenizer = Tokenizer.from_str(json.dumps(dict(item["tokenizer"], model=model)))
    cases = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids)})
    base = output["models"][item["model"]]
    item = {"name": item["name"], "model": item["model"], "tokenizer": item["tokenizer"],
            "changes": {k: v for k, v in model.items() if v != base.get(k)}, "cases": cases}
    output["variants"].append(item)

# The bytes of the byte-level model's tokens, in the order of their ids, as tiktoken ranks.
visible = list(range(0x21, 0x7F)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x100))
alphabet = {chr(b): b for b in visible}
alphabet.update({chr(0x100 + i): b for i, b in enumerate(
    b for b in range(256) if b not in visible)})
names = sorted((i, k) for k, i in bytes_model["vocab"].items() if k != "<|endoftext|>")
ranks = {bytes(alphabet[c] for c in name): rank for rank, (_, name) in enumerate(names)}
output["rankFile"] = "".join(
    f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items())
for name, pattern in [("llama3", LLAMA3), ("cl100k", CL100K), ("o200k", O200K)]:
    encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    output["ranks"].append({"pattern": name, "cases": [
        {"text": text, "ids": encoding.encode_ordinary(text)} for text in texts]})
with open(arguments.output, "w") as file:
    json.dump(output, file, ensure_ascii=True, separators=(",", ":"))
print(len(texts), "texts,", len(variants), "variants")
