#!/usr/bin/env bash
# How Zeppelin starts an interpreter's process, with the class path that its folder names.
set -euf
while getopts "hc:p:r:i:d:l:v:u:g:n" option; do
  case "$option" in
    d) folder="$OPTARG" ;;
    c) host="$OPTARG" ;;
    p) port="$OPTARG" ;;
    r) ports="$OPTARG" ;;
    i) group="$OPTARG" ;;
    *) ;;
  esac
done
exec "$JAVA_HOME/bin/java" @"${ZEPPELIN_HOME}/conf/jvm" -cp "$(cat "$folder/classpath")" \
  org.apache.zeppelin.interpreter.remote.RemoteInterpreterServer "$host" "$port" "$group" "$ports"
