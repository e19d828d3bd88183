"""A cluster in small: two executors in processes of their own, a corpus of the demo, and a program that misbehaves."""

import os
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "Sources" / "DemoData" / "Demo"
PROGRAM = Path(os.environ.get("FEATURE_ATLAS_PROGRAM") or ROOT / ".build" / "debug" / "atlas")


@pytest.fixture(scope="session")
def cluster_address(tmp_path_factory):
    """A master and two workers, each with an address of its own: a task is never started twice on one host.

    Spark's ``local-cluster`` mode has all workers on one host, so that nothing slow is overtaken there.
    """
    import pyspark

    package = str(Path(__file__).resolve().parents[1] / "src")
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join([package, os.environ.get("PYTHONPATH", "")])
    work = tmp_path_factory.mktemp("cluster")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"spark://127.0.0.1:{free.getsockname()[1]}"
    started = []

    def start(name, host, *arguments):
        log = open(work / f"{name}.log", "wb")
        command = [
            Path(os.environ["SPARK_HOME"]) / "bin" / "spark-class",
            f"org.apache.spark.deploy.{name[:6]}.{arguments[0]}",
        ]
        environment = {**os.environ, "SPARK_LOCAL_IP": host, "SPARK_DAEMON_MEMORY": "256m"}
        started.append(subprocess.Popen([*command, "--host", host, "--webui-port", "0", *arguments[1:]], stdout=log, stderr=log, env=environment))  # fmt: skip

    start("master", "127.0.0.1", "Master", "--port", address.rpartition(":")[2])
    for number in (1, 2):
        folder = ["--work-dir", str(work / f"worker{number}")]
        start(f"worker{number}", f"127.0.0.{number + 1}", "Worker", "--cores", "1", "--memory", "1g", *folder, address)
    print(f"logs of the cluster: {work}")
    yield address
    for process in started:
        process.terminate()
    for process in started:
        process.wait()


@pytest.fixture(scope="session")
def session(cluster_address, tmp_path_factory):
    """A session on that cluster, which starts slow tasks a second time."""
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    work = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
        "spark.ui.enabled": "false",
        "spark.local.dir": str(work),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.speculation": "true",
        "spark.speculation.quantile": "0.5",
        "spark.speculation.multiplier": "2",
        "spark.speculation.efficiency.enabled": "false",
        "spark.task.maxFailures": "3",
    }
    builder = SparkSession.builder.master(cluster_address).appName("feature-atlas")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel(os.environ.get("SPARK_LOG_LEVEL", "ERROR"))
    yield spark
    spark.stop()


class Corpus:
    """Prompts of the demo, and one run over them."""

    def __init__(self, folder, lines, transcoders="transcoders"):
        self.path = folder / "corpus.jsonl"
        self.path.write_text("".join(lines))
        self.model, self.transcoders = DEMO / "model", DEMO / transcoders
        self.atlas = folder / "one.atlas"

    def run(self):
        """Indexes it at once."""
        command = [PROGRAM, "index", self.path, "--model", self.model, "--transcoders", self.transcoders]
        subprocess.run([*command, "--atlas", self.atlas, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        return self

    @property
    def hashes(self):
        """Content hashes by id."""
        with sqlite3.connect(self.atlas) as connection:
            return {row[0]: row[1].hex() for row in connection.execute("SELECT id, content_hash FROM prompts")}

    def index(self, session, out, shards, program=PROGRAM, **more):
        """Indexes it on the cluster."""
        from feature_atlas import spark as cluster

        return cluster.index(session, self.path, self.model, self.transcoders, out, shards, program=program, **more)


def lines(stride):
    """Every ``stride``-th prompt of the demo, and all that name Texas."""
    found = (DEMO / "corpus.jsonl").read_text().splitlines(keepends=True)
    return [line for place, line in enumerate(found) if place % stride == 0 or '"state": "Texas"' in line]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return Corpus(tmp_path_factory.mktemp("corpus"), lines(60)).run()


@pytest.fixture
def misbehaving(tmp_path):
    """Makes a program that does something else the first time that it indexes one shard, and notes every start."""

    def make(shard, what, always=False):
        folder = tmp_path / "misbehaving"
        folder.mkdir(exist_ok=True)
        script = folder / "atlas"
        first = "true" if always else f"mkdir {folder}/first 2>/dev/null"
        script.write_text(
            f"""#!/bin/sh
shard= before=
for argument in "$@"; do [ "$before" = --shard ] && shard=${{argument%/*}}; before=$argument; done
[ "$1" = index ] && echo "$shard $$" >> {folder}/starts
if [ "$1" = index ] && [ "$shard" = {shard} ] && {first}; then
  {what}
fi
exec {PROGRAM} "$@"
"""
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return script

    return make


def starts(program, shard):
    """The processes that began to index a shard."""
    file = program.parent / "starts"
    rows = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [int(row[1]) for row in rows if row[0] == str(shard)]
