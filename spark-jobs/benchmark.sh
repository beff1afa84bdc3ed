#!/usr/bin/env bash
# Measures Firesteel, and beside it what else is there: spark-jobs/benchmark.sh [PART ...] [--python PYTHON] [--data FASHION_MNIST_FOLDER] [--mllib-iterations N]
# The parts are steps, tab, compute, mlp, optimizers; without any, all are run. PYTHON may have torch, optax, keras with jax or
# tensorflow; what is missing is skipped and said so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
parts=()
python=()
mlp=()
while [ $# -gt 0 ]; do
  case "$1" in
    steps | tab | compute | mlp | optimizers) parts+=("$1") ;;
    --python) python=(--python "$2") && shift ;;
    --data | --mllib-iterations) mlp+=("$1" "$2") && shift ;;
    *) echo "Unknown argument: $1. See the head of $0" >&2 && exit 2 ;;
  esac
  shift
done
[ ${#parts[@]} -gt 0 ] || parts=(steps tab compute mlp optimizers)

mvn -q -B -Danalysis.main=-parameters -Danalysis.test=-parameters test-compile \
  dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/benchmark-classpath >&2
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
classpath="$PWD/target/test-classes:$PWD/target/classes:$(cat target/benchmark-classpath)"
read -r -a options <<< "$("$java" -cp "$classpath" io.firesteel.benchmark.SparkOptions)"
export SPARK_LOCAL_IP=127.0.0.1

# Runs one program: NAME [ARGUMENT ...]
run() {
  local name="$1"
  shift
  "$java" "${options[@]}" -Xmx4g -Dspark.master="local[2]" -Dspark.ui.enabled=false -Dspark.log.level=ERROR \
    -cp "$classpath" "io.firesteel.benchmark.$name" "$@"
}

for part in "${parts[@]}"; do
  echo "### $part"
  case "$part" in
    steps)
      run StepOverheadBenchmark 1000 "local[2]" 2 10000
      run StepOverheadBenchmark 1000 "local-cluster[2,1,1024]" 2 3000
      run StepOverheadBenchmark 1000000 "local-cluster[2,1,2048]" 2 150
      ;;
    tab)
      events="$(mktemp -d)"
      run TabCostBenchmark 20000 16 "file://$events"
      run TabCostBenchmark 1000 512 "file://$events"
      rm -r "$events"
      ;;
    compute) run ComputeBenchmark ;;
    mlp) run MlpBenchmark ${python[@]+"${python[@]}"} ${mlp[@]+"${mlp[@]}"} ;;
    optimizers) spark-jobs/benchmark-optimizers.sh ${python[@]+"${python[@]}"} ;;
  esac
done
