"""Hold a results file and a log of samples against lm-evaluation-harness itself.

    python3 Tests/Interop/check_results.py --results results.json [--samples samples.jsonl] \\
        [--write-harness FOLDER]

Runs the harness on four small tasks of its own making (one of each kind of request) with a model that guesses, lets it
save results and samples, and then
- prints both results with the harness's own `make_table`, tasks and groups, and finds every figure of ours in its table;
- compares, key by key, what the schema has with what ours has: types, and no key that the schema lacks. What ours leaves
  out must be in the list below, so that the list is the whole list;
- compares the keys, their order and the types of every line of the samples with those of the harness's kind;
- takes the hashes of prompts and targets from the texts with the harness's `hash_string`;
- loads the samples with `datasets`, as the harness's own files are loaded.
--write-harness keeps the harness's results (`harness.json`), for a reader to read.
Exits with 0 if all agree, 1 if not, and 77 with a reason if the harness is not installed.
"""

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile

SKIPPED = 77

# What depends on the time, the machine, or a template language that Samara has not.
LEFT_OUT = {
    "": {"git_hash", "date", "pretty_env_info", "transformers_version", "lm_eval_version", "upper_git_hash",
         "tokenizer_pad_token", "tokenizer_eos_token", "tokenizer_bos_token", "eot_token_id", "max_length",
         "system_instruction", "system_instruction_sha", "fewshot_as_multiturn", "chat_template", "chat_template_sha",
         "task_hashes", "total_evaluation_time_seconds", "start_time", "end_time", "samples", "groups",
         "model_source", "model_name", "model_name_sanitized"},
    "configs": {"doc_to_text", "doc_to_target", "doc_to_choice", "dataset_kwargs", "unsafe_code", "generation_kwargs",
                "fewshot_config", "filter_list", "tag", "training_split", "validation_split", "test_split",
                "fewshot_split", "dataset_path", "dataset_name", "task_alias", "process_results", "process_docs",
                "should_decontaminate", "doc_to_decontamination_query", "use_prompt"},
    "config": {"model_num_parameters", "model_dtype", "model_revision", "model_sha"},
}
# Ours to have, in places where the schema allows anything.
ADDED = {"config": {"checkpoint", "step", "tokens", "documents"},
         "configs": {"dataset_path", "dataset_name", "test_split", "validation_split", "training_split",
                     "fewshot_split", "task_alias"}}

CHOICE = """task: own_choice
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: "{{{{gold}}}}"
metric_list:
  - {{metric: acc, aggregation: mean, higher_is_better: true}}
  - {{metric: acc_norm, aggregation: mean, higher_is_better: true}}
metadata: {{version: 1.0}}
"""
OTHERS = {
    "loglikelihood": ("own_completion", "acc", "mean"),
    "loglikelihood_rolling": ("own_text", "bits_per_byte", "bits_per_byte"),
    "generate_until": ("own_generation", "exact_match", "mean"),
}


def other(kind, data):
    name, metric, aggregation = OTHERS[kind]
    return f"""task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: {kind}
doc_to_text: "{'' if kind == 'loglikelihood_rolling' else '{{question}}'}"
doc_to_target: "{{{{{'question' if kind == 'loglikelihood_rolling' else 'answer'}}}}}"
metric_list:
  - {{metric: {metric}, aggregation: {aggregation}, higher_is_better: {'false' if 'bits' in metric else 'true'}}}
metadata: {{version: 1.0}}
"""


def harness_run(folder):
    """The harness's results and samples of tasks of every kind, saved by its own tracker."""
    import lm_eval
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    data = os.path.join(folder, "data.jsonl")
    with open(data, "w") as file:
        for i in range(4):
            file.write(json.dumps({"question": f"Is {i} even?", "choices": ["yes", "no"], "gold": i % 2,
                                   "answer": " yes" if i % 2 == 0 else " no"}) + "\n")
    tasks = {"own_choice": CHOICE.format(data=data)}
    tasks.update({OTHERS[kind][0]: other(kind, data) for kind in OTHERS})
    tasks["own_group"] = ("group: own_group\ntask: [own_choice]\n"
                          "aggregate_metric_list: [{metric: acc, weight_by_size: true}]\nmetadata: {version: 2}\n")
    os.makedirs(os.path.join(folder, "tasks"))
    for name, text in tasks.items():
        with open(os.path.join(folder, "tasks", name + ".yaml"), "w") as file:
            file.write(text)
    results = lm_eval.simple_evaluate(
        model="dummy", tasks=["own_group"] + [OTHERS[kind][0] for kind in OTHERS], log_samples=True,
        bootstrap_iters=10, task_manager=TaskManager(include_path=os.path.join(folder, "tasks")))
    samples = results.pop("samples")
    tracker = EvaluationTracker(output_path=os.path.join(folder, "out"))
    tracker.general_config_tracker.model_name_sanitized = "dummy"
    tracker.general_config_tracker.model_name = "dummy"
    tracker.general_config_tracker.model_source = "dummy"
    tracker.save_results_aggregated(results=results, samples=samples)
    for name in samples:
        tracker.save_results_samples(task_name=name, samples=samples[name])
    files = os.listdir(os.path.join(folder, "out", "dummy"))
    path = os.path.join(folder, "out", "dummy")
    lines = {}
    for file in files:
        if file.endswith(".jsonl"):
            task = file[len("samples_"):file.rfind("_")]
            lines[task] = [json.loads(line) for line in open(os.path.join(path, file))]
    saved = [file for file in files if file.startswith("results_")]
    if len(saved) != 1:
        raise RuntimeError(f"the harness saved {files}")
    return json.load(open(os.path.join(path, saved[0]))), lines


def kind(value):
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


class Check:
    def __init__(self):
        self.faults = []

    def expect(self, truth, text):
        if not truth:
            self.faults.append(text)

    def keys(self, ours, theirs, level, name=""):
        left_out, added = LEFT_OUT.get(level, set()), ADDED.get(level, set())
        where = f"{level or 'the file'} {name}".strip()
        self.expect(not set(ours) - set(theirs) - added - left_out,
                    f"{where}: keys that the harness has not: {set(ours) - set(theirs) - added - left_out}")
        self.expect(not set(theirs) - set(ours) - left_out,
                    f"{where}: keys that are missing: {set(theirs) - set(ours) - left_out}")
        for key in set(ours) & set(theirs):
            self.expect(kind(ours[key]) == kind(theirs[key]) or None in (ours[key], theirs[key])
                        or key in ("model_args", "batch_size", "dataset_name"),
                        f"{where}: {key} is {kind(ours[key])}, the harness's {kind(theirs[key])}")

    def results(self, ours, theirs):
        from lm_eval.utils import make_table

        self.keys(ours, theirs, "")
        self.keys(ours["config"], theirs["config"], "config")
        any_config = {}
        for config in theirs["configs"].values():
            any_config.update(config)
        for task, config in ours["configs"].items():
            self.keys(config, any_config, "configs", task)
            self.expect(isinstance(config["metadata"]["version"], (int, float)), f"{task}: version")
            for metric in config["metric_list"]:
                self.keys(metric, any_config["metric_list"][0], "metric_list", task)
        groups = set(ours.get("groups", {}))
        tasks = set(ours["results"]) - groups
        self.expect(set(ours["group_subtasks"]) == groups, "group_subtasks is not the groups")
        for group, members in ours["group_subtasks"].items():
            self.expect(members and set(members) <= set(ours["results"]), f"{group}: members {members}")
            self.expect(ours["groups"][group] == ours["results"][group], f"{group}: groups is not results")
            self.expect(isinstance(ours["versions"][group], str), f"{group}: version of a group")
        for name, expected in [("configs", tasks), ("n-samples", tasks), ("versions", tasks | groups),
                               ("n-shot", tasks | groups), ("higher_is_better", tasks | groups)]:
            self.expect(set(ours[name]) == expected, f"{name}: {set(ours[name]) ^ expected}")
        for task in tasks:
            self.expect(list(ours["results"][task])[:3] == ["name", "alias", "sample_len"], f"{task}: first keys")
            self.expect(set(ours["n-samples"][task]) == {"original", "effective"}, f"{task}: n-samples")
        for column in ["results"] + (["groups"] if groups else []):
            table = make_table(ours, column=column)
            print(table)
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
            for name, figures in ours[column].items():
                for key, value in figures.items():
                    metric, _, filter_name = key.partition(",")
                    if not filter_name or metric.endswith("_stderr"):
                        continue
                    error = figures[f"{metric}_stderr,{filter_name}"]
                    # The table's own writer reads its cells as numbers again, which shortens some.
                    found = any(row[2] == filter_name and row[4] == metric and near(row[6], value)
                                and (row[8] == "N/A" if error == "N/A" else near(row[8], error)) for row in rows)
                    self.expect(found, f"{name}: {key} = {value} ± {error} is not in the harness's table")

    def samples(self, lines, theirs, results):
        from lm_eval.utils import hash_string

        by_kind = {"multiple_choice": "own_choice", **{kind: OTHERS[kind][0] for kind in OTHERS}}
        names = {line.get("task") for line in lines}
        only = next(iter(results["configs"])) if len(results["configs"]) == 1 else None
        for line in lines:
            task = line.pop("task", only)
            output = results["configs"][task]["output_type"]
            model = theirs[by_kind[output]][0]
            own = line["metrics"]
            fixed = [key for key in model if key not in model["metrics"]]
            self.expect(list(line) == fixed + own, f"{task}: keys {list(line)}, the harness's {fixed} + {own}")
            for key in fixed:
                self.expect(shape(line[key]) == shape(model[key]) or key == "doc",
                            f"{task}: {key} is {shape(line[key])}, the harness's {shape(model[key])}")
            prompt = line["arguments"]["gen_args_0"]["arg_0"]
            self.expect(line["prompt_hash"] == hash_string(prompt), f"{task}: prompt_hash")
            self.expect(line["target_hash"] == hash_string(line["target"]), f"{task}: target_hash")
            self.expect(line["doc_hash"] == hash_string(json.dumps(line["doc"], indent=2, ensure_ascii=False)),
                        f"{task}: doc_hash")
        self.expect(len(names) > 1 or None in names, "a single task's lines bear its name")


def near(cell, value):
    try:
        return abs(float(cell) - value) < 1e-4 * max(1, abs(value))
    except ValueError:
        return cell.lower() == str(value).lower()


def shape(value):
    """The nesting of a value; texts alone where lists are of any length."""
    if isinstance(value, list):
        return ["list", shape(value[0])] if value else ["list"]
    if isinstance(value, dict) and any(key.startswith("gen_args_") for key in value):
        return {"gen_args_0": {key: kind(entry) for key, entry in value["gen_args_0"].items()}}
    return kind(value)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--results", required=True)
    arguments.add_argument("--samples")
    arguments.add_argument("--write-harness")
    arguments = arguments.parse_args()
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        import datasets
        import lm_eval
    except ImportError as error:
        print(f"skipped: {error}")
        sys.exit(SKIPPED)
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HF_DATASETS_CACHE"] = os.path.join(folder, "cache")
        datasets.config.HF_DATASETS_CACHE = os.path.join(folder, "cache")
        noise = io.StringIO()
        with contextlib.redirect_stderr(noise):
            theirs, samples = harness_run(folder)
        if arguments.write_harness:
            with open(os.path.join(arguments.write_harness, "harness.json"), "w") as file:
                json.dump(theirs, file, indent=2, ensure_ascii=False)
        ours = json.load(open(arguments.results))
        check.results(ours, theirs)
        if arguments.samples:
            lines = [json.loads(line) for line in open(arguments.samples)]
            count = len(lines)
            check.samples(lines, samples, ours)
            if len(ours["configs"]) == 1:
                loaded = datasets.load_dataset("json", data_files=arguments.samples, split="train")
                check.expect(len(loaded) == count, f"datasets loads {len(loaded)} of {count} samples")
    for fault in check.faults:
        print("differs:", fault)
    print(f"held against lm-evaluation-harness {lm_eval.__version__}: {len(check.faults)} differences")
    sys.exit(1 if check.faults else 0)


main()
