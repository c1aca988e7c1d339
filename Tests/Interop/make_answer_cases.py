"""Write cases of scored answers with what the originals make of them, one JSON object a line.

    python3 Tests/Interop/make_answer_cases.py OUTPUT [--scale 1] [--seed 1] [--texts FILE.json]
    SAMARA_ANSWER_CASES=OUTPUT swift test -c release --filter AnswerCaseTests

Needs lm-evaluation-harness 0.4.13, nltk 3.10 with the data package punkt_tab, regex and langdetect 1.0.9.
Scale 1 gives some 70,000 cases; the fixture of the tests is scale 0.05, seed 11. FILE.json has a list
of texts of a reader's own, which are added to the made ones. Responses about whose language
langdetect answers differently under thirty seeds are left out.
"""

import argparse
import ast
import json
import random
import re

WORDS = (
    "the of and to in I was she said that cat Dr. Mr. Smith U.S. e.g. i.e. p.m. Inc. etc. J. No. 5 3.14 "
    "1,000 $18.50 don't can't it's We're 'tis cannot gonna NASA HTML ALL CAPS Hello World yes no. "
    "What? Stop! well-known ... . . . -- \u201cquoted\u201d \u2018so\u2019 \"So\" (see) [name] {x} "
    "caf\u00e9 na\u00efve e\u0301t\u00e9 \u041f\u0440\u0438\u0432\u0435\u0442 \u4f60\u597d \u3053\u3093 "
    "\u0130stanbul \u00df \u03a3\u03a3 \u212a \u017f\u017f \u01c5 \u2167 \u00bd \u0663 Jan. Feb. vs. "
    "Section 1 SECTION 2 PARAGRAPH 3 Day 4 P.S. P.P.S p. p. s. * ** *** ****** *bold* **strong** "
    "<<title>> << >> <<<a>>> My answer is yes. My answer is maybe. ```json ``` {\"a\":1} [1,2] null "
    "Any other questions? - + * a_b __init__ x.y A.B.C. Ph.D. 10:30 a.m. #1 & @me 100% ; : , \u2014"
).split(" ")
BLANKS = [" ", " ", " ", " ", "\n", "\n\n", "\t", "\u00a0", "\u2009", "\x1c", "\x1d", "\r\n", "\u2028", "  ", "\x85", "\x0b"]
HOSTILE = list("abS5.,-$#:'\"()[]{}<>*\\/ \n\t!?=@NnXx0139_|^+~`") + [
    "\u00e9", "\u0301", "\u00b0", "\u00a0", "\u2003", "\x1c", "\x00", "\u0130", "\u03a3", "\u4e2d", "\U0001f3f4",
    "\u200d", " ", " ", "'", "\u0663", "\u01c5", "s '", " 's", "= = ", " @-@ ", "( ", " )", " N ", "/' 7/",
]
SENTENCES = [
    "The committee met on Jan. 5 at 10 a.m. in Washington D.C. to discuss the budget.",
    "Mr. and Mrs. Brown bought it for $3.50 from Smith & Co. Ltd. yesterday.",
    "Is it true? Yes! \"I think so,\" she said. (It was late.) Then they left...",
    "J. S. Bach wrote it. U.S. troops left. The U.S. is large.",
    "He got a Ph.D. in 1999. No. 7 is missing. See p. 12 for more.",
    "It is well known that cats sleep a lot; dogs, however, do not.",
    "i have never seen such a thing before in all of my life.",
    "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG AND RUNS AWAY.",
    "Der schnelle braune Fuchs springt \u00fcber den faulen Hund und l\u00e4uft davon.",
    "Le petit chat est assis sur la table et regarde par la fen\u00eatre.",
    "\u042d\u0442\u043e \u043f\u0440\u043e\u0441\u0442\u043e\u0439 \u0442\u0435\u043a\u0441\u0442 \u043d\u0430 \u0440\u0443\u0441\u0441\u043a\u043e\u043c \u044f\u0437\u044b\u043a\u0435.",
    "First, we add 3 + 4 = 7. Then 7 * 2 = 14. The answer is 14.",
    "Janet sells 16 - 3 - 4 = <<16-3-4=9>>9 duck eggs a day.\n#### 18",
]


class Maker:
    def __init__(self, seed, texts):
        self.random = random.Random(seed)
        self.texts = texts

    def hostile(self, most=30):
        return "".join(self.random.choice(HOSTILE) for _ in range(self.random.randrange(most)))

    def prose(self, most=40):
        pieces = []
        for _ in range(self.random.randrange(most)):
            pieces.append(self.random.choice(WORDS))
            pieces.append(self.random.choice(BLANKS))
        return "".join(pieces)

    def sentences(self):
        count = self.random.choice([1, 1, 2, 3, 5, 8])
        return self.random.choice([" ", "\n", "\n\n"]).join(
            self.random.choice(SENTENCES) for _ in range(count))

    def real(self):
        if not self.texts:
            return self.sentences()
        text = self.random.choice(self.texts)
        start = self.random.randrange(max(1, len(text) - 100))
        return text[start:start + self.random.choice([60, 200, 600, 2000])]

    def structured(self):
        r = self.random
        body = [self.sentences() for _ in range(r.randrange(1, 4))]
        return r.choice([
            lambda: "\n".join(f"{r.choice(['*', '-', ' *', '  - ', '**', '+', '1.'])} {b}" for b in body * 2),
            lambda: json.dumps({"answer": body, "n": r.choice([1, 2.5, None, True])}),
            lambda: "```json\n" + json.dumps(body) + "\n```",
            lambda: r.choice(["***", "\n***\n", " *** ", "******", "\n\n******\n\n"]).join(body),
            lambda: "<<" + r.choice(["A Title", " ", "", ">"]) + ">>\n" + "\n\n".join(body),
            lambda: "\n".join(f"{r.choice(['Section', 'SECTION', 'Day'])} {i + 1}\n{b}" for i, b in enumerate(body)),
            lambda: "\n\n".join(body) + "\n\n" + r.choice(["P.S. Bye", "P.P.S bye", "p. s. x", "P. P. S"]),
            lambda: '"' + body[0] + r.choice(['"', '" ', "", "."]),
            lambda: " ".join(f"[{w}]" for w in body[0].split()[:r.randrange(8)]) + body[0],
            lambda: " ".join(r.choice(["*{}*", "**{}**", "{}", "* {} *"]).format(w) for w in body[0].split()),
            lambda: "Sure, here it is:\n" + body[0] + "\nHope that helps!",
            lambda: body[0].upper(), lambda: body[0].lower(), lambda: body[0].title(),
            lambda: "", lambda: " \n ", lambda: "*", lambda: "\n\n".join(body) + "\n\n\n\n",
        ])()

    def response(self):
        return self.random.choice(
            [self.prose, self.sentences, self.structured, self.structured, self.real, self.real, self.hostile])()

    def literal(self, depth=0):
        r = self.random
        kind = r.randrange(9 if depth < 3 else 6)
        if kind == 0:
            return r.choice(["None", "True", "False", "1", "-7", "+ 3", "1_000", "0x1F", "1.5e-3", ".5", "5.", "- -2",
                             "00", "012", "1__0", "9" * 19, "0b101", "1e400", "nan", "1j", "0_0", "1_", "1e+5"])
        if kind in (1, 2):
            return repr(self.hostile(12))
        if kind == 3:
            return r.choice(["", "r", "u", "R"]) + r.choice(["'a\\n\\t\\x41\\u00e9\\101\\q'", '"it\'s"', "'''a\nb'''", "''", '"a" \'b\'',
                                                           "'\\U0001f600'", "'\\\nx'", "'unclosed", "'\\x4'", '"""q"q"""'])
        if kind in (4, 5):
            return json.dumps(self.hostile(10))
        inner = [self.literal(depth + 1) for _ in range(r.randrange(4))]
        if kind == 6:
            return "[" + r.choice([", ", ",", " ,\n"]).join(inner) + r.choice(["", ",", ""]) + "]"
        if kind == 7:
            return "(" + ", ".join(inner) + r.choice(["", ","]) + ")"
        return "{" + ", ".join(f"{self.literal(3)}: {v}" for v in inner) + "}"

    def json_text(self, depth=0):
        r = self.random
        kind = r.randrange(8 if depth < 3 else 5)
        if kind == 0:
            return r.choice(["null", "true", "false", "NaN", "Infinity", "-Infinity", "nan", "None", "-", "tru"])
        if kind in (1, 2):
            return r.choice(["0", "-0", "01", "1.", "1.5", "1e5", "1E+5", "1e", ".5", "-1.5e-3", "1_0", "9" * 30, "9" * 4301, "9" * 4301 + ".0"])
        if kind in (3, 4):
            return r.choice([json.dumps(self.hostile(10)), '"' + self.hostile(8) + '"', '"\\ud800"', '"\\u12"', '"\\x"'])
        inner = [self.json_text(depth + 1) for _ in range(r.randrange(3))]
        if kind == 5:
            return "[" + r.choice([",", " , ", "\n,"]).join(inner) + r.choice(["", "", ","]) + "]"
        return "{" + ",".join(f'{r.choice([json.dumps(self.hostile(4)), "a", "1"])}{r.choice([":", " : "])}{v}' for v in inner) + "}"

    def pattern(self, depth=0):
        r = self.random
        atoms = ["a", "b", "S", "5", ".", r"\w", r"\d", r"\s", r"\W", r"\S", "[ab]", "[^a]", "[a-z]", r"\.", r"\b", "^", "$",
                 r"\B", "[^\\n*]", "\u00e9", "k", "s", "\u03c3", "i", "(?=a)", "(?!b)", "(?<=a)", "(?<!\\w)", r"\*", r"\Z", r"[\w.]"]
        pieces = []
        for _ in range(r.randrange(1, 4)):
            piece = r.choice(atoms) if depth > 1 or r.random() < 0.7 else r.choice(["({})", "(?:{})", "(?:{}|b)", "({}|\\s)"]).format(self.pattern(depth + 1))
            pieces.append(piece + r.choice(["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "??", "++", "*+"]))
        return "".join(pieces)


def spans(match):
    return [list(match.span(i)) if match.span(i)[0] >= 0 else None for i in range(match.re.groups + 1)]


def arguments(r, prompts):
    relation = lambda: r.choice(["less than", "at least"])
    word = lambda: r.choice(["the", "cat", "said", "Smith", "u.s.", "a", "s+", "caf\u00e9", "It", "\u03c3", "k", "(c|b)at", "not", "so"])
    return {
        "keywords:existence": lambda: {"keywords": [word() for _ in range(r.randrange(1, 3))]},
        "keywords:frequency": lambda: {"keyword": word() + r.choice(["", " "]), "frequency": r.randrange(1, 4), "relation": relation()},
        "keywords:forbidden_words": lambda: {"forbidden_words": [word() for _ in range(r.randrange(1, 3))]},
        "keywords:letter_frequency": lambda: {"letter": r.choice("aeQzstk"), "let_frequency": r.randrange(1, 12), "let_relation": relation()},
        "language:response_language": lambda: {"language": r.choice(["en", "de", "fr", "ru", "hi"])},
        "length_constraints:number_sentences": lambda: {"num_sentences": r.randrange(1, 8), "relation": relation()},
        "length_constraints:number_paragraphs": lambda: {"num_paragraphs": r.randrange(1, 4)},
        "length_constraints:number_words": lambda: {"num_words": r.randrange(1, 60), "relation": relation()},
        "length_constraints:nth_paragraph_first_word": lambda: {
            "num_paragraphs": (n := r.randrange(1, 4)), "nth_paragraph": r.randrange(1, n + 1),
            "first_word": r.choice(["the", "it", "Is", "he", "first", "J", "mr", "i", "le"])},
        "detectable_content:number_placeholders": lambda: {"num_placeholders": r.randrange(1, 5)},
        "detectable_content:postscript": lambda: {"postscript_marker": r.choice(["P.S.", "P.P.S", "NB", "P.S. "])},
        "detectable_format:number_bullet_lists": lambda: {"num_bullets": r.randrange(1, 7)},
        "detectable_format:constrained_response": dict,
        "detectable_format:number_highlighted_sections": lambda: {"num_highlights": r.randrange(1, 6)},
        "detectable_format:multiple_sections": lambda: {"section_spliter": r.choice(["Section", "SECTION", "Day", "(Section|Day)"]), "num_sections": r.randrange(1, 4)},
        "detectable_format:json_format": dict, "detectable_format:title": dict, "combination:two_responses": dict,
        "combination:repeat_prompt": lambda: {"prompt_to_repeat": r.choice(prompts + SENTENCES)},
        "startend:end_checker": lambda: {"end_phrase": r.choice(["Any other questions?", "left...", "a day.", " davon. ", "the", "budget.\""])},
        "change_case:capital_word_frequency": lambda: {"capital_frequency": r.randrange(1, 12), "capital_relation": relation()},
        "change_case:english_capital": dict, "change_case:english_lowercase": dict, "punctuation:no_comma": dict, "startend:quotation": dict,
    }


def bounded(value, maximum=2**63):
    """Whether a value has a place among JSON's, with integers of 64 bits."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return not (isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value))
    if isinstance(value, int):
        return -maximum <= value < maximum
    if isinstance(value, float):
        return abs(value) < float("inf")
    if isinstance(value, (list, tuple)):
        return all(map(bounded, value))
    return isinstance(value, dict) and all(isinstance(k, str) and bounded(k) and bounded(v) for k, v in value.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts")
    parser.add_argument("--documents", help="JSON list of {instruction_id_list, kwargs, prompt} to judge with real arguments")
    options = parser.parse_args()

    import langdetect
    import nltk
    import numpy
    import regex
    from lm_eval.api.metrics import exact_match_hf_evaluate
    from lm_eval.filters.extraction import RegexFilter
    from lm_eval.tasks.ifeval import instructions_util, utils
    from lm_eval.tasks.wikitext import preprocess_wikitext

    langdetect.DetectorFactory.seed = 0
    texts = json.load(open(options.texts, encoding="utf-8")) if options.texts else []
    maker = Maker(options.seed, texts)
    r = maker.random
    output = open(options.output, "w", encoding="utf-8")
    punkt = instructions_util._get_sentence_tokenizer()

    def write(kind, given, expected):
        output.write(json.dumps({"kind": kind, "given": given, "expected": expected}, ensure_ascii=False) + "\n")

    def times(count):
        return range(max(1, round(count * options.scale)))

    strict = RegexFilter()
    chain = RegexFilter(r"The answer is (\-?[0-9\.\,]+).")
    flexible = RegexFilter(r"(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select=-1)
    ignored = [",", r"\$", "(?s).*#### ", r"\.$"]
    marks = ["#### ", "####", "The answer is ", "-", "$", ".", ",", "5", "18", "1,000", "\n", " ", "x", "\u0663", "\0", "A", "\u03a3"]
    for _ in times(12000):
        text = "".join(r.choice(marks) for _ in range(r.randrange(12)))
        write("numeric", text, [f.apply([[text]], None)[0][0] for f in (strict, chain, flexible)])
        other = r.choice([text, text + ".", text.lower(), text.replace(",", ""), "#### " + text, text[1:], text + "\0"])
        write("match", [text, other], bool(exact_match_hf_evaluate(
            predictions=[text], references=[other], regexes_to_ignore=ignored, ignore_case=True)["exact_match"]))
    for _ in times(6000):
        text = maker.hostile(60)
        write("wikitext", text, [preprocess_wikitext.wikitext_detokenizer({"page": text}), len(re.split(r"\s+", text))])
        write("text", text, [text[0].lower() + text[1:] if text else None, text.strip()[:-1], text.split(" "), text.split(),
                             text.lower(), text.isupper(), text.islower()])
    for _ in times(6000):
        text = maker.literal()
        try:
            value = ast.literal_eval(text)
            value = value if bounded(value) else None
            fits = bounded(value) and value is not None or text.strip() == "None"
        except (ValueError, SyntaxError, TypeError, MemoryError):
            value, fits = None, False
        write("literal", text, [value] if fits else None)
        text = r.choice(["", " ", "\n"]) + maker.json_text() + r.choice(["", "", " ", "x", "\u00a0"])
        try:
            json.loads(text)
            write("json", text, True)
        except ValueError:
            write("json", text, False)
    for _ in times(6000):
        source, text = maker.pattern(), maker.hostile(20)
        # A repetition of repetitions takes time that grows exponentially with the text.
        if re.search(r"\)[*+{]", source):
            text = text[:8]
        flags = [r.random() < 0.5, r.random() < 0.3]
        try:
            pattern = re.compile(source, (re.I if flags[0] else 0) | (re.M if flags[1] else 0))
        except re.error:
            write("pattern", [source, text] + flags, None)
            continue
        write("pattern", [source, text] + flags, [spans(m) for m in pattern.finditer(text)])
    for _ in times(2500):
        text = r.choice([maker.prose, maker.sentences, maker.real, maker.structured])()
        write("sentences", text, [list(s) for s in punkt.span_tokenize(text)])
        write("words", text, nltk.word_tokenize(text))
    real = json.load(open(options.documents)) if options.documents else []
    makers = arguments(r, [d["prompt"] for d in real])

    for index in times(6000):
        if real and index % 2:
            document = r.choice(real)
            ids, kwargs = document["instruction_id_list"], document["kwargs"]
            if any(k.get("letter") in ("!", "#") for k in kwargs):
                continue
        else:
            ids = [r.choice(list(makers))]
            kwargs = [makers[ids[0]]()]
        response = maker.response()
        if "combination:repeat_prompt" in ids and r.random() < 0.7:
            response = kwargs[ids.index("combination:repeat_prompt")]["prompt_to_repeat"].upper() + response
        if "startend:end_checker" in ids and r.random() < 0.7:
            response += kwargs[ids.index("startend:end_checker")]["end_phrase"] + r.choice(["", '"', " ", "\nBye"])
        if "length_constraints:nth_paragraph_first_word" in ids and r.random() < 0.7:
            k = kwargs[ids.index("length_constraints:nth_paragraph_first_word")]
            response = "\n\n".join(r.choice(["", "'", '"']) + k["first_word"] + r.choice([" ", ",", "x", "\n"]) + "b" for _ in range(k["num_paragraphs"]))
        document = {"key": 1, "instruction_id_list": ids, "prompt": "", "kwargs": kwargs}
        outcomes = []
        for seed in range(30 if any("english" in i or "language" in i for i in ids) else 1):
            langdetect.DetectorFactory.seed = seed
            langdetect.detector_factory.init_factory()
            langdetect.detector_factory._factory.seed = seed
            outcomes.append(utils.process_results(document, [response]))
        found = outcomes[0]
        # Where langdetect contradicts itself there is nothing to equal.
        if any(outcome != found for outcome in outcomes):
            continue
        write("instructions", {"ids": ids, "kwargs": kwargs, "response": response},
              [found["inst_level_strict_acc"], found["inst_level_loose_acc"],
               found["prompt_level_strict_acc"], found["prompt_level_loose_acc"]])
    output.close()


if __name__ == "__main__":
    main()
