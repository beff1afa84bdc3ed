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

# await LOG EPOCH PROCESS: waits until the epoch has begun, or the process has ended.
await() {
  local line
  while kill -0 "$3" 2>"$work/kill.err"; do
    while IFS= read -r line; do
      [[ "$line" != "Epoch $2/"* ]] || return 0
    done <"$work/$1.out"
    sleep 0.1
  done
}

rm -rf "$work"
mkdir -p "$work"
echo "seed $seed; an uninterrupted run first"
(train whole whole)
expected="$(field whole weights_sha256)"
epochs="$(field whole epochs)"
echo "weights $expected"

failures=0
for ((round = 1; round <= rounds; round++)); do
  rm -rf "$work/killed"
  : >"$work/kill-$round.out"
  train killed "kill-$round" &
  job=$!
  # Epoch 0 stands for the time before the first one, in which Spark starts and reads the data.
  epoch=$((RANDOM % (epochs + 1)))
  milliseconds=$((RANDOM % (epoch == 0 ? 10000 : 500)))
  [ "$epoch" -eq 0 ] || await "kill-$round" "$epoch" "$job"
  sleep "$((milliseconds / 1000)).$(printf %03d $((milliseconds % 1000)))"
  if kill -9 "$job" 2>"$work/kill.err"; then
    killed="killed $milliseconds ms into epoch $epoch"
  else
    killed="had ended"
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
