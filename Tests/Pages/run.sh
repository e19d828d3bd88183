#!/bin/sh
# Runs the browser suite: Tests/Pages/run.sh [PROGRAM]. It needs Chromium, chromedriver and Python 3.
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ATLAS_PROGRAM=${1:-${ATLAS_PROGRAM:-$root/.build/debug/atlas}}
export ATLAS_PROGRAM
environment=$root/.build/pages-environment
if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c 'import selenium, importlib.util as u, sys; sys.exit(u.find_spec("axe_playwright_python") is None)' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  # Carries axe-core's script, which is all that is wanted of it: not what the package itself needs.
  "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps axe-playwright-python==0.1.8
fi
exec "$environment/bin/python" -m unittest discover --start-directory "$here" --verbose
