#!/usr/bin/env bash
# Publishes the jars into a repository in a scratch folder, and trains the digits with each line of Spark by
# `spark-submit --packages`, with nothing of Firesteel but what Spark finds there: packages.sh [LINE ...]. The default's name
# is "default". Prints one line each, and fails if one does.
set -uo pipefail
here="$(cd "${BASH_SOURCE[0]%/*}" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
. "$here/common.sh"
cd "$root"
version="$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml | head -n 1)"

# publish PROFILE_OPTION ...
publish() {
  mvn -q -B -Dmaven.test.skip=true "-DaltDeploymentRepository=scratch::default::file://$work/repository" "$@" deploy >&2
}

# The artifact of a line.
artifact() {
  case "$1" in
    3.5_2.12) echo firesteel-spark3.5_2.12 ;;
    3.5) echo firesteel-spark3.5_2.13 ;;
    *) echo firesteel-spark4_2.13 ;;
  esac
}

[ $# -gt 0 ] || set -- default 4.0 4.2 3.5 3.5_2.12
expected=""
failed=0
for line in "$@"; do
  name="$(artifact "$line")"
  case "$line" in 3.5*) profile=("-Pspark-$line") ;; *) profile=() ;; esac
  [ -d "$work/repository/io/firesteel/$name" ] || publish "${profile[@]}" || exit 1
  (
    export FIRESTEEL_LINE="${line#default}"
    . "$here/common.sh"
    build_if_needed && spark_submit --conf "spark.jars.ivy=$work/ivy-$line" --repositories "file:$work/repository" \
      --packages "io.firesteel:$name:$version" --class io.firesteel.jobs.Train spark-internal conf/digits.json \
      --set fit.epochs=3 --set "output.path=$work/$line" --set "checkpoint.path=$work/$line-checkpoints"
  ) >"$work/$line.log" 2>&1
  sha="$(sed -n 's/.*"weights_sha256" *: *"\([0-9a-f]*\)".*/\1/p' "$work/$line/result.json" 2>/dev/null)"
  : "${expected:=$sha}"
  if [ -n "$sha" ] && [ "$sha" = "$expected" ]; then
    echo "PASS  Spark $line, --packages io.firesteel:$name:$version: $sha"
  else
    echo "FAIL  Spark $line, --packages io.firesteel:$name:$version: ${sha:-$(tail -n 1 "$work/$line.log")}"
    failed=1
  fi
done
exit "$failed"
