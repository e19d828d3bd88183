"""Measures a served atlas under load: load.py ADDRESS [--clients 50] [--seconds 60].

Each client asks what the pages ask, one question after another on one connection, of features, tokens, prompts and words
of the atlas chosen at random. Prints the time an answer took by kind of question, errors, and, on Linux with --process,
the server's resident memory at the beginning, in the middle and at the end. Nothing is asserted.
"""

import argparse
import asyncio
import collections
import json
import pathlib
import random
import time
import urllib.parse
import urllib.request


def subjects(address):
    """What is asked about: the first few hundred features, tokens and prompts."""
    def items(path):
        with urllib.request.urlopen(f"{address}/api/v1/{path}") as answer:
            return json.load(answer)["items"]

    features = [item["feature"] for item in items("features?sort=density&limit=200")]
    tokens = [item["token"] for item in items("logits?limit=200")]
    prompts = [item["id"] for item in items("prompts?limit=200")]
    return features, tokens, prompts


def question(chance, features, tokens, prompts):
    """A kind and a path; graphs and features are what people look at most."""
    feature = chance.choice(features)
    name = f"features/{feature['layer']}/{feature['index']}"
    prompt = chance.choice(prompts)
    return chance.choice([
        ("atlas", "atlas"), ("prompts", f"prompts?limit=50&after={chance.randrange(100)}"), ("prompt", f"prompts/{prompt}"),
        ("graph", f"prompts/{prompt}/graph"), ("graph", f"prompts/{prompt}/graph?nodes=0.6"), ("feature", name),
        ("upstream", f"{name}/upstream"), ("features", "features?limit=50"), ("logit", f"logits/{chance.choice(tokens)}"),
        ("circuit", f"circuits?token={chance.choice(tokens)}&size=50"), ("search", f"search?text=word{chance.randrange(1000, 30000)}"),
    ])


async def client(number, host, port, until, chosen, times, errors):
    chance = random.Random(number)
    reader, writer = await asyncio.open_connection(host, port)
    while time.monotonic() < until:
        kind, path = question(chance, *chosen)
        start = time.monotonic()
        writer.write(f"GET /api/v1/{path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            field, _, value = line.decode().partition(":")
            if field.lower() == "content-length":
                length = int(value)
        await reader.readexactly(length)
        times[kind].append(1000 * (time.monotonic() - start))
        if status != 200:
            errors[f"{status} {kind}"] += 1
    writer.close()


def resident(process):
    if process is None:
        return None
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--process", type=int)
    options = parser.parse_args()
    place = urllib.parse.urlparse(options.address)
    chosen = subjects(options.address.rstrip("/"))
    times, errors = collections.defaultdict(list), collections.Counter()
    until = time.monotonic() + options.seconds
    memory = [resident(options.process)]
    clients = [asyncio.create_task(client(number, place.hostname, place.port, until, chosen, times, errors))
               for number in range(options.clients)]
    await asyncio.sleep(options.seconds / 2)
    memory.append(resident(options.process))
    await asyncio.gather(*clients)
    memory.append(resident(options.process))
    print("question      answers    median      95 %   slowest")
    for kind, taken in sorted(times.items()) + [("all", [value for taken in times.values() for value in taken])]:
        taken.sort()
        print(f"{kind:10}  {len(taken):9,}  {taken[len(taken) // 2]:5.0f} ms  {taken[int(0.95 * len(taken))]:5.0f} ms  {taken[-1]:5.0f} ms")
    print("errors:", dict(errors) or "none")
    if options.process:
        print("resident memory, beginning, middle, end:", ", ".join(f"{value} MiB" for value in memory))


asyncio.run(main())
