"""Workers that die, are slow or have no room, and shards that do not belong together."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import PROGRAM, Corpus, lines, starts

from feature_atlas import AtlasError
from feature_atlas import spark as cluster
from feature_atlas.spark.shards import shard_name

SHARDS = 3


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Corpus(tmp_path_factory.mktemp("small"), lines(300))


@pytest.fixture(scope="module")
def undisturbed(session, small, tmp_path_factory):
    """The shards of a run that nothing happens to."""
    out = tmp_path_factory.mktemp("undisturbed")
    small.index(session, out, SHARDS)
    return out


def tables(out):
    """What the tables of all shards hold: their bytes are the same wherever they are made."""
    found = {}
    for manifest in sorted((out / "shards").glob("*/shard.json")):
        files = json.loads(manifest.read_text())["files"]
        found[manifest.parent.name] = {name: digest for name, digest in files.items() if name.startswith("tables/")}
    return found


def require_same(out, undisturbed):
    assert tables(out) == tables(undisturbed) and len(tables(out)) == SHARDS
    assert [entry for entry in os.listdir(out / "shards") if entry.startswith(".")] == []


def executor_of(process):
    """The executor that a process works for."""
    while process > 1:
        command = Path(f"/proc/{process}/cmdline").read_bytes()
        if b"CoarseGrainedExecutorBackend" in command:
            return process
        process = int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    raise AssertionError("no executor")


def is_running(process):
    """Whether a process still does something: one that has ended may wait for a while to be noticed."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_an_executor_that_is_killed_loses_nothing(session, small, undisturbed, misbehaving, tmp_path):
    program = misbehaving(1, "sleep 8")
    killed = []

    def kill():
        while not starts(program, 1):
            time.sleep(0.1)
        time.sleep(1)
        (process,) = starts(program, 1)
        killed.append(executor_of(process))
        os.kill(killed[0], signal.SIGKILL)
        # The program ends with its executor.
        deadline = time.monotonic() + 30
        while is_running(process) and time.monotonic() < deadline:
            time.sleep(0.1)
        killed.append(is_running(process))

    thread = threading.Thread(target=kill)
    thread.start()
    small.index(session, tmp_path / "out", SHARDS, program=program)
    thread.join()
    assert killed[1] is False
    # Where the machine is busy a second attempt may seem slow, and a third begins.
    assert len(starts(program, 1)) >= 2
    require_same(tmp_path / "out", undisturbed)


def test_a_program_that_is_killed_is_started_again(session, small, undisturbed, misbehaving, tmp_path):
    program = misbehaving(2, "kill -9 $$")
    small.index(session, tmp_path / "out", SHARDS, program=program)
    assert len(starts(program, 2)) >= 2
    require_same(tmp_path / "out", undisturbed)


def test_a_slow_worker_is_overtaken(session, small, undisturbed, misbehaving, tmp_path):
    program = misbehaving(1, "exec sleep 600")
    began = time.monotonic()
    small.index(session, tmp_path / "out", SHARDS, program=program)
    assert time.monotonic() - began < 300
    assert len(starts(program, 1)) >= 2
    require_same(tmp_path / "out", undisturbed)


def test_two_attempts_that_end_at_once_leave_one_shard(small, undisturbed, tmp_path):
    from feature_atlas.spark.indexing import Job, make_shard

    out = tmp_path / "out"
    (out / "shards").mkdir(parents=True)
    arguments = ["index", str(small.path), "--model", str(small.model), "--transcoders", str(small.transcoders)]
    job = Job("job", str(PROGRAM), [*arguments, "--quiet"], str(out), None, SHARDS, False)
    failures = []

    def attempt():
        try:
            make_shard(1, job)
        except AtlasError as error:
            failures.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    name = shard_name(1, SHARDS)
    assert tables(out) == {name: tables(undisturbed)[name]}
    assert os.listdir(out / "shards") == [name]


def test_a_worker_without_room_is_told_and_another_makes_the_shard(session, small, undisturbed, misbehaving, tmp_path):
    program = misbehaving(1, "ulimit -f 64; trap '' XFSZ")
    small.index(session, tmp_path / "out", SHARDS, program=program)
    assert len(starts(program, 1)) == 2
    require_same(tmp_path / "out", undisturbed)


def test_where_no_worker_has_room_the_shard_is_named_and_the_others_stay(
    session, small, undisturbed, misbehaving, tmp_path
):
    program = misbehaving(1, "ulimit -f 64; trap '' XFSZ", always=True)
    with pytest.raises(AtlasError) as caught:
        small.index(session, tmp_path / "out", SHARDS, program=program)
    message = str(caught.value)
    assert message.startswith(f"shard 1/{SHARDS}: ") and "\n" not in message, message
    with pytest.raises(AtlasError, match=r"shard 1 of 3.*not there; the same indexing goes on"):
        cluster.tables(session, tmp_path / "out")
    # The same call goes on: only what is missing is made.
    before = {name: (tmp_path / "out/shards" / name).stat().st_ino for name in os.listdir(tmp_path / "out/shards")}
    small.index(session, tmp_path / "out", SHARDS)
    require_same(tmp_path / "out", undisturbed)
    for name, inode in before.items():
        assert (tmp_path / "out/shards" / name).stat().st_ino == inode


def test_a_full_scratch_disk_is_told_in_one_line(session, small, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", scratch], stderr=subprocess.DEVNULL)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted")
    try:
        with pytest.raises(AtlasError) as caught:
            small.index(session, tmp_path / "out", 1, scratch=scratch)
        message = str(caught.value)
        assert message.startswith("shard 1/1: ") and "\n" not in message, message
        assert os.listdir(tmp_path / "out/shards") == [] and os.listdir(scratch) == []
    finally:
        subprocess.run(["umount", scratch], check=True)


def test_one_shard_far_larger_than_the_others_is_no_different(session, small, tmp_path):
    import hashlib

    def shard(line):
        prefix = hashlib.sha256(json.loads(line)["text"].encode()).digest()[:8]
        return int.from_bytes(prefix, "big") * SHARDS >> 64

    found = lines(100)
    kept = [line for line in found if shard(line) == 0] + [line for line in found if shard(line) == 2][:1]
    (tmp_path / "corpus").mkdir()
    skewed = Corpus(tmp_path / "corpus", kept)
    counts = [entry["prompt_count"] for entry in skewed.index(session, tmp_path / "out", SHARDS)["shards"]]
    assert counts == [len(kept) - 1, 0, 1]
    assert cluster.tables(session, tmp_path / "out")["prompt_facts"].count() == len(kept)


def test_shards_that_do_not_belong_together_are_named(session, small, undisturbed, tmp_path):
    def copy(name):
        return Path(shutil.copytree(undisturbed, tmp_path / name))

    def refusal(out, **more):
        with pytest.raises(AtlasError) as caught:
            cluster.ShardedAtlas(session, out, program=PROGRAM, **more)
        message = str(caught.value)
        assert "\n" not in message
        return message

    twice = copy("twice")
    shutil.copytree(twice / "shards" / shard_name(2, SHARDS), twice / "shards" / "again")
    assert "shard 2 is there twice" in refusal(twice)

    damaged = copy("damaged")
    file = damaged / "shards" / shard_name(3, SHARDS) / "tables" / "edge_sums.parquet"
    bytes_of = bytearray(file.read_bytes())
    bytes_of[len(bytes_of) // 2] ^= 1
    file.write_bytes(bytes_of)
    assert f"{file}: damaged" in refusal(damaged, verify=True)
    file.write_bytes(bytes_of[:-100])
    assert f"{file}: damaged" in refusal(damaged)
    file.unlink()
    assert f"{file}: missing" in refusal(damaged)

    other = Corpus(tmp_path, lines(1000), "transcoders-per-layer")
    other.index(session, tmp_path / "other", SHARDS)
    mixed = copy("mixed")
    name = shard_name(2, SHARDS)
    shutil.rmtree(mixed / "shards" / name)
    shutil.copytree(tmp_path / "other" / "shards" / name, mixed / "shards" / name)
    assert f"{mixed / 'shards' / name}: replacement_model: expected" in refusal(mixed)

    small.index(session, tmp_path / "tighter", SHARDS, options=["--node-threshold", "0.8"])
    thresholds = copy("thresholds")
    shutil.rmtree(thresholds / "shards" / name)
    shutil.copytree(tmp_path / "tighter" / "shards" / name, thresholds / "shards" / name)
    assert f"{thresholds / 'shards' / name}: settings: expected" in refusal(thresholds)

    with pytest.raises(AtlasError, match="holds shards of another job: shards: expected 3, found 4"):
        small.index(session, undisturbed, 4)


@pytest.mark.parametrize("shards", [0, -1, 1_000_001, True, 2.5])
def test_a_number_of_shards_that_no_one_means_is_refused(small, tmp_path, shards):
    with pytest.raises(AtlasError, match="shards: expected 1 to 1000000"):
        small.index(None, tmp_path, shards)
