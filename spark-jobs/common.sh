# Shared by the scripts beside it: finds a Spark, builds what is missing, submits a main class.
# A script sources it and calls: submit MAIN_CLASS "$@"

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# The packaged jar, built first if it is missing or older than a source file.
firesteel_jar() {
  local jar
  jar="$(find "$root/target" -maxdepth 1 -name 'firesteel-*.jar' -print -quit 2>/dev/null)"
  if [ -z "$jar" ] || [ ! -d "$root/target/spark/jars" ] ||
    [ -n "$(find "$root/src/main" "$root/pom.xml" -newer "$jar" -print -quit)" ]; then
    echo "Building Firesteel (mvn -DskipTests package) ..." >&2
    (cd "$root" && mvn -q -B -DskipTests package) >&2 || return 1
    jar="$(find "$root/target" -maxdepth 1 -name 'firesteel-*.jar' -print -quit)"
  fi
  echo "$jar"
}

# spark-submit of SPARK_HOME, or of the Spark that the build assembles under target/spark.
spark_submit() {
  if [ -n "${SPARK_HOME:-}" ]; then
    exec "$SPARK_HOME/bin/spark-submit" "$@"
  fi

  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  export SPARK_HOME="$root/target/spark"
  export SPARK_CONF_DIR="${SPARK_CONF_DIR:-$root/conf/spark}"
  export SPARK_SCALA_VERSION=2.13
  export SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
  local command=()
  # Spark's launcher prints the command that starts the driver, its parts separated by NUL.
  while IFS= read -r -d '' part; do
    command+=("$part")
  done < <("$java" -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
    org.apache.spark.deploy.SparkSubmit "$@")
  [ "${#command[@]}" -gt 0 ] || exit 1
  exec "${command[@]}"
}

# submit MAIN_CLASS [JOB_ARGUMENT ...] [-- SPARK_SUBMIT_OPTION ...]
submit() {
  local main="$1"
  shift
  local arguments=()
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do
    arguments+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  local jar
  jar="$(firesteel_jar)" || exit 1
  spark_submit --class "$main" "$@" "$jar" ${arguments[@]+"${arguments[@]}"}
}
