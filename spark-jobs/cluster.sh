#!/usr/bin/env bash
# A small cluster on 127.0.0.1, from what the build resolves: a standalone Master, two Workers, a NameNode, two DataNodes, each a process of its own.
# spark-jobs/cluster.sh up [KEY=VALUE ...]   starts it anew, with these settings in its spark-defaults.conf
# spark-jobs/cluster.sh down                 ends all its processes, with drivers and executors that it started
# spark-jobs/cluster.sh status               one line a process; exit code 1 unless all are up
# spark-jobs/cluster.sh start|kill PROCESS   one of master worker-1 worker-2 namenode datanode-1 datanode-2; kill is kill -9
# spark-jobs/cluster.sh fs|dfsadmin ...      Hadoop's commands on its file system
# The folder target/cluster has logs, pids, data and conf; SPARK_CONF_DIR=target/cluster/conf points the other scripts to it.
# FIRESTEEL_CLUSTER names another folder, FIRESTEEL_CLUSTER_PORT another first port (17070; the six after it are taken too).
# FIRESTEEL_CLUSTER_HOST is another address of this machine to be on. With FIRESTEEL_CLUSTER_NETNS=NAME and FIRESTEEL_CLUSTER_NETNS_HOST=ADDRESS
# worker-2 and its executors are in that network namespace, under that address.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

home="${FIRESTEEL_CLUSTER:-$root/target/cluster}"
port="${FIRESTEEL_CLUSTER_PORT:-17070}"
host="${FIRESTEEL_CLUSTER_HOST:-127.0.0.1}"
master_port="$port"
master_ui="$((port + 1))"
name_port="$((port + 2))"
name_ui="$((port + 3))"
processes=(namenode datanode-1 datanode-2 master worker-1 worker-2)
jars="$root/target/spark/jars"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
unset SPARK_HOME

fail() {
  echo "cluster.sh: $*" >&2
  exit 1
}

known() {
  local process
  for process in "${processes[@]}"; do
    [ "$process" != "$1" ] || return 0
  done
  fail "there is no process $1. Allowed: ${processes[*]}"
}

# Prints the process id of a process that is alive and ours, nothing else.
pid() {
  local file="$home/pids/$1" number
  [ -f "$file" ] || return 0
  number="$(<"$file")"
  if [ -r "/proc/$number/cmdline" ] && tr '\0' ' ' <"/proc/$number/cmdline" | grep -qF -- "-Dfiresteel.cluster=$home "; then
    echo "$number"
  fi
}

is_open() {
  (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null
}

hadoop_classpath() {
  local jar paths="$home/conf:$root/target/hdfs/*"
  for jar in "$jars"/{hadoop-client-*,slf4j-api-*,log4j-*,commons-logging-*}.jar; do
    paths+=":$jar"
  done
  echo "$paths"
}

property() {
  echo "  <property><name>$1</name><value>$2</value></property>"
}

# hdfs_site FOLDER: the settings of HDFS, with the place of a data node's blocks.
hdfs_site() {
  echo "<configuration>"
  property dfs.replication 2
  property dfs.namenode.name.dir "file://$home/name"
  property dfs.namenode.rpc-bind-host "$host"
  property dfs.namenode.http-address "$host:$name_ui"
  property dfs.namenode.safemode.extension 0
  property dfs.namenode.datanode.registration.ip-hostname-check false
  property dfs.namenode.heartbeat.recheck-interval 2000
  property dfs.heartbeat.interval 1
  property dfs.datanode.data.dir "file://$home/$1"
  property dfs.datanode.address "$host:0"
  property dfs.datanode.ipc.address "$host:0"
  property dfs.datanode.http.address "$host:0"
  echo "</configuration>"
}

write_conf() {
  local setting
  mkdir -p "$home"/{conf,pids,logs,events,recovery,work,local,datanode-1-conf,datanode-2-conf}
  {
    echo "<configuration>"
    property fs.defaultFS "hdfs://$host:$name_port"
    echo "</configuration>"
  } >"$home/conf/core-site.xml"
  hdfs_site data >"$home/conf/hdfs-site.xml"
  hdfs_site datanode-1 >"$home/datanode-1-conf/hdfs-site.xml"
  hdfs_site datanode-2 >"$home/datanode-2-conf/hdfs-site.xml"
  cp "$root/conf/spark/log4j2.properties" "$home/conf/"
  {
    echo "spark.master                     spark://$host:$master_port"
    echo "spark.ui.showConsoleProgress     false"
    echo "spark.driver.host                $host"
    echo "spark.driver.memory              700m"
    echo "spark.executor.memory            600m"
    echo "spark.executor.cores             1"
    echo "spark.cores.max                  2"
    echo "spark.eventLog.enabled           true"
    echo "spark.eventLog.dir               file://$home/events"
    echo "spark.deploy.recoveryMode        FILESYSTEM"
    echo "spark.deploy.recoveryDirectory   $home/recovery"
    echo "spark.standalone.submit.waitAppCompletion  true"
    echo "spark.master.rest.enabled        false" # Spark 4 has it on, and refuses spark.authenticate beside it.
    for setting in "$@"; do
      echo "${setting%%=*}  ${setting#*=}"
    done
  } >"$home/conf/spark-defaults.conf"
  # Daemons, executors and drivers in cluster mode tell more than a job in a terminal.
  mkdir -p "$home/daemon-conf"
  cp "$home"/conf/{core-site.xml,hdfs-site.xml,spark-defaults.conf} "$home/daemon-conf/"
  cat >"$home/daemon-conf/log4j2.properties" <<'LOG'
rootLogger.level = info
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
LOG
}

# launch PROCESS COMMAND ...: starts it in the background, in a session of its own.
launch() {
  local process="$1"
  shift
  (
    cd "$home"
    setsid "$@" >>"$home/logs/$process.log" 2>&1 &
    echo $! >"$home/pids/$process"
  )
}

# spark_daemon PROCESS CLASS ARGUMENT ...
spark_daemon() {
  local process="$1" part command=() inside=()
  shift
  export SPARK_HOME="$root/target/spark" SPARK_CONF_DIR="$home/daemon-conf" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP="$host"
  export SPARK_DAEMON_MEMORY="${SPARK_DAEMON_MEMORY:-256m}" SPARK_LOCAL_DIRS="${SPARK_LOCAL_DIRS:-$home/local}"
  while IFS= read -r -d '' part; do
    command+=("${part#$'\n'}")
  done < <("$java" -cp "$jars/*" org.apache.spark.launcher.Main "$@")
  [ "${#command[@]}" -gt 2 ] || fail "Spark's launcher gave no command for $process"
  # The first part is empty: the launcher begins with a NUL.
  if in_namespace "$process"; then
    SPARK_LOCAL_IP="$FIRESTEEL_CLUSTER_NETNS_HOST"
    inside=(ip netns exec "$FIRESTEEL_CLUSTER_NETNS")
  fi
  launch "$process" ${inside[@]+"${inside[@]}"} "${command[1]}" "-Dfiresteel.cluster=$home" "${command[@]:2}"
}

in_namespace() {
  [ "$1" = worker-2 ] && [ -n "${FIRESTEEL_CLUSTER_NETNS:-}" ]
}

# hdfs_daemon PROCESS CLASS FOLDER: FOLDER has settings of this process alone.
hdfs_daemon() {
  launch "$1" "$java" "-Dfiresteel.cluster=$home" -Xmx256m -Xss512k -cp "$3:$home/daemon-conf:$(hadoop_classpath)" "$2"
}

start() {
  [ -z "$(pid "$1")" ] || return 0
  case "$1" in
    namenode) hdfs_daemon "$1" org.apache.hadoop.hdfs.server.namenode.NameNode "$home/daemon-conf" ;;
    datanode-*) hdfs_daemon "$1" org.apache.hadoop.hdfs.server.datanode.DataNode "$home/$1-conf" ;;
    master) spark_daemon "$1" org.apache.spark.deploy.master.Master --host "$host" --port "$master_port" --webui-port "$master_ui" ;;
    worker-*)
      local worker_host="$host"
      ! in_namespace "$1" || worker_host="$FIRESTEEL_CLUSTER_NETNS_HOST"
      spark_daemon "$1" org.apache.spark.deploy.worker.Worker --host "$worker_host" --webui-port 0 --cores 3 --memory 3g \
        --work-dir "$home/work/$1" "spark://$host:$master_port"
      ;;
  esac
}

# await SECONDS WHAT COMMAND ...: until the command succeeds.
await() {
  local seconds="$1" what="$2" tries
  shift 2
  for ((tries = 0; tries < seconds * 5; tries++)); do
    "$@" && return
    sleep 0.2
  done
  fail "$what is not there after $seconds s; see $home/logs"
}

is_up() {
  case "$1" in
    namenode) is_open "$name_port" ;;
    master) is_open "$master_port" ;;
    datanode-*) grep -qs "Successfully sent block report\|successfully registered with NN" "$home/logs/$1.log" ;;
    worker-*) grep -qs "Successfully registered with master" "$home/logs/$1.log" ;;
  esac && [ -n "$(pid "$1")" ]
}

kill_process() {
  local number
  number="$(pid "$1")"
  [ -n "$number" ] || fail "$1 is not running"
  kill -9 "$number"
  while [ -n "$(pid "$1")" ]; do sleep 0.05; done
  : >"$home/logs/$1.log"
}

# Ends what carries the mark of this cluster, and what its Workers have started.
down() {
  local process number mark found=()
  for process in worker-1 worker-2 master datanode-1 datanode-2 namenode; do
    number="$(pid "$process")"
    [ -z "$number" ] || found+=("$number")
  done
  # Executors and drivers run below the Workers' folders.
  for mark in /proc/[0-9]*; do
    if [[ "$(readlink "$mark/cwd" 2>/dev/null || true)" == "$home/work/"* ]]; then
      found+=("${mark#/proc/}")
    fi
  done
  [ "${#found[@]}" -eq 0 ] || kill -9 "${found[@]}" 2>/dev/null || true
  for number in ${found[@]+"${found[@]}"}; do
    while [ -d "/proc/$number" ] && [[ "$(<"/proc/$number/stat")" != *") Z "* ]]; do sleep 0.05; done 2>/dev/null
  done
  rm -f "$home"/pids/*
}

up() {
  local setting process number
  for setting in "$@"; do
    [[ "$setting" == spark.*=* ]] || fail "a setting must be spark.KEY=VALUE. Received: $setting"
  done
  build_if_needed || fail "the build failed"
  [ -d "$jars" ] || fail "target/spark is missing; the script builds it unless SPARK_HOME is set"
  compgen -G "$root/target/hdfs/*.jar" >/dev/null || fail "target/hdfs is missing: mvn -q -B -Dmaven.test.skip=true package"
  down
  for number in "$master_port" "$master_ui" "$name_port" "$name_ui"; do
    ! is_open "$number" || fail "port $number is taken by another program; FIRESTEEL_CLUSTER_PORT chooses others"
  done
  rm -rf "$home"
  write_conf "$@"
  "$java" -cp "$home/daemon-conf:$(hadoop_classpath)" org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive \
    >"$home/logs/format.log" 2>&1 || fail "the name node can't be formatted; see $home/logs/format.log"
  start master
  start namenode
  await 60 namenode is_up namenode
  await 60 master is_up master
  for process in datanode-1 datanode-2 worker-1 worker-2; do
    start "$process"
  done
  for process in "${processes[@]}"; do
    await 60 "$process" is_up "$process"
  done
  echo "spark://$host:$master_port (http://$host:$master_ui), hdfs://$host:$name_port; SPARK_CONF_DIR=$home/conf"
}

status() {
  local process number missing=0
  for process in "${processes[@]}"; do
    number="$(pid "$process")"
    if [ -n "$number" ]; then
      echo "$process: process $number"
    else
      echo "$process: not running"
      missing=1
    fi
  done
  return "$missing"
}

command="${1:-}"
[ $# -eq 0 ] || shift
case "$command" in
  up) up "$@" ;;
  down) down ;;
  status) status ;;
  start)
    known "${1:-}"
    [ -d "$home/conf" ] || fail "there is no cluster; cluster.sh up starts one"
    start "$1"
    await 60 "$1" is_up "$1"
    ;;
  kill)
    known "${1:-}"
    kill_process "$1"
    ;;
  fs) exec "$java" -Xmx256m -cp "$(hadoop_classpath)" org.apache.hadoop.fs.FsShell "$@" ;;
  dfsadmin) exec "$java" -Xmx256m -cp "$(hadoop_classpath)" org.apache.hadoop.hdfs.tools.DFSAdmin "$@" ;;
  *)
    echo "Usage: cluster.sh up [spark.KEY=VALUE ...] | down | status | start|kill PROCESS | fs|dfsadmin ARGUMENT ..." >&2
    exit 2
    ;;
esac
