"""Writes ../EvaluationTests/Fixtures/prompts.jsonl: made-up documents in every task's schema, hostile ones
among them, with what lm-evaluation-harness 0.4.13 asks about them and makes of given log-likelihoods.

  python -m venv V && V/bin/pip install lm_eval==0.4.13 sentencepiece
  V/bin/python make_prompt_cases.py LLAMA2_TOKENIZER_MODEL

The log-likelihood of a request is -(sum of the bytes of context and continuation mod 997) / 10, greedy where
that sum is a multiple of three: a model that needs no weights. Token ids are Llama 2's, after the start token.
"""
import json, os, sys, tempfile
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = os.environ["DISABLE_MULTIPROC"] = "1"
import lm_eval, pyarrow, pyarrow.parquet, sentencepiece, yaml
from lm_eval.api.model import TemplateLM
from lm_eval.tasks import TaskManager

here, base = os.path.dirname(os.path.abspath(__file__)), os.path.dirname(lm_eval.__file__) + "/tasks"
pieces = sentencepiece.SentencePieceProcessor(model_file=sys.argv[1])


class Sums(TemplateLM):
    eot_token_id, prefix_token_id, tokenizer_name = 2, 1, "llama2"

    def tok_encode(self, string, add_special_tokens=None, **_):
        return [1] + pieces.encode(string)

    def _loglikelihood_tokens(self, requests, **_):
        answers = []
        for (context, continuation), before, after in requests:
            total = sum((context + continuation).encode())
            answers.append((-(total % 997) / 10, total % 3 == 0))
            self.asked.append([context, continuation, len(before), after])
        return answers

    def loglikelihood_rolling(self, *_, **__): raise NotImplementedError
    def generate_until(self, *_, **__): raise NotImplementedError


names = ["Ada", "Bo", "Cem", "Dita", "Eno", "Fay", "Gil", "Hua", "Ivo", "Joy", "Kai", "Lea"]


def labelled(rows, key="question", extra=""):
    return [{"id": str(i), key: q, "choices": {"text": c, "label": list("ABCDE")[: len(c)]}, "answerKey": extra + "ABCDE"[g]}
            for i, (q, c, g) in enumerate(rows)]


hostile = labelled([
    ("What\u00a0is it? ", ["a", "ab", "abc"], 1), ("", ["x", " y", "z\u2003"], 0), ("<s> start </s>", ["<s>", "</s>", "<unk>"], 2),
    ("e\u0301 against \u00e9", ["\u00e9", "e\u0301", "\u0301"], 1), ("nul \u0000 inside", ["a\u0000", "\u0000b", "c"], 0),
    ("tabs\t\tand\r\nlines\n\n", ["\ttab", "\nline", " space"], 1), ("\u2028\u2029\u0085\u001c", ["\u3000", "same", "same"], 2),
    ("joined \U0001f468\u200d\U0001f469\u200d\U0001f467", ["\U0001f468", "\u200d", "\ufeff"], 0), ("\ufb03 \u00bd \u1e9e", ["\u00bd", "1/2", "\u2460"], 1)])
copa = lambda n, o: [{"premise": [" %s closed the window. ", "%s ran home\u3000", "The bell rang for %s!"][i % 3] % names[i + o], "choice1": "It was cold %d." % i,
                      "choice2": ["\u0130t was late.", "\u00c9T\u00c9 came.", "A storm passed."][i % 3], "question": ["cause", "effect"][i % 2], "idx": i, "label": (i + o) % 2} for i in range(n)]
common = lambda n, o: [{"id": str(i), "question": "  Where would %s put item %d?\n" % (names[i + o], i), "question_concept": "item", "answerKey": "ABCDE"[(i + o) % 5],
                        "choices": {"label": list("ABCDE"), "text": ["shelf %d" % i, "box", "", "the  sea ", " door"]}} for i in range(n)]
grande = [dict(zip(("sentence", "option1", "option2", "answer"), r)) for r in [
    ("The _ sat on the _ mat.", "cat", "cats", "1"), ("_ ran.", "Ann", "Anna", "2"), ("Ann met Sue _ ", "and", "or", "1"), ("x _\u00a0 y \u2003", "\u0301", "b ", "2"),
    ("Al gave _, who slept,  a tip .", "Bo", "", "1"), ("end _", "here", "there", "1")]]
swag = [{"ind": i, "activity_label": a, "ctx_a": x, "ctx_b": y, "endings": e, "label": str(g)} for i, (a, x, y, e, g) in enumerate([
    ("\u00a0Sw\u0130m", "x", "i\u0307 \u0130 \ufb01n", ["a", "b", "c", "d"], 1), ("T", "a [t] b", "the \u03a3\u03a3. \u03a3", ["[a]", " [title] x", "][", " "], 2),
    ("Bake", "A man [title] bakes.  He", "\u039f\u0394\u039f\u03a3 \u1e9eIG \u01c5", ["[header] mixes [step] it", "mixes", "mix   es ", " [title]"], 0),
    ("Run ", "[substeps] go", "", ["a [b\nc] d", "", "[]x", "\u00e9"], 3)])]
truth = [{"question": q, "mc1_targets": {"choices": c, "labels": [1] + [0] * (len(c) - 1)}, "mc2_targets": {"choices": c, "labels": l}} for q, c, l in [
    ("Is it? ", ["Yes.", "No.", "Yes. It is."], [1, 0, 1]), ("\u00e9", ["a", "b"], [1, 1]), ("Why", ["because", "no", "no"], [0, 1, 0]), ("None", ["a", "b"], [0, 0])]]
pairs = [{"sent_more": a, "sent_less": b, "stereo_antistereo": "stereo", "bias_type": t} for a, b, t in [
    ("Old men sleep.", "Young men sleep.", "age"), ("\u00a0x ", "x", "age"), ("same", "same", "gender"), (" lead", " lean", "age"), ("e\u0301", "\u00e9", "age"),
    ("He drives.", "She drives.", "gender"), ("Aged hands.", "Small hands.", "age")]]
science = [{"question": q, "distractor3": "c", "distractor1": "a", "distractor2": " b", "correct_answer": "d ", "support": s}
           for q, s in [("What?", " \u00a0\n Support. "), ("Who", ""), ("Where ", "\u2003x"), ("How", "a\tb")]]
social = [{"context": c, "question": q, "answerA": "a", "answerB": "ab", "answerC": " abc", "label": l} for c, q, l in [("Ann ran ", "Why? ", "1"), ("", "", "3"), ("\u3000Bo", "What next?", "2")]]
yesno = [{"question": q, "passage": p, "idx": i, "label": l} for i, (q, p, l) in enumerate([("is it", "A passage.", 1), ("is it?", " ", 0), ("", "", 1)])]
ways = [{"goal": g, "sol1": a, "sol2": b, "label": l} for g, a, b, l in [("open", "push", "push hard", 1), ("", "a", " ", 0), ("x\n", "  y", "z  ", 1)]]
book = labelled([("Water ", ["a", "b", "c", "d"], 1), ("Ice is\t", ["x", "xx", "xxx", " "], 2), ("Steam", ["1", "2", "3", "4"], 3)], "question_stem", " ")
exam = [{"question": q, "subject": "us_foreign_policy", "choices": c, "answer": g} for q, c, g in [("  Which?\n", ["a", "b ", "", "d"], 3), ("\u2003Q\n\nlines", ["\n", "2", "3", "4"], 0), ("x", ["1", "2", "3", "4"], 1)]]
words = [{"text": t} for t in ["one", "two words", "ends with space ", "double  space", "new\nline last", "\u00a0nbsp\u00a0word", "  lead", "tab\tlast word\t", "a b\u0301", "<s> c", "it is \u0000", "(see) [note]"]]

data = {  # task: its file, its folder on the hub, its splits, the numbers of examples
    "arc_easy": ("arc/arc_easy.yaml", "allenai/ai2_arc/ARC-Easy", {"test": hostile, "train": hostile[::-1]}, [0, 3]),
    "copa": ("super_glue/copa/default.yaml", "aps/super_glue/copa", {"validation": copa(5, 0), "train": copa(8, 3)}, [0, 2]),
    "commonsense_qa": ("commonsense_qa/default.yaml", "tau/commonsense_qa", {"validation": common(5, 0), "train": common(8, 3)}, [0, 2]),
    "winogrande": ("winogrande/default.yaml", "allenai/winogrande/winogrande_xl", {"validation": grande, "train": grande + grande[:3]}, [0, 3]),
    "hellaswag": ("hellaswag/hellaswag.yaml", "Rowan/hellaswag", {"validation": swag}, [0, 2]),
    "truthfulqa_mc1": ("truthfulqa/truthfulqa_mc1.yaml", "truthfulqa/truthful_qa/multiple_choice", {"validation": truth}, [0]),
    "truthfulqa_mc2": ("truthfulqa/truthfulqa_mc2.yaml", "truthfulqa/truthful_qa/multiple_choice", {"validation": truth}, [0]),
    "crows_pairs_english": ("crows_pairs/crows_pairs_english.yaml", "nyu-mll/crows_pairs", {"test": pairs}, [0, 3]),
    "crows_pairs_english_age": ("crows_pairs/crows_pairs_english_age.yaml", "nyu-mll/crows_pairs", {"test": pairs}, [0, 3]),
    "sciq": ("sciq/sciq.yaml", "allenai/sciq", {"test": science, "train": science + science[:1]}, [0, 2]),
    "social_iqa": ("siqa/siqa.yaml", "lighteval/siqa", {"validation": social, "train": social[::-1] + social}, [0, 3]),
    "boolq": ("super_glue/boolq/default.yaml", "aps/super_glue/boolq", {"validation": yesno, "train": yesno + yesno}, [0, 2]),
    "piqa": ("piqa/piqa.yaml", "baber/piqa", {"validation": ways}, [0, 1]),
    "openbookqa": ("openbookqa/openbookqa.yaml", "allenai/openbookqa/main", {"test": book, "validation": book[::-1] + book}, [0, 3]),
    "mmlu_us_foreign_policy": ("mmlu/default/mmlu_us_foreign_policy.yaml", "cais/mmlu/us_foreign_policy", {"test": exam, "dev": exam[::-1]}, [0, 2]),
    "lambada_openai": ("lambada/lambada_openai.yaml", "EleutherAI/lambada_openai/default", {"test": words}, [0, 2]),
}
folder, lm, cases = tempfile.mkdtemp(), Sums(), []
for task, (file, hub, splits, shots) in data.items():
    files = {}
    for split, rows in splits.items():
        files[split] = f"{folder}/{task}-{split}.parquet"
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), files[split])
    config = {"include": f"{base}/{file}", "task": "case_" + task, "dataset_path": "parquet", "dataset_name": None, "tag": [], "dataset_kwargs": {"data_files": files}}
    config |= {f"{name}_split": None for split, name in [("train", "training"), ("validation", "validation"), ("test", "test")] if split not in splits}
    yaml.safe_dump(config, open(f"{folder}/case_{task}.yaml", "w"))
for task, (_, hub, splits, shots) in data.items():
    for count in shots:
        lm.asked = []
        result = lm_eval.simple_evaluate(model=lm, tasks=["case_" + task], task_manager=TaskManager(include_path=folder), num_fewshot=count or None, log_samples=True)
        asked, samples = iter(lm.asked), result["samples"]["case_" + task]
        requests = [[next(asked) for _ in sample["resps"]] for sample in samples]
        assert next(asked, None) is None
        figures = {k.replace(",none", ""): v if v == v and v != "N/A" else None for k, v in result["results"]["case_" + task].items() if "," in k}
        metrics = [k for k in figures if not k.endswith("_stderr")]
        cases.append({"task": task, "shots": count, "folder": hub, "splits": splits, "requests": requests, "figures": figures,
                      "values": [[float(sample[m]) for m in metrics] for sample in samples], "metrics": metrics})
with open(here + "/../EvaluationTests/Fixtures/prompts.jsonl", "w") as out:
    for case in cases: out.write(json.dumps(case, ensure_ascii=True, default=float) + "\n")
