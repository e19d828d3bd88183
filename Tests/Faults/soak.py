"""A server under everything at once: soak.py [--minutes 30] [--clients 20].

Indexes half of the demo's corpus, serves the atlas with its model, and while a second program goes on indexing the rest, in
parts, clients ask random questions of every kind, name features, run and cancel jobs, drip requests and go away in the
middle. Says every minute what the server's memory is, and at the end how long answers took and what went wrong; fails if
any answer was an error of the server's (5xx, those left aside that say that the question was stopped, that too much waits
or that another program is writing), if a connection was cut, or if the atlas is not sound afterwards. Memory is flat if its
mean over the last third of the time is within a tenth of that over the second third. Standard library only, Python 3.9 or
later; memory is told on Linux.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from greedy import Client, Subjects

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "Sources/DemoData/Demo"
PROGRAM = os.environ.get("ATLAS_PROGRAM", str(ROOT / ".build/debug/atlas"))
MODEL = ["--model", str(DEMO / "model"), "--transcoders", str(DEMO / "transcoders")]
PARTS = 40


def run(*arguments):
    answer = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RuntimeError(f"atlas {' '.join(arguments[:2])}: {answer.stderr.strip()}")
    return answer.stdout


def resident(process):
    """Mebibytes of a process's memory; `None` where the system does not tell."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text())
        return int(found.group(1)) / 1024
    except (OSError, AttributeError):
        return None


def long_question(chance, subjects):
    feature = chance.choice(subjects.features)
    return chance.choice([
        f"motifs?graphs={chance.choice([5, 20])}&rewirings=200", "diff?a=family%3Dtwo-step", "families?prompts=300",
        f"circuits/stability?token={chance.choice(subjects.tokens)}&size=20", "failures?tag=family", f"{feature}/correlated",
        f"circuits/supernodes?token={chance.choice(subjects.tokens)}&size=20", "operands?rows=a&columns=b",
        f"{feature}/upstream?by=twera", f"prompts/{chance.choice(subjects.prompts)}/similar", "invariant?where=family%3Dtwo-step",
        f"{feature}/inhibitors", f"circuits?token={chance.choice(subjects.tokens)}&size=200",
    ])


class Soak:
    def __init__(self, address, until):
        self.address, self.until = address, until
        self.host, self.port = re.fullmatch(r"http://(.+):(\d+)/?", address).groups()
        self.subjects = Subjects(address.rstrip("/"))
        self.times = collections.defaultdict(list)
        self.statuses = collections.Counter()
        self.errors = collections.Counter()

    def client(self):
        return Client(self.host, int(self.port), unpacks=True)

    async def ask(self, client, kind, path, method="GET", body=None):
        start = time.monotonic()
        status, answer = await client.ask(path, method, body)
        self.times[kind].append(time.monotonic() - start)
        self.statuses[status] += 1
        if status >= 500:
            told = json.loads(answer or b"{}")
            if told.get("title") not in ("Took too long", "Too much to do", "Being written"):
                self.errors[f"{status} {method} {path.split('?')[0]}: {told.get('detail')}"] += 1
        return status, answer

    async def job(self, client, chance):
        path, body = chance.choice([
            ("runs", {"text": "Fact: the capital of the state containing Dallas is"}),
            ("runs", {"text": f"calc: {chance.randrange(100)}+{chance.randrange(100)}="}),
            ("interventions", {"text": "calc: 36+59=", "settings": [{"feature": "2/157", "multiple": 0}]}),
            ("validations", {"where": "family=two-step", "interventions": 20}),
            ("exchanges", {"by": "state", "where": "family=two-step", "trials": 200}),
        ])
        status, answer = await self.ask(client, "job begun", path, "POST", body)
        if status != 202:
            return
        job = f"jobs/{json.loads(answer)['job']}"
        patience = time.monotonic() + chance.choice([0.2, 2, 20])
        while True:
            status, answer = await self.ask(client, "job", job)
            if status != 200 or json.loads(answer)["state"] not in ("queued", "running"):
                return
            if time.monotonic() > patience:
                await self.ask(client, "job cancelled", job, "DELETE")
                return
            await asyncio.sleep(0.1)

    async def step(self, client, chance):
        what = chance.random()
        if what < 0.7:
            await self.ask(client, "quick", self.subjects.quick(chance))
        elif what < 0.8:
            await self.ask(client, "long", long_question(chance, self.subjects))
        elif what < 0.84:
            await self.job(client, chance)
        elif what < 0.88:
            await self.ask(client, "label", f"{chance.choice(self.subjects.features)}/label", "PUT",
                           {"label": f"soak {chance.randrange(1000)}"})
        elif what < 0.94:
            # Asks for what takes long, and goes.
            await client.open()
            client.send("motifs?graphs=1000&rewirings=30000")
            await client.writer.drain()
            await asyncio.sleep(chance.random())
            client.leave()
        elif what < 0.97:
            # Half a request, and goes.
            await client.open()
            client.writer.write(b"PUT /api/v1/features/2/157/label HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
            await client.writer.drain()
            await asyncio.sleep(chance.random())
            client.leave()
        else:
            # Many at once on one connection.
            if client.writer is None:
                await client.open()
            for _ in range(20):
                client.send(self.subjects.quick(chance))
            for _ in range(20):
                status, _ = await client.read()
                self.statuses[status] += 1

    async def user(self, number):
        client, chance = self.client(), random.Random(number)
        while time.monotonic() < self.until:
            try:
                await self.step(client, chance)
            except (OSError, asyncio.IncompleteReadError, ConnectionError) as error:
                self.errors[f"connection: {error!r}"] += 1
                client.leave()
            if chance.random() < 0.05:
                client.leave()
            await asyncio.sleep(chance.random() * 0.2)
        client.leave()

    async def run(self, clients):
        await asyncio.gather(*(self.user(number) for number in range(clients)))


async def indexing(parts, atlas, until, counts):
    """Goes on indexing part after part in a program of its own, then its summaries again and again."""
    number = 0
    while time.monotonic() < until:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "index", parts[number % len(parts)], "--atlas", atlas, "--name", "rest", "--quiet", "--jobs", "1", *MODEL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        _, error = await process.communicate()
        counts["parts" if process.returncode == 0 else f"failed: {error.decode().strip()}"] += 1
        number += 1
        await asyncio.sleep(2)


async def watching(process, until, memory):
    start, told = time.monotonic(), 0
    while time.monotonic() < until:
        now = resident(process)
        if now is not None:
            memory.append(now)
            if time.monotonic() - start >= 60 * told:
                print(f"  {told:3} min  {now:6.0f} MiB", flush=True)
                told += 1
        await asyncio.sleep(1)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="atlas-soak-") as folder:
        lines = (DEMO / "corpus.jsonl").read_text().splitlines(keepends=True)
        atlas, half = f"{folder}/soak.atlas", len(lines) // 2
        pathlib.Path(f"{folder}/first.jsonl").write_text("".join(lines[:half]))
        parts = []
        for number in range(PARTS):
            parts.append(f"{folder}/part-{number}.jsonl")
            pathlib.Path(parts[-1]).write_text("".join(lines[half + number::PARTS]))
        run("index", f"{folder}/first.jsonl", "--atlas", atlas, "--quiet", *MODEL)
        with open(f"{folder}/errors", "w+") as said:
            server = subprocess.Popen(
                [PROGRAM, "serve", atlas, "--port", "0", *MODEL], stdout=subprocess.PIPE, stderr=said, text=True)
            try:
                address = server.stdout.readline().strip()
                until = time.monotonic() + 60 * arguments.minutes
                soak, memory, counts = Soak(address, until), [], collections.Counter()

                async def everything():
                    await asyncio.gather(
                        soak.run(arguments.clients), indexing(parts, atlas, until, counts),
                        watching(server.pid, until, memory))

                print(f"{arguments.minutes:g} minutes, {arguments.clients} clients, the server's memory:", flush=True)
                asyncio.run(everything())
                stopped = time.monotonic()
                server.terminate()
                status = server.wait(timeout=60)
                seconds = time.monotonic() - stopped
            finally:
                server.kill()
            said.seek(0)
            words = said.read().strip()
        sound = run("verify", atlas).strip().splitlines()[-1]
    print(f"answers: {sum(soak.statuses.values()):,}, by status {dict(sorted(soak.statuses.items()))}")
    for kind, times in sorted(soak.times.items()):
        print(f"  {kind:14} {len(times):7,}  {1000 * percentile(times, 0.5):7.0f} ms at the median, "
              f"{1000 * percentile(times, 0.95):7.0f} ms at 95 %, {1000 * percentile(times, 0.99):7.0f} ms at 99 %, "
              f"{1000 * max(times):7.0f} ms at most")
    print(f"indexing beside: {dict(counts)}")
    wrong = dict(soak.errors)
    wrong.update({kind: count for kind, count in counts.items() if kind != "parts"})
    if memory:
        third = max(1, len(memory) // 3)
        middle, last = (sum(part) / len(part) for part in (memory[third:2 * third] or memory, memory[-third:]))
        print(f"memory: {middle:.0f} MiB over the second third, {last:.0f} MiB over the last, {max(memory):.0f} MiB at most")
        if last > 1.1 * middle:
            print("memory grows" + ("" if arguments.minutes >= 10 else ", which says little of so short a time"))
            if arguments.minutes >= 10:
                wrong["memory grows"] = 1
    print(f"stopped in {seconds:.1f} s with {status}; verify: {sound}")
    if status != 0:
        wrong[f"the server ended with {status}: {words}"] = 1
    print(f"errors: {wrong or 0}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
