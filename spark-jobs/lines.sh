#!/usr/bin/env bash
# Trains the digits with each line of Spark, in this process and on two executor processes, and compares the weights to the
# bit with those of the default line: lines.sh [LINE ...]. The default's name is "default". JAVA_HOME says with which JDK.
# Prints one line each, and fails if one does.
set -uo pipefail
here="$(cd "${BASH_SOURCE[0]%/*}" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
version="$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.version = //p')"

# Prints the weights' hash, or nothing: train LINE MASTER
train() {
  local output="$work/$1-${2%%[*}"
  FIRESTEEL_LINE="${1#default}" "$here/train.sh" --set fit.epochs=3 \
    --set "output.path=$output" --set "checkpoint.path=$output-checkpoints" -- --master "$2" >"$output.log" 2>&1
  sed -n 's/.*"weights_sha256" *: *"\([0-9a-f]*\)".*/\1/p' "$output/result.json" 2>/dev/null
}

[ $# -gt 0 ] || set -- default 4.0 4.2 3.5 3.5_2.12
expected="${FIRESTEEL_SHA:-}"
failed=0
for line in "$@"; do
  for master in 'local[2]' 'local-cluster[2,1,1024]'; do
    sha="$(train "$line" "$master")"
    : "${expected:=$sha}"
    if [ -n "$sha" ] && [ "$sha" = "$expected" ]; then
      echo "PASS  Spark $line, Java $version, $master: $sha"
    else
      echo "FAIL  Spark $line, Java $version, $master: ${sha:-$(grep -m1 -E 'failed: |Exception|Error' "$work/$line-${master%%[*}.log")}"
      failed=1
    fi
  done
done
exit "$failed"
