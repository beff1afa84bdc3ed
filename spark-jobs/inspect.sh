#!/usr/bin/env bash
# Says what is in a checkpoint folder or a .keras file: spark-jobs/inspect.sh PATH [-- SPARK_SUBMIT_OPTION ...]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
submit io.firesteel.jobs.Inspect "$@"
