#!/bin/sh
# What circuit-tracer's own viewer shows of what the program exports: Tests/Viewer/run.sh [PROGRAM]. See README.md.
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ATLAS_PROGRAM=${1:-${ATLAS_PROGRAM:-$root/.build/debug/atlas}}
export ATLAS_PROGRAM
environment=${VIEWER_ENVIRONMENT:-$root/.build/viewer-environment}
there='import importlib.util as u, sys; sys.exit(not (u.find_spec("circuit_tracer") and u.find_spec("selenium")))'
if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c "$there"; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
fi
exec "$environment/bin/python" -m unittest discover --start-directory "$here" --verbose
