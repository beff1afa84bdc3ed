#!/usr/bin/env bash
# Trains a model: spark-jobs/train.sh [JOB.json] [--set FIELD=VALUE ...] [-- SPARK_SUBMIT_OPTION ...]
# Without a job file it trains the bundled digits, with paths from this project's folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
case "${1:-}" in
  "" | -*)
    if is_cluster_mode "$@"; then
      echo "train.sh: with --deploy-mode cluster, name a job file that every Worker can read, with data on such paths too" >&2
      exit 2
    fi
    cd "$root"
    set -- conf/digits.json "$@"
    ;;
esac
submit io.firesteel.jobs.Train "$@"
