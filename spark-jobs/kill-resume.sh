#!/usr/bin/env bash
# Kills the default job (kill -9) at random moments, starts it again, and compares the weights with those of an uninterrupted run.
# spark-jobs/kill-resume.sh [ROUNDS, default 10] [SEED]
set -euo pipefail
folder="$(cd "${BASH_SOURCE[0]%/*}" && pwd)"
rounds="${1:-10}"
seed="${2:-$RANDOM}"
work="$folder/../work/kill-resume"
RANDOM="$seed"

# train NAME LOG: runs the job with its output under that name.
train() {
  exec "$folder/train.sh" --set "output.path=$work/$1" --set "checkpoint.path=$work/$1/checkpoints" >"$work/$2.out" 2>"$work/$2.err"
}

# field LOG NAME: prints a field of the line that ends a log.
field() {
  local line last=""
  while IFS= read -r line; do
    last="$line"
  done <"$work/$1.out"
  [[ "$last" =~ $2=([^,]*) ]] || { echo "no $2 in $work/$1.out" >&2; return 1; }
  echo "${BASH_REMATCH[1]}"
}

rm -rf "$work"
mkdir -p "$work"
echo "seed $seed; an uninterrupted run first"
start="$SECONDS"
(train whole whole)
length=$((SECONDS - start))
expected="$(field whole weights_sha256)"
echo "$length s, weights $expected"

failures=0
for ((round = 1; round <= rounds; round++)); do
  rm -rf "$work/killed"
  train killed "kill-$round" &
  job=$!
  moment="$((RANDOM * length / 32768)).$((RANDOM % 10))"
  sleep "$moment"
  if kill -9 "$job" 2>"$work/kill.err"; then
    killed="killed after $moment s"
  else
    killed="had ended before $moment s"
  fi
  wait "$job" 2>"$work/kill.err" || true
  (train killed "again-$round")
  weights="$(field "again-$round" weights_sha256)"
  from="$(field "again-$round" resumed_from_step)"
  if [ "$weights" = "$expected" ]; then
    echo "round $round: $killed, resumed from step $from: the same weights"
  else
    echo "round $round: $killed, resumed from step $from: OTHER WEIGHTS $weights"
    failures=$((failures + 1))
  fi
done

echo "$((rounds - failures)) of $rounds rounds gave the weights of the uninterrupted run"
[ "$failures" -eq 0 ]
