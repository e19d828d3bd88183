"""What one user of a server waits for while others want everything: greedy.py ADDRESS [--kind connections] [--seconds 20].

Kinds: `alone` (nobody else), `connections` (100 connections that ask without a pause), `pipelined` (the same, each sending
50 requests before it reads), `newcomers` (the same, a new connection for each request), `abandoned` (clients that ask for
motifs of all graphs and go away after a fifth of a second, eight at a time). The user asks five quick questions a second on
one connection. Prints the user's waiting times; nothing is asserted. Standard library only, Python 3.9 or later.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import random
import time
import urllib.parse
import urllib.request

GREEDY = 100
PIPELINED = 50


class Client:
    """One connection that asks and reads."""

    def __init__(self, host, port, unpacks=False):
        self.host, self.port, self.unpacks = host, port, unpacks
        self.reader = self.writer = None

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)

    def send(self, path, method="GET", body=None):
        head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\n"
        data = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        self.writer.write(head.encode() + b"\r\n" + data)

    async def read(self):
        """An answer's status and body."""
        line = await self.reader.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        status, length, is_compressed = int(line.split()[1]), 0, False
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "content-encoding":
                is_compressed = True
        body = await self.reader.readexactly(length)
        return status, gzip.decompress(body) if is_compressed and self.unpacks else body

    async def ask(self, path, method="GET", body=None):
        if self.writer is None or self.writer.is_closing():
            await self.open()
        self.send(path, method, body)
        await self.writer.drain()
        return await self.read()

    def leave(self):
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class Subjects:
    """What is asked about: the first few hundred features, tokens and prompts of the atlas."""

    def __init__(self, address):
        def items(path):
            with urllib.request.urlopen(f"{address}/api/v1/{path}") as answer:
                return json.load(answer)["items"]

        self.features = [f"features/{item['feature']['layer']}/{item['feature']['index']}"
                         for item in items("features?sort=density&limit=200")]
        self.tokens = [item["token"] for item in items("logits?limit=200")]
        self.prompts = [item["id"] for item in items("prompts?limit=200")]

    def quick(self, chance):
        """A question that a page asks all the time."""
        return chance.choice([
            f"prompts/{chance.choice(self.prompts)}", f"prompts/{chance.choice(self.prompts)}/graph",
            chance.choice(self.features), f"{chance.choice(self.features)}/upstream", "features?limit=50",
            f"logits/{chance.choice(self.tokens)}", f"prompts?limit=50&after={chance.randrange(100)}",
        ])

    def greedy(self, chance):
        """A question that costs the server more."""
        return chance.choice([
            f"circuits?token={chance.choice(self.tokens)}&size=500", f"prompts/{chance.choice(self.prompts)}/graph?limit=10000",
            f"{chance.choice(self.features)}?neighbours=1000", f"features?limit=1000&after={chance.randrange(1000)}",
            f"prompts?limit=1000&after={chance.randrange(1000)}", "logits?limit=1000",
        ])


async def greedy(number, client, subjects, until, pipelined, is_new):
    chance = random.Random(number)
    while time.monotonic() < until:
        try:
            if client.writer is None:
                await client.open()
            count = PIPELINED if pipelined else 1
            for _ in range(count):
                client.send(subjects.greedy(chance))
            for _ in range(count):
                await client.read()
                if time.monotonic() > until:
                    break
            if is_new:
                client.leave()
        except (OSError, asyncio.IncompleteReadError):
            client.leave()
    client.leave()


async def abandoning(client, until):
    while time.monotonic() < until:
        await client.open()
        client.send("motifs?graphs=1000&rewirings=30000")
        await client.writer.drain()
        await asyncio.sleep(0.2)
        client.leave()


async def user(client, subjects, until, times, errors):
    chance = random.Random(0)
    while time.monotonic() < until:
        start = time.monotonic()
        try:
            status, _ = await client.ask(subjects.quick(chance))
            if status != 200:
                errors.append(status)
        except (OSError, asyncio.IncompleteReadError) as error:
            errors.append(repr(error))
            client.leave()
        times.append(1000 * (time.monotonic() - start))
        await asyncio.sleep(max(0, 0.2 - (time.monotonic() - start)))


def others(address, kind, seconds):
    """The greedy ones, in a process of their own, so that the user does not wait for their reading."""
    place = urllib.parse.urlparse(address)
    subjects = Subjects(address)
    until = time.monotonic() + seconds

    async def run():
        clients = [Client(place.hostname, place.port) for _ in range(8 if kind == "abandoned" else GREEDY)]
        await asyncio.wait([asyncio.ensure_future(
            abandoning(client, until) if kind == "abandoned" else
            greedy(number + 1, client, subjects, until, kind == "pipelined", kind == "newcomers"))
            for number, client in enumerate(clients)], timeout=seconds + 1)

    asyncio.run(run())


def measure(address, kind, seconds):
    place = urllib.parse.urlparse(address)
    subjects = Subjects(address)
    process = None
    if kind != "alone":
        process = multiprocessing.Process(target=others, args=(address, kind, seconds + 2), daemon=True)
        process.start()
        time.sleep(2)
    times, errors = [], []
    asyncio.run(user(Client(place.hostname, place.port), subjects, time.monotonic() + seconds, times, errors))
    if process:
        process.kill()
        process.join()
    times.sort()
    print(f"{kind:12} {len(times):5} answers, {len(errors)} errors; waited {times[len(times) // 2]:.0f} ms at the median, "
          f"{times[int(0.99 * (len(times) - 1))]:.0f} ms at 99 %, {times[-1]:.0f} ms at most")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--kind", choices=["alone", "connections", "pipelined", "newcomers", "abandoned"], action="append")
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    for kind in arguments.kind or ["alone", "connections", "pipelined", "newcomers", "abandoned"]:
        measure(arguments.address.rstrip("/"), kind, arguments.seconds)


if __name__ == "__main__":
    main()
