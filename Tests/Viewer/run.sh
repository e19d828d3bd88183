#!/bin/sh
# What circuit-tracer's own viewer shows of what the program exports: Tests/Viewer/run.sh [PROGRAM]. See README.md.
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ATLAS_PROGRAM=${1:-${ATLAS_PROGRAM:-$root/.build/debug/atlas}}
export ATLAS_PROGRAM
environment=${VIEWER_ENVIRONMENT:-$root/.build/viewer-environment}
if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c 'import circuit_tracer, selenium' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
fi
exec "$environment/bin/python" -m unittest discover --start-directory "$here" --verbose
