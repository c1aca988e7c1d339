"""Writes small data sets in the layouts of the Hugging Face hub into `hub`, with pyarrow 26.0.1.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python make_fixtures.py
"""

import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(__file__).parent / "hub"


def write(path, rows, **types):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(types.items()))), target, compression="snappy")


text, whole = pa.string(), pa.int64()

# A configuration of its own, in two shards.
questions = [("Which tree has winged seeds?", ["The elm.", "The oak."], "A"), ("What carries them?", ["Water.", "Wind."], "B"),
             ("When do they fall?", ["In May.", "In December.", "Never."], "A"), ("How many wings?", ["Two.", "One."], "B")]
arc = [{"id": f"elm-{i}", "question": question, "answerKey": key,
        "choices": {"text": texts, "label": ["A", "B", "C"][:len(texts)]}} for i, (question, texts, key) in enumerate(questions)]
for shard in range(2):
    write(f"allenai/ai2_arc/ARC-Easy/test-0000{shard}-of-00002.parquet", arc[2 * shard:2 * shard + 2], id=text, question=text,
          choices=pa.struct([("text", pa.list_(text)), ("label", pa.list_(text))]), answerKey=text)
# A data set without configurations, in `data`.
write("baber/piqa/data/validation-00000-of-00001.parquet",
      [{"goal": "Sow an elm", "sol1": "Bury the seed shallowly in moist ground and wait for a few days.", "sol2": "Boil the seed.",
        "label": 0}, {"goal": "Find an elm", "sol1": "Dive.", "sol2": "Look by the river.", "label": 1}],
      goal=text, sol1=text, sol2=text, label=whole)
# Lists of structures with nulls, as instructions have their arguments.
kwargs = pa.list_(pa.struct([("count", whole), ("share", pa.float64()), ("words", pa.list_(text)), ("exact", pa.bool_())]))
write("elm/instructions/default/train-00000-of-00001.parquet",
      [{"prompt": "p", "kwargs": [{"count": 3, "share": 0.25}, {"words": ["elm", None], "exact": True}, None]},
       {"prompt": None, "kwargs": []}, {"prompt": "", "kwargs": None}], prompt=text, kwargs=kwargs)
# Values that a document cannot have.
write("bytes.parquet", [{"id": 1, "image": {"bytes": None}}, {"id": 2, "image": {"bytes": b"\xff\xd8\xff"}}],
      id=whole, image=pa.struct([("bytes", pa.binary())]))
write("decimal.parquet", [{"prices": [decimal.Decimal("1.25")]}], prices=pa.list_(pa.decimal128(5, 2)))
write("large.parquet", [{"id": 2**64 - 1}], id=pa.uint64())
