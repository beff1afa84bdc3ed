#!/usr/bin/env bash
# Measures Firesteel, and beside it what else is there: spark-jobs/benchmark.sh [PART ...] [--python PYTHON] [--data FASHION_MNIST_FOLDER] [--mllib-iterations N]
#   [--a9a FILE] [--csv FASHION_MNIST_CSV] [--rows CLICKS] [--features IDS]
# The parts are steps, cores, scaling, wire, tab, compute, denormal, estimator, mlp, optimizers, predictor, sparse, cnn, lstm; without any, all are run. PYTHON may have torch, optax, keras
# with jax or tensorflow; what is missing is skipped and said so. sparse is a9a (FILE, and FILE.t) and synthetic clicks against
# MLlib, then ten times the ids: Firesteel and MLlib in a JVM of 4 GB each, of which one may fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
parts=()
python=()
mlp=()
a9a=()
cnn=()
rows=1000000
features=1000000
while [ $# -gt 0 ]; do
  case "$1" in
    steps | cores | scaling | wire | tab | compute | denormal | estimator | mlp | optimizers | predictor | sparse | cnn | lstm) parts+=("$1") ;;
    --python) python=(--python "$2") && shift ;;
    --data | --mllib-iterations) mlp+=("$1" "$2") && shift ;;
    --a9a) a9a=(--train "$2") && shift ;;
    --csv) cnn=(--csv "$2") && shift ;;
    --rows) rows="$2" && shift ;;
    --features) features="$2" && shift ;;
    *) echo "Unknown argument: $1. See the head of $0" >&2 && exit 2 ;;
  esac
  shift
done
[ ${#parts[@]} -gt 0 ] || parts=(steps cores scaling wire tab compute denormal estimator mlp optimizers predictor sparse cnn lstm)

. spark-jobs/common.sh
prepare_benchmarks
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
      run StepOverheadBenchmark 1000 "local-cluster[2,4,1024]" 8 3000
      run StepOverheadBenchmark 1000000 "local-cluster[2,1,2048]" 2 150
      ;;
    denormal) run DenormalBenchmark ;;
    estimator) run EstimatorBenchmark --rows 10000 ;;
    cores)
      run CoresBenchmark
      cores=$(($(nproc) > 4 ? $(nproc) / 4 : 2))
      [ "$cores" -le 4 ] || cores=4
      for executors in 1 2 4; do
        run StepOverheadBenchmark 7850 "local-cluster[$executors,$cores,1024]" 16 2000
        run StepOverheadBenchmark 1000000 "local-cluster[$executors,$cores,2048]" 16 50
      done
      run ClusterFitBenchmark --master "local[$(nproc)]"
      run ClusterFitBenchmark --master "local-cluster[$(($(nproc) > 4 ? $(nproc) / cores : 2)),$(($(nproc) > 4 ? cores : 1)),4096]"
      ;;
    scaling)
      "$java" "${options[@]}" -Xmx4g -Dspark.ui.enabled=false -Dspark.log.level=ERROR -cp "$classpath" io.firesteel.spark.internal.resident.ScalingBenchmark \
        1x1000 10x1000 100x1000 1000x1000 1x100000 10x100000 100x100000 1x1000000 4x1000000 16x1000000
      ;;
    wire) run WireBenchmark 2 10000 100000 1000000 10000000 ;;
    tab)
      events="$(mktemp -d)"
      run TabCostBenchmark 20000 16 "file://$events"
      run TabCostBenchmark 1000 512 "file://$events"
      rm -r "$events"
      ;;
    compute) run ComputeBenchmark ;;
    mlp) run MlpBenchmark ${python[@]+"${python[@]}"} ${mlp[@]+"${mlp[@]}"} ;;
    sparse)
      run A9aBenchmark ${a9a[@]+"${a9a[@]}"}
      run ClickBenchmark --rows "$rows" --features "$features"
      echo "Ten times the ids, Firesteel alone"
      run ClickBenchmark --rows "$rows" --features "${features}0" --mllib-iterations 0 --model fm --dim 4 --epochs 1 --ftrl-l2 0 --learning-rate 0.05 --accumulator 1e-6 || echo "Failed"
      echo "Ten times the ids, MLlib alone"
      run ClickBenchmark --rows "$rows" --features "${features}0" --model none --l2 1e-5 || echo "Failed"
      ;;
    predictor)
      for library in openblas vector java; do
        "$java" --add-modules jdk.incubator.vector -Dfiresteel.blas=$library -cp "$classpath" io.firesteel.benchmark.PredictorBenchmark
      done
      ;;
    cnn) run CnnBenchmark ${python[@]+"${python[@]}"} ${cnn[@]+"${cnn[@]}"} ;;
    lstm) run LstmBenchmark ${python[@]+"${python[@]}"} ;;
    optimizers) spark-jobs/benchmark-optimizers.sh ${python[@]+"${python[@]}"} ;;
  esac
done
