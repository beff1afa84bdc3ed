#!/usr/bin/env bash
# Measures the step of every optimizer: spark-jobs/benchmark-optimizers.sh [--quick] [--only REGEX] [--python PYTHON]
# PYTHON may have torch and optax; what is missing is skipped and said so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=""
quick=()
only=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=(--quick) ;;
    --only) only=(--only "$2") && shift ;;
    --python) python="$2" && shift ;;
    *) echo "Unknown argument: $1. Usage: $0 [--quick] [--only REGEX] [--python PYTHON]" >&2 && exit 2 ;;
  esac
  shift
done

. spark-jobs/common.sh
prepare_benchmarks

peers=()
if [ -n "$python" ]; then
  "$python" src/test/python/optimizer_benchmark.py ${quick[@]+"${quick[@]}"} > target/benchmark-peers.tsv
  peers=(--peers target/benchmark-peers.tsv)
fi

exec "$java" -cp "$classpath" \
  io.firesteel.benchmark.OptimizerBenchmark ${quick[@]+"${quick[@]}"} ${only[@]+"${only[@]}"} ${peers[@]+"${peers[@]}"}
