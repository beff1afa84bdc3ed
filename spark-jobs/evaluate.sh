#!/usr/bin/env bash
# Evaluates a saved model: spark-jobs/evaluate.sh JOB.json [--set FIELD=VALUE ...] [-- SPARK_SUBMIT_OPTION ...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
submit io.firesteel.jobs.Evaluate "$@"
