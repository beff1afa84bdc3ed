#!/usr/bin/env bash
# Measures Firesteel, and beside it what else is installed: spark-jobs/benchmark.sh [--python PYTHON] [--data FASHION_MNIST_FOLDER] [--mllib-iterations N]
# PYTHON may have torch, keras, jax, tensorflow; what is missing is skipped and said so.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
build_if_needed
mvn -q -B -Danalysis.main=-parameters -Danalysis.test=-parameters test-compile >&2
(cd target/test-classes && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" cf ../firesteel-benchmarks.jar io/firesteel/benchmark)

# Runs one program: NAME [ARGUMENT ...]
run() {
  local name="$1"
  shift
  echo
  echo "### $name"
  (spark_submit --master "local[2]" --driver-memory 4g --conf spark.ui.enabled=false --jars "$jar" \
    --class "io.firesteel.benchmark.$name" target/firesteel-benchmarks.jar "$@")
}

run MlpBenchmark "$@"
