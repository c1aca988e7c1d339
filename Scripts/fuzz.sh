#!/usr/bin/env bash
# Feeds every parser for FUZZ_SECONDS each, one after the other (`make fuzz`).
#
# FUZZ_TARGETS names some of them. Inputs that found something new are kept in .build/fuzz-corpus and
# are where the next run begins; what crashed, hung or took too much memory lies in .build/fuzz-faults, and
#   FUZZ_TARGET=NAME .build/fuzz/release/FuzzTool FILE
# does it again.
set -u
cd "$(dirname "$0")/.."
tool=.build/fuzz/release/FuzzTool
seconds=${FUZZ_SECONDS:-60}
export FUZZ_FOLDER FUZZ_TARGET FUZZ_SEEDS
# The fuzzer's own report is enough, and prints the input.
export SWIFT_BACKTRACE=enable=no
# Swift keeps references where the leak detector does not look. What is freed is kept aside as far as
# reading a few inputs takes: more costs most of the time.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4
FUZZ_FOLDER=$(mktemp -d)
trap 'rm -rf "$FUZZ_FOLDER"' EXIT
# Published samples, where they lie beside the checkout, are seeds too.
formats=${SAMARA_SHARED:-../shared}/data/formats
targets=${FUZZ_TARGETS:-$(FUZZ_TARGET=list "$tool")}
[ -n "$targets" ] || { echo "$tool lists no targets"; exit 1; }
mkdir -p .build/fuzz-corpus .build/fuzz-faults .build/fuzz-logs

status=0
printf '%-26s %10s %8s %9s %8s  %s\n' target inputs a_second coverage corpus fault
for FUZZ_TARGET in $targets; do
  FUZZ_SEEDS=$FUZZ_FOLDER/seeds-$FUZZ_TARGET
  corpus=.build/fuzz-corpus/$FUZZ_TARGET
  log=.build/fuzz-logs/$FUZZ_TARGET
  mkdir -p "$corpus" "$FUZZ_SEEDS"
  # In megabytes, of one piece of memory. Windows of Zstandard reach 2 GiB of addresses, of which only
  # what data fill is ever touched.
  case $FUZZ_TARGET in
    zstandard | text | json-lines | file-formats) largest=2560 ;;
    *) largest=128 ;;
  esac
  case $FUZZ_TARGET in
    parquet) more=("$formats"/parquet-testing/{data,bad_data}) ;;
    pytorch) more=("$formats/pytorch_pickle") ;;
    gzip) more=("$formats/zstd/gzip") ;;
    zstandard) more=("$formats"/zstd/golden-decompression{,-errors}) ;;
    *) more=() ;;
  esac
  [ -d "${more[0]:-}" ] || more=()
  # A second of a plain build on an idle machine may be several here.
  "$tool" -dict="$FUZZ_SEEDS.words" -max_total_time="$seconds" -timeout=10 -max_len=65536 \
    -rss_limit_mb=2048 -malloc_limit_mb="$largest" -reload=0 ${FUZZ_SEED:+-seed=$FUZZ_SEED} \
    -print_final_stats=1 -artifact_prefix=".build/fuzz-faults/$FUZZ_TARGET-" \
    "$corpus" "$FUZZ_SEEDS" ${more[@]+"${more[@]}"} > "$log" 2>&1
  code=$?
  fault=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  if [ $code -ne 0 ] || [ -n "$fault" ]; then status=1; fault=${fault:-"exit $code, see $log"}; fi
  last=$(grep -E '^#[0-9]+.*cov: ' "$log" | tail -1)
  printf '%-26s %10s %8s %9s %8s  %s\n' "$FUZZ_TARGET" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
    "$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' <<< "$last")" \
    "$(sed -n 's/.*corp: \([0-9]*\).*/\1/p' <<< "$last")" "${fault:--}"
done
exit $status
