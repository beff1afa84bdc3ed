#!/usr/bin/env bash
# Runs the notebooks in a real Zeppelin server: spark-jobs/notebooks.sh [MAVEN_OPTION ...]
# Zeppelin comes from Maven Central into target/zeppelin; every paragraph of every notebook must succeed.
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."
for part in server markdown; do
  [ -d "target/zeppelin/$part" ] ||
    mvn -q -B -f "src/test/zeppelin/$part/pom.xml" dependency:copy-dependencies \
      -DoutputDirectory="$PWD/target/zeppelin/$part"
done
exec mvn -B -Pnotebooks verify -Dtest=none -Dit.test=NotebooksIT -Dsurefire.failIfNoSpecifiedTests=false "$@"
