#!/usr/bin/env bash
# Adds predictions to rows: spark-jobs/predict.sh JOB.json [--set FIELD=VALUE ...] [-- SPARK_SUBMIT_OPTION ...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
submit io.firesteel.jobs.Predict "$@"
