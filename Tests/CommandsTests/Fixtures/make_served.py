"""Makes the four shards that `ServedCorpusTests` serves, in the format of RefinedWeb: Parquet files
with a column `content` among others, several row groups each (pyarrow 26).

  samara pretrain seedling --steps 1     # writes data/stories-30000-1/stories.jsonl
  python3 make_served.py data/stories-30000-1/stories.jsonl served
"""
import json, sys
import pyarrow, pyarrow.parquet

stories = [json.loads(line)["text"] for line in open(sys.argv[1]) if line.strip()][:400]
for shard in range(4):
    rows = stories[100 * shard:100 * (shard + 1)]
    table = pyarrow.table({
        "content": rows,
        "url": ["https://example.org/%d/%d" % (shard, row) for row in range(len(rows))],
        "segment": [str(shard)] * len(rows),
    })
    pyarrow.parquet.write_table(
        table, "%s/train-%05d-of-00004.parquet" % (sys.argv[2], shard), row_group_size=32,
        compression=["snappy", "zstd", "gzip", "none"][shard])
