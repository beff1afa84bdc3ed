# Shared by the scripts beside it: finds a Spark, builds what is missing, submits a main class.
# A script sources it and calls: submit MAIN_CLASS [JOB_ARGUMENT ...] [-- SPARK_SUBMIT_OPTION ...]

# FIRESTEEL_LINE names another line of Spark than the default: 3.5, 3.5_2.12, 4.0 or 4.2.

root="$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)"
spark_line="${FIRESTEEL_LINE:-}"
# Where the line's Spark is built, and where its jar is: one jar serves Spark 4.0 to 4.2.
line_folder="$root/target${spark_line:+/spark-$spark_line}"
case "$spark_line" in
  "" | 4.0 | 4.2) jar_folder="$root/target" ;;
  3.5 | 3.5_2.12) jar_folder="$line_folder" ;;
  *)
    echo "FIRESTEEL_LINE must be one of 3.5, 3.5_2.12, 4.0, 4.2. Received: $spark_line" >&2
    exit 1
    ;;
esac

# Sets jar to the packaged jar, empty if there is none.
find_jar() {
  local found
  jar=""
  for found in "$jar_folder"/firesteel-*.jar; do
    case "$found" in
      *-sources.jar | *-javadoc.jar) ;;
      *) [ ! -f "$found" ] || jar="$found" ;;
    esac
  done
}

# Tells whether everything is built and no source is newer.
is_built() {
  local source
  [ -n "$jar" ] && { [ -n "${SPARK_HOME:-}" ] || [ -d "$line_folder/spark/jars" ]; } || return 1
  shopt -s globstar nullglob
  for source in "$root/pom.xml" "$root"/src/main/**/*; do
    if [ -f "$source" ] && [ "$source" -nt "$jar" ]; then
      return 1
    fi
  done
}

# Builds the jar, and a Spark beside it unless SPARK_HOME names one, if they are missing or old.
build_if_needed() {
  local options=(-q -B -Dmaven.test.skip=true)
  find_jar
  is_built && return
  [ -z "${SPARK_HOME:-}" ] || options+=(-Dmdep.skip=true)
  echo "Building Firesteel (mvn ${options[*]} package) ..." >&2
  (cd "$root" && mvn "${options[@]}" package) >&2 || return 1
  [ -z "$spark_line" ] || (cd "$root" && mvn "${options[@]}" "-Pspark-$spark_line" package) >&2 || return 1
  find_jar
  [ -n "$jar" ]
}

# spark-submit of SPARK_HOME, or of the Spark that the build assembles.
spark_submit() {
  if [ -n "${SPARK_HOME:-}" ]; then
    exec "$SPARK_HOME/bin/spark-submit" "$@"
  fi

  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java" part command=()
  export SPARK_HOME="$line_folder/spark"
  export SPARK_CONF_DIR="${SPARK_CONF_DIR:-$root/conf/spark}"
  export SPARK_SCALA_VERSION=2.13
  [ "$spark_line" != 3.5_2.12 ] || SPARK_SCALA_VERSION=2.12
  export SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
  # Spark's launcher prints a NUL and a line break, and then the command that starts the driver, a NUL after each part.
  while IFS= read -r -d '' part; do
    command+=("${part#$'\n'}")
  done < <("$java" -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
    org.apache.spark.deploy.SparkSubmit "$@")
  [ "${#command[@]}" -gt 1 ] || exit 1
  exec "${command[@]:1}"
}

# Compiles the benchmarks and sets java and classpath for them.
prepare_benchmarks() {
  (cd "$root" && mvn -q -B -Danalysis.main=-parameters -Danalysis.test=-parameters test-compile \
    dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/benchmark-classpath) >&2 || return 1
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  classpath="$root/target/test-classes:$root/target/classes:$(cat "$root/target/benchmark-classpath")"
}

submit() {
  local main="$1" jar arguments=()
  shift
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do
    arguments+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  build_if_needed || exit 1
  if is_cluster_mode "$@"; then
    submit_and_wait --class "$main" --conf spark.standalone.submit.waitAppCompletion=true "$@" "$jar" ${arguments[@]+"${arguments[@]}"}
  else
    spark_submit --class "$main" "$@" "$jar" ${arguments[@]+"${arguments[@]}"}
  fi
}

# Tells whether options of spark-submit ask for the driver to run on the cluster.
is_cluster_mode() {
  case " $* " in
    *" --deploy-mode cluster "* | *" --deploy-mode=cluster "* | *" spark.submit.deployMode=cluster "*) ;;
    *) return 1 ;;
  esac
}

# spark-submit of a standalone cluster ends with 0 however its driver ended, and only its log says how.
submit_and_wait() {
  local log state="" code=0
  log="$(mktemp)"
  (spark_submit "$@") 2> >(tee "$log" >&2) || code=$?
  while IFS= read -r line; do
    [[ ! "$line" =~ State\ of\ driver\ (driver-[0-9-]+)\ is\ ([A-Z]+) ]] || state="${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
    [[ ! "$line" =~ submitted\ as\ (driver-[0-9-]+) || -n "$state" ]] || state="UNKNOWN ${BASH_REMATCH[1]}"
  done <"$log"
  rm -f "$log"
  case "$state" in
    "" | "FINISHED "*) return "$code" ;;
    *)
      echo "The driver ${state#* } ended as ${state%% *}. What it said is in the work folder of its Worker, ${state#* }/stderr" >&2
      return 1
      ;;
  esac
}
