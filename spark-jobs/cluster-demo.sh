#!/usr/bin/env bash
# Tries on the cluster of cluster.sh what the pages claim: a line PASS, FAIL or SKIP with a figure for each; exit code 1 if one fails.
# spark-jobs/cluster-demo.sh [CLAIM ...]   all by default; --list names them
# It starts a cluster of its own in target/cluster-demo, ports 17170 to 17173, and ends it. A fault counts only if it hit a running fit.
# disk_full and network_cut need root (a file system in memory, a network namespace) and are skipped without.
set -uo pipefail
folder="$(cd "${BASH_SOURCE[0]%/*}" && pwd)"
root="$(cd "$folder/.." && pwd)"
export FIRESTEEL_CLUSTER="$root/target/cluster-demo" FIRESTEEL_CLUSTER_PORT="${FIRESTEEL_CLUSTER_PORT:-17170}"
export SPARK_CONF_DIR="$FIRESTEEL_CLUSTER/conf"
unset SPARK_HOME
cluster="$folder/cluster.sh"
logs="$FIRESTEEL_CLUSTER/logs"
claims=(client_mode cluster_mode failed_driver driver_killed executor_killed executor_stopped worker_killed master_killed
  name_node_away name_node_away_long data_nodes_away quota small_driver small_executors locks stranger secrets rpc_ssl disk_full network_cut)
pause="${FIRESTEEL_DEMO_PAUSE:-10}"
pause_long="${FIRESTEEL_DEMO_PAUSE_LONG:-60}"
disk="$FIRESTEEL_CLUSTER-disk"
namespace=firesteel-demo
failures=0
expected=""

say() {
  echo "$1 $2: $3"
  [ "$1" != FAIL ] || failures=$((failures + 1))
}

job_file() {
  cat <<JSON
{"name": "demo", "seed": 1,
 "data": {"format": "csv", "path": "/demo/digits.csv", "options": {"header": true, "inferSchema": true}, "features": "pixel_*", "label": "digit"},
 "model": {"class_name": "Sequential", "config": {"name": "demo", "layers": [
  {"class_name": "InputLayer", "config": {"batch_shape": [null, 64]}},
  {"class_name": "Dense", "config": {"units": 256, "activation": "relu"}},
  {"class_name": "Dropout", "config": {"rate": 0.4}},
  {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}},
 "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
 "fit": {"epochs": ${FIRESTEEL_DEMO_EPOCHS:-100}, "batch_size": 128, "verbose": 2},
 "checkpoint": {"path": "/demo/none", "every_steps": 20, "every_seconds": 1, "keep": 2},
 "output": {"path": "/demo/none"}}
JSON
}

up() {
  "$cluster" up "$@" >/dev/null || exit 1
  job_file >"$FIRESTEEL_CLUSTER/demo.json"
  "$cluster" fs -mkdir -p /demo && "$cluster" fs -put "$root/conf/data/digits.csv" "$FIRESTEEL_CLUSTER/demo.json" /demo/ || exit 1
}

# train NAME [JOB_ARGUMENT ...] [-- OPTION ...]
train() {
  local name="$1"
  shift
  "$folder/train.sh" hdfs:///demo/demo.json --set "output.path=/demo/$name" --set "checkpoint.path=/demo/$name/checkpoints" "$@" \
    >"$logs/$name.out" 2>"$logs/$name.err"
}

sha() {
  sed -n 's/.*weights_sha256=\([0-9a-f]*\).*/\1/p' "$1" 2>/dev/null | tail -n 1
}

# begin NAME: starts a fit in the background and waits for its third epoch.
begin() {
  started=$SECONDS
  train "$@" &
  job=$!
  while kill -0 "$job" 2>/dev/null; do
    ! grep -q "^Epoch 3/" "$logs/$1.out" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

# same CLAIM NAME WHAT: the fit in the background must have been running until now, and end with the weights of the undisturbed one.
same() {
  local code=0 found
  wait "$job" || code=$?
  found="$(sha "$logs/$2.out")"
  if [ "$code" -eq 0 ] && [ -n "$found" ] && [ "$found" = "$expected" ]; then
    say PASS "$1" "$3; the same weights after $((SECONDS - started)) s"
  else
    say FAIL "$1" "$3; exit code $code, weights ${found:-none}: $(tail -n 1 "$logs/$2.err")"
  fi
}

is_fitting() {
  kill -0 "$job" 2>/dev/null && ! grep -q weights_sha256 "$logs/$1.out"
}

# started_by_workers FOLDERS CLASS: the process ids of what the Workers have started.
started_by_workers() {
  local each
  for each in /proc/[0-9]*; do
    if [[ "$(readlink "$each/cwd" 2>/dev/null)" == "$FIRESTEEL_CLUSTER/work/"$1 ]] && tr '\0' ' ' <"$each/cmdline" | grep -q "$2"; then
      echo "${each#/proc/}"
    fi
  done
}

# executors [WORKER]: the process ids of the executors.
executors() {
  started_by_workers "${1:-*}/app-*" CoarseGrainedExecutorBackend
}

reference() {
  [ -z "$expected" ] || return 0
  train reference || { say FAIL reference "$(tail -n 1 "$logs/reference.err")"; exit 1; }
  expected="$(sha "$logs/reference.out")"
}

client_mode() {
  reference
  say PASS client_mode "job file, data and output on HDFS; weights ${expected:0:12}"
}

cluster_mode() {
  local code=0 found out
  train in_cluster -- --deploy-mode cluster || code=$?
  found=""
  for out in "$FIRESTEEL_CLUSTER"/work/*/driver-*/stdout; do
    [ -z "$(sha "$out")" ] || found="$(sha "$out")"
  done
  if [ "$code" -eq 0 ] && [ "$found" = "$expected" ]; then
    say PASS cluster_mode "the same weights"
  else
    say FAIL cluster_mode "exit code $code, weights ${found:-none}"
  fi
}

# A driver that a standalone Master supervises is started again, and goes on from its newest checkpoint.
driver_killed() {
  reference
  local victim="" code=0 found="" out
  started=$SECONDS
  train driver_killed -- --deploy-mode cluster --supervise &
  job=$!
  while kill -0 "$job" 2>/dev/null; do
    victim="$(started_by_workers "*/driver-*" DriverWrapper | head -n 1)"
    out="$(readlink "/proc/$victim/cwd" 2>/dev/null)/stdout"
    ! grep -qs "^Epoch 3/" "$out" || break
    sleep 0.1
  done
  { [ -n "$victim" ] && ! grep -qs weights_sha256 "$out" && kill -9 "$victim"; } || { wait "$job"; say FAIL driver_killed "nothing was killed"; return; }
  wait "$job" || code=$?
  found="$("$cluster" fs -cat /demo/driver_killed/result.json 2>/dev/null | sed -n 's/.*"weights_sha256" *: *"\([0-9a-f]*\)".*/\1/p')"
  if [ "$found" = "$expected" ]; then
    say PASS driver_killed "driver process $victim killed, started again with --supervise; the same weights after $((SECONDS - started)) s"
  else
    say FAIL driver_killed "exit code $code, weights ${found:-none}"
  fi
}

failed_driver() {
  local code=0
  "$folder/train.sh" hdfs:///demo/nothing.json -- --deploy-mode cluster >"$logs/failed.out" 2>"$logs/failed.err" || code=$?
  if [ "$code" -ne 0 ] && grep -q "ended as FAILED" "$logs/failed.err"; then
    say PASS failed_driver "exit code $code in cluster mode"
  else
    say FAIL failed_driver "exit code $code"
  fi
}

executor_killed() {
  local victim
  begin executor_killed || { say FAIL executor_killed "the fit did not begin"; return; }
  victim="$(executors | head -n 1)"
  { [ -n "$victim" ] && is_fitting executor_killed && kill -9 "$victim"; } || { wait "$job"; say FAIL executor_killed "nothing was killed"; return; }
  same executor_killed executor_killed "executor process $victim killed"
}

executor_stopped() {
  local victim
  begin executor_stopped || { say FAIL executor_stopped "the fit did not begin"; return; }
  victim="$(executors | head -n 1)"
  { [ -n "$victim" ] && is_fitting executor_stopped && kill -STOP "$victim"; } || { wait "$job"; say FAIL executor_stopped "nothing was stopped"; return; }
  sleep "$pause_long"
  is_fitting executor_stopped || echo "  (the fit did not wait)"
  kill -CONT "$victim" 2>/dev/null
  same executor_stopped executor_stopped "executor stopped for $pause_long s"
}

# killed CLAIM SECONDS PROCESS ...: kills processes of the cluster while a fit runs, and starts them again after a time.
killed() {
  local claim="$1" seconds="$2" process
  shift 2
  begin "$claim" || { say FAIL "$claim" "the fit did not begin"; return; }
  is_fitting "$claim" || { wait "$job"; say FAIL "$claim" "the fit had ended"; return; }
  for process in "$@"; do
    "$cluster" kill "$process" || { wait "$job"; say FAIL "$claim" "$process was not killed"; return; }
  done
  sleep "$seconds"
  for process in "$@"; do
    "$cluster" start "$process" || { wait "$job"; say FAIL "$claim" "$process did not start again"; return; }
  done
  same "$claim" "$claim" "$* killed, back after $seconds s"
}

worker_killed() { killed worker_killed 3 worker-1; }
master_killed() { killed master_killed 3 master; }
name_node_away() { killed name_node_away 3 namenode; }
name_node_away_long() { killed name_node_away_long 40 namenode; }
data_nodes_away() { killed data_nodes_away 3 datanode-1 datanode-2; }

# The checkpoints' folder takes no more files for a while.
quota() {
  begin quota || { say FAIL quota "the fit did not begin"; return; }
  "$cluster" dfsadmin -setQuota 1 /demo/quota/checkpoints >/dev/null
  sleep "$pause"
  "$cluster" dfsadmin -clrQuota /demo/quota/checkpoints >/dev/null
  if grep -qi "quota" "$logs/quota.err"; then
    same quota quota "the quota stopped checkpoints"
  else
    wait "$job"
    say FAIL quota "no checkpoint met the quota"
  fi
}

# too_small CLAIM WORDS OPTION ...: a fit of 25 million parameters must end soon, and say what to set.
too_small() {
  local claim="$1" words="$2" code=0
  shift 2
  started=$SECONDS
  timeout 300 "$folder/train.sh" hdfs:///demo/demo.json --set "output.path=/demo/$claim" --set "checkpoint.path=/demo/$claim/checkpoints" \
    --set model.config.layers.1.config.units=340000 --set fit.epochs=1 -- "$@" >"$logs/$claim.out" 2>"$logs/$claim.err" || code=$?
  if [ "$code" -ne 0 ] && [ "$code" -ne 124 ] && grep -q "$words" "$logs/$claim.err"; then
    say PASS "$claim" "25 M parameters refused after $((SECONDS - started)) s, $(wc -l <"$logs/$claim.err") lines, exit code $code: $(grep "$words" "$logs/$claim.err" | tail -n 1)"
  else
    say FAIL "$claim" "exit code $code after $((SECONDS - started)) s: $(tail -n 1 "$logs/$claim.err")"
  fi
}

small_driver() { too_small small_driver spark.driver.memory --driver-memory 700m; }
small_executors() { too_small small_executors spark.executor.memory --driver-memory 2g --executor-memory 512m; }

# Starts the cluster anew with all locks; leaves it so.
locks() {
  local found
  secret="demo-secret-4711"
  up spark.authenticate=true "spark.authenticate.secret=$secret" spark.network.crypto.enabled=true spark.io.encryption.enabled=true \
    spark.authenticate.enableSaslEncryption=true "spark.hadoop.demo.secret.key=$secret"
  if ! train locked; then
    say FAIL locks "with authentication and encryption: $(tail -n 1 "$logs/locked.err")"
  else
    found="$(sha "$logs/locked.out")"
    [ "$found" = "$expected" ] && say PASS locks "authentication, SASL, network and file encryption: the same weights" ||
      say FAIL locks "other weights: $found"
  fi
  locked=yes
}

# Who has not the secret gets no executor and no answer.
stranger() {
  [ -n "${locked:-}" ] || { say SKIP stranger "needs the claim locks before it"; return; }
  local code=0 conf="$FIRESTEEL_CLUSTER/stranger"
  mkdir -p "$conf"
  cp "$SPARK_CONF_DIR"/*.xml "$SPARK_CONF_DIR"/*.properties "$conf/"
  sed -e '/authenticate.secret/d' -e '/^spark.authenticate/d' -e '/crypto/d' -e '/encryption/d' "$SPARK_CONF_DIR/spark-defaults.conf" >"$conf/spark-defaults.conf"
  SPARK_CONF_DIR="$conf" timeout 120 "$folder/train.sh" hdfs:///demo/demo.json --set output.path=/demo/stranger \
    --set checkpoint.path=/demo/stranger/checkpoints >"$logs/stranger.out" 2>"$logs/stranger.err" || code=$?
  if [ "$code" -ne 0 ] && [ -z "$(sha "$logs/stranger.out")" ]; then
    say PASS stranger "refused with exit code $code"
  else
    say FAIL stranger "trained without the secret"
  fi
}

# with_settings CLAIM WHAT SETTING ...: the same weights on a cluster that is started anew.
with_settings() {
  local claim="$1" what="$2" found
  shift 2
  locked=""
  up "$@"
  if ! train "$claim"; then
    say FAIL "$claim" "$what: $(tail -n 1 "$logs/$claim.err")"
    return
  fi
  found="$(sha "$logs/$claim.out")"
  if [ "$found" = "$expected" ]; then say PASS "$claim" "$what: the same weights"; else say FAIL "$claim" "other weights: $found"; fi
}

rpc_ssl() {
  local store="$FIRESTEEL_CLUSTER.jks" password=firesteel-demo
  reference
  rm -f "$store"
  keytool -genkeypair -alias demo -keyalg RSA -dname CN=127.0.0.1 -ext SAN=ip:127.0.0.1 -validity 2 -storetype JKS \
    -keystore "$store" -storepass "$password" -keypass "$password" 2>/dev/null || { say SKIP rpc_ssl "no keytool"; return; }
  with_settings rpc_ssl "RPC over TLS" spark.ssl.rpc.enabled=true "spark.ssl.rpc.keyStore=$store" "spark.ssl.rpc.trustStore=$store" \
    "spark.ssl.rpc.keyStorePassword=$password" "spark.ssl.rpc.keyPassword=$password" "spark.ssl.rpc.trustStorePassword=$password" \
    spark.ssl.rpc.protocol=TLSv1.3
}

# The executors' disk is full while one of them is replaced and the shards it had are built again.
disk_full() {
  local victim code=0
  reference
  mkdir -p "$disk" && mount -t tmpfs -o size=64m tmpfs "$disk" 2>/dev/null || { say SKIP disk_full "no file system could be mounted"; return; }
  locked=""
  SPARK_LOCAL_DIRS="$disk" up
  begin disk_full || { say FAIL disk_full "the fit did not begin"; return; }
  dd if=/dev/zero of="$disk/filler" bs=1M 2>/dev/null
  victim="$(executors | head -n 1)"
  { [ -n "$victim" ] && is_fitting disk_full && kill -9 "$victim"; } || { wait "$job"; say FAIL disk_full "nothing was killed"; return; }
  sleep "$pause"
  rm -f "$disk/filler"
  wait "$job" || code=$?
  if [ "$code" -eq 0 ] && [ "$(sha "$logs/disk_full.out")" = "$expected" ]; then
    say PASS disk_full "an executor was lost while no byte was free; the same weights after $((SECONDS - started)) s"
  elif [ "$code" -ne 0 ] && grep -q "No space left" "$logs/disk_full.err" && train disk_full && [ "$(sha "$logs/disk_full.out")" = "$expected" ]; then
    say PASS disk_full "the fit ended with No space left on device; run again it had the same weights"
  else
    say FAIL disk_full "exit code $code, weights $(sha "$logs/disk_full.out"): $(tail -n 1 "$logs/disk_full.err")"
  fi
}

# The cable between the driver and one Worker with its executor is pulled, and put back.
network_cut() {
  reference
  ip netns add "$namespace" 2>/dev/null && ip link add firesteel0 type veth peer name firesteel1 netns "$namespace" 2>/dev/null ||
    { say SKIP network_cut "no network namespace could be made"; return; }
  ip addr add 10.117.0.1/24 dev firesteel0
  ip link set firesteel0 up
  ip -n "$namespace" addr add 10.117.0.2/24 dev firesteel1
  ip -n "$namespace" link set firesteel1 up
  ip -n "$namespace" link set lo up
  locked=""
  export FIRESTEEL_CLUSTER_HOST=10.117.0.1 FIRESTEEL_CLUSTER_NETNS="$namespace" FIRESTEEL_CLUSTER_NETNS_HOST=10.117.0.2 SPARK_LOCAL_IP=10.117.0.1
  up
  begin network_cut || { say FAIL network_cut "the fit did not begin"; return; }
  { [ -n "$(executors worker-2)" ] && is_fitting network_cut; } || { wait "$job"; say FAIL network_cut "no executor was behind the cable"; return; }
  ip link set firesteel0 down
  sleep "$pause"
  is_fitting network_cut || echo "  (the fit did not wait)"
  ip link set firesteel0 up
  same network_cut network_cut "no network to one of two executors for $pause s"
}

# The secrets of the claim locks are in no log, event log or checkpoint.
secrets() {
  [ -n "${locked:-}" ] || { say SKIP secrets "needs the claim locks before it"; return; }
  local found
  rm -rf "$FIRESTEEL_CLUSTER/fetched"
  "$cluster" fs -get /demo/locked "$FIRESTEEL_CLUSTER/fetched" || { say FAIL secrets "no files of the fit"; return; }
  found="$(grep -rlF "$secret" "$logs" "$FIRESTEEL_CLUSTER"/{events,work,fetched} 2>/dev/null | head -n 3 | tr '\n' ' ')"
  if [ -z "$found" ]; then
    say PASS secrets "in none of $(find "$logs" "$FIRESTEEL_CLUSTER"/{events,work,fetched} -type f | wc -l) files: logs, event log, executors' folders, checkpoints"
  else
    say FAIL secrets "$found"
  fi
}

if [ "${1:-}" = --list ]; then
  printf '%s\n' "${claims[@]}"
  exit 0
fi
[ $# -gt 0 ] || set -- "${claims[@]}"
for claim in "$@"; do
  [[ " ${claims[*]} " == *" $claim "* ]] || { echo "cluster-demo.sh: there is no claim $claim. Allowed: ${claims[*]}" >&2; exit 2; }
done
clean() {
  "$cluster" down
  ! mountpoint -q "$disk" 2>/dev/null || umount "$disk"
  ip link del firesteel0 2>/dev/null
  ip netns del "$namespace" 2>/dev/null
}
trap clean EXIT
up
reference
for claim in "$@"; do
  "$claim"
done
[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
