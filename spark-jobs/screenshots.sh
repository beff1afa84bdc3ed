#!/usr/bin/env bash
# Remakes the pictures of the README: spark-jobs/screenshots.sh [FOLDER]
# Trains on the bundled digits and has Chromium take pictures of the Training tab meanwhile, into FOLDER (src/site/images). It
# fails if the page logs an error or asks another machine for something.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="${1:-src/site/images}"
chromium="$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"
[ -n "$chromium" ] || { echo "This needs chromium (Debian: apt-get install chromium)" >&2 && exit 1; }
port="${PORT:-4050}"
scratch="$(mktemp -d)"
run=""
trap 'exec 3>&- || true; [ -z "$run" ] || wait "$run" || true; rm -r "$scratch"' EXIT

mvn -q -B -Danalysis.main=-parameters -Danalysis.test=-parameters test-compile \
  dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/benchmark-classpath >&2
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
classpath="$PWD/target/test-classes:$PWD/target/classes:$(cat target/benchmark-classpath)"
read -r -a options <<< "$("$java" -cp "$classpath" io.firesteel.benchmark.SparkOptions)"
export SPARK_LOCAL_IP=127.0.0.1

mkfifo "$scratch/input"
"$java" "${options[@]}" -Xmx2g -Dspark.log.level=ERROR -cp "$classpath" io.firesteel.benchmark.TabRun "$port" "${EPOCHS:-600}" \
  "$scratch" < "$scratch/input" > "$scratch/output" 2> "$scratch/errors" &
run=$!
exec 3> "$scratch/input"

# Waits until the run has said a word: it says READY when the long training starts, DONE when that is over.
await() {
  local second
  for second in $(seq 300); do
    ! grep -q "^$1" "$scratch/output" || return 0
    kill -0 "$run" 2> /dev/null || break
    sleep 1
  done
  cat "$scratch/errors" >&2
  exit 1
}

# Takes a picture: NAME WIDTH HEIGHT
picture() {
  "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
    --no-first-run --user-data-dir="$scratch/browser" --enable-logging=stderr --log-net-log="$scratch/net.json" \
    --screenshot="$folder/$1" --window-size="$2,$3" "http://127.0.0.1:$port/training/" 2> "$scratch/console" > /dev/null
  if grep "CONSOLE" "$scratch/console" >&2; then
    echo "The page logged something" >&2
    exit 1
  fi
  # What the page asked for; the browser's own business is marked otherwise.
  if grep -o '"url":"https\?://[^"]*"' "$scratch/net.json" | grep -v "//127.0.0.1:$port/" | grep -v 'google\|gvt1\|chrome' >&2; then
    echo "The page asked another machine" >&2
    exit 1
  fi
}

mkdir -p "$folder"
await READY
sleep "${AFTER:-20}"
picture training-tab.png 1400 1090
picture training-tab-narrow.png 800 1400
await DONE
ls -l "$folder"
