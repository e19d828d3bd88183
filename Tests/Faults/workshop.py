"""What is disturbed and how it is judged: small atlases, the commands on them, and their content as it should be."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAM = os.environ.get("ATLAS_PROGRAM", os.path.join(ROOT, ".build", "debug", "atlas"))
DEMO = os.path.join(ROOT, "Sources", "DemoData", "Demo")
MODEL = ["--model", DEMO + "/model", "--transcoders", DEMO + "/transcoders", "--jobs", "1"]

# What two runs of the same command may differ in.
OWN_COLUMNS = {"created_at", "started_at", "finished_at", "derived_at", "updated_at", "run_id", "program_version"}
OWN_TABLES = (
    "runs", "prompt_digests", "table_digests", "grdb_migrations", "sqlite_", "label_search", "prompt_search",
    "supernode_search")


# Files that tell how long a run took.
OWN_FILES = ("training.json", "checkpoint.safetensors")


class Wrong(Exception):
    """What must not have happened."""


def run(arguments, folder, environment=None, **options):
    return subprocess.run(
        [PROGRAM] + arguments, cwd=folder, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600, **options)


def must(arguments, folder):
    outcome = run(arguments, folder)
    if outcome.returncode != 0:
        raise Wrong(f"{' '.join(arguments)}: exit {outcome.returncode}: {outcome.stderr}")
    return outcome.stdout


def content(path):
    """Every table's rows without what differs from run to run, as sorted texts."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        result = {}
        for table in tables:
            if table.startswith(OWN_TABLES):
                continue
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in OWN_COLUMNS]
            rows = database.execute(f"SELECT {', '.join(columns)} FROM {table}")
            result[table] = sorted(repr(row) for row in rows)
        return result
    finally:
        database.close()


def make_old(new, old):
    """An atlas of the first released schema with the facts and names of a present one."""
    database = sqlite3.connect(old, isolation_level=None)
    name = "0001_create_atlas"
    with open(os.path.join(ROOT, "Migrations", name + ".sql"), encoding="utf-8") as file:
        script = file.read()
    database.executescript("PRAGMA foreign_keys = OFF; BEGIN;" + script + "COMMIT;")
    database.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    database.execute("INSERT INTO grdb_migrations VALUES (?)", (name,))
    database.execute("ATTACH ? AS new", (new,))
    tables = [row[0] for row in database.execute(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'")]
    database.execute("BEGIN")
    for table in tables:
        columns = [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
        there = {row[1] for row in database.execute(f"PRAGMA new.table_info({table})")}
        shared = ", ".join(column for column in columns if column in there)
        database.execute(f"INSERT OR IGNORE INTO main.{table} ({shared}) SELECT {shared} FROM new.{table}")
    # The derivation writes these itself; people's labels came by a trigger.
    database.execute(
        "INSERT INTO label_search (rowid, label, note) "
        "SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM main.automatic_labels")
    database.execute("COMMIT")
    database.execute("DETACH new")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()


def make_damaged(sound, damaged):
    """An atlas with one changed number of its first prompt."""
    shutil.copyfile(sound, damaged)
    database = sqlite3.connect(damaged)
    with database:
        database.execute("UPDATE graphs SET completeness_score = 0.123 WHERE prompt_id = 1")
    database.close()


class Operation:
    """One command, what it starts from, and what it must leave."""

    def __init__(self, name, arguments, start):
        self.name = name
        self.arguments = arguments
        self.start = start

    def prepare(self, shop, folder):
        for name in self.start:
            source = os.path.join(shop.folder, name)
            if os.path.isdir(source):
                shutil.copytree(source, os.path.join(folder, self.start[name]))
            else:
                shutil.copyfile(source, os.path.join(folder, self.start[name]))

    def files(self, folder):
        found = {}
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
        return found

    def outcome(self, folder, is_settled=True):
        """What is left, in a form that can be compared: all files, but for empty logs, which every reader leaves.

        Of a run that was disturbed and ended well (not settled) a log may be full, and is part of the atlas.
        """
        files = self.files(folder)
        result = {
            name: data for name, data in files.items()
            if not name.endswith((".atlas", ".damaged", ".damaged-wal", "-shm") + OWN_FILES) and not (name.endswith("-wal") and not (data and is_settled))}
        for name in files:
            if name.endswith((".atlas", ".damaged")):
                result[name] = content(os.path.join(folder, name))
        return result


class Workshop:
    """Atlases to start from, made once, and operations with their undisturbed results: all, or the one of a name."""

    def __init__(self, folder, only=None):
        self.folder = folder
        with open(DEMO + "/corpus.jsonl", encoding="utf-8") as file:
            lines = [next(file) for _ in range(4)]
        for name, part in [("few.jsonl", lines[:2]), ("more.jsonl", lines), ("rest.jsonl", lines[2:])]:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.writelines(part)
        for corpus, atlas in [("few.jsonl", "few.atlas"), ("rest.jsonl", "rest.atlas")]:
            must(["index", corpus, "--name", "c", "--atlas", atlas, "--quiet"] + MODEL, folder)
        features = json.loads(must(
            ["sql", "few.atlas", "SELECT layer || '/' || feature_index FROM feature_statistics LIMIT 2", "--json"],
            folder))["rows"]
        first, second = (row[0] for row in features)
        must(["label", "set", first, "kept", "--note", "a note", "--atlas", "few.atlas"], folder)
        must(["supernode", "set", "group", first, second, "--atlas", "few.atlas"], folder)
        must(["verify", "few.atlas"], folder)
        make_old(os.path.join(folder, "few.atlas"), os.path.join(folder, "old.atlas"))
        make_damaged(os.path.join(folder, "few.atlas"), os.path.join(folder, "damaged.atlas"))
        dashboards = ["export", "dashboards", "--features", f"{first},{second}", "--prompts", "1", "--circuits", "1",
                      "--quiet", "--atlas", "a.atlas", "--output", "pages"]
        if only in (None, "export dashboards"):
            must(["few.atlas" if word == "a.atlas" else word for word in dashboards], folder)
        index = ["index", "c.jsonl", "--name", "c", "--atlas", "a.atlas", "--quiet"] + MODEL
        few = {"few.atlas": "a.atlas"}
        self.operations = [
            Operation("create", index, {"few.jsonl": "c.jsonl"}),
            Operation("index", index, {**few, "more.jsonl": "c.jsonl"}),
            Operation("derive", ["derive", "a.atlas", "--quiet"], few),
            Operation("merge", ["merge", "a.atlas", "few.atlas", "rest.atlas", "--quiet"],
                      {"few.atlas": "few.atlas", "rest.atlas": "rest.atlas"}),
            Operation("merge into", ["merge", "a.atlas", "rest.atlas", "--quiet"],
                      {**few, "rest.atlas": "rest.atlas"}),
            Operation("label", ["label", "set", second, "new", "--atlas", "a.atlas"], few),
            Operation("migrate", ["label", "set", second, "new", "--atlas", "a.atlas"], {"old.atlas": "a.atlas"}),
            Operation("repair", ["repair", "a.atlas"], {"damaged.atlas": "a.atlas"}),
            Operation("export graph", ["export", "graph", "--prompt", self.prompt(), "--atlas", "a.atlas", "--output",
                                       "graphs"], few),
            Operation("export dashboards", dashboards, {**few, "pages": "pages"}),
            Operation("attribute", ["attribute", "Fact: the", "--output", "raw.safetensors"] + MODEL, {}),
            Operation("evaluate", ["evaluate", "c.jsonl", "--state", "state.json", "--save-interval", "0", "--quiet",
                                   "--attributed-prompts", "1"] + MODEL, {"few.jsonl": "c.jsonl"}),
            Operation("train", ["train", "c.jsonl", "--output", "trained", "--steps", "6", "--features", "8",
                                "--active-features", "2", "--batch-tokens", "8", "--buffer-tokens", "16",
                                "--save-interval", "0", "--quiet", "--jobs", "1", "--model", DEMO + "/model"],
                      {"few.jsonl": "c.jsonl"}),
        ]
        self.operations = [operation for operation in self.operations if only in (None, operation.name)]
        self.expected = {}
        self.before = {}
        for operation in self.operations:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                operation.prepare(self, place)
                self.before[operation.name] = operation.outcome(place)
                must(operation.arguments, place)
                self.expected[operation.name] = operation.outcome(place, is_settled=operation.name != "repair")

    def prompt(self):
        with open(os.path.join(self.folder, "few.jsonl"), encoding="utf-8") as file:
            return json.loads(file.readline())["text"]

    def judge(self, operation, folder, outcome, was_killed=False):
        """Looks at what a disturbed run left, then lets the same command run undisturbed; raises what is wrong."""
        if outcome is not None and not was_killed:
            lines = [line for line in outcome.stderr.split("\n") if line]
            if outcome.returncode < 0 or outcome.returncode > 1:
                raise Wrong(f"exit {outcome.returncode}: {outcome.stderr[-300:]}")
            is_told = operation.name == "repair" and "still wrong" in outcome.stdout
            if outcome.returncode == 1 and len(lines) != 1 and not is_told:
                raise Wrong(f"{len(lines)} lines on standard error: {outcome.stderr[-600:]}")
            if "as it was before" in outcome.stderr and operation.name == "create":
                raise Wrong(f"there was nothing: {outcome.stderr}")
            if operation.name == "repair" and outcome.returncode == 0 and "cannot be read" in outcome.stdout:
                # What could not be read is told, and the file that it stands in is kept.
                if content(os.path.join(folder, "a.atlas.damaged")) != self.before["repair"]["a.atlas"]:
                    raise Wrong("the damaged file is not as it was")
                return
            if outcome.returncode == 0:
                self.compare(operation.outcome(folder, is_settled=False), operation, "told success")
        self.judge_left(operation, folder)
        again = run(operation.arguments, folder)
        if again.returncode != 0:
            raise Wrong(f"the next run: exit {again.returncode}: {again.stderr[-300:]}")
        # A repair that finds a sound atlas leaves its log.
        self.compare(operation.outcome(folder, is_settled=operation.name != "repair"), operation, "after the next run")
        for name in os.listdir(folder):
            if name.endswith(".atlas") and run(["verify", name], folder).returncode != 0:
                raise Wrong(f"{name} after the next run: {must(['verify', name], folder)}")

    def compare(self, found, operation, when):
        expected = self.expected[operation.name]
        if found.keys() != expected.keys():
            raise Wrong(f"{when}: files {sorted(found.keys() ^ expected.keys())}")
        for name, value in expected.items():
            if found[name] == value:
                continue
            if isinstance(value, dict):
                tables = [
                    table for table in value.keys() | found[name].keys()
                    if value.get(table) != found[name].get(table)]
                raise Wrong(f"{when}: {name} differs in {tables}")
            raise Wrong(f"{when}: {name} differs")

    def judge_left(self, operation, folder):
        for name, before in self.before[operation.name].items():
            path = os.path.join(folder, name)
            if not name.endswith(".atlas"):
                continue
            if not os.path.exists(path):
                raise Wrong(f"{name} is gone")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.endswith(".atlas"):
                self.judge_atlas(operation, folder, name)
            elif name.endswith(".json"):
                with open(path, encoding="utf-8") as file:
                    json.load(file)
            elif name == "graphs":
                for graph in os.listdir(path):
                    if graph.endswith(".json"):
                        with open(os.path.join(path, graph), encoding="utf-8") as file:
                            json.load(file)
            elif name == "pages" and os.path.exists(path + "/data/atlas.js"):
                # Seen to be whole: then it is, the old or the new one.
                whole = {key for key in self.expected[operation.name] if key.startswith("pages/")}
                there = {
                    key for key in operation.files(folder)
                    if key.startswith("pages/") and ".feature-atlas-part-" not in key}
                if there != whole:
                    raise Wrong(f"pages: {sorted(there ^ whole)[:5]}")

    def judge_atlas(self, operation, folder, name):
        verified = run(["verify", name], folder)
        is_old = "its schema is older" in verified.stderr
        if verified.returncode != 0 and operation.name == "repair":
            if content(os.path.join(folder, name)) != self.before[operation.name][name]:
                raise Wrong("neither the damaged atlas nor the repaired one")
            return
        if verified.returncode != 0 and not (is_old and operation.name == "migrate"):
            raise Wrong(f"verify {name}: {verified.stdout[-300:]} {verified.stderr[-300:]}")
        before = self.before[operation.name].get(name)
        if before is None or operation.name == "repair":
            return
        found = content(os.path.join(folder, name))
        if is_old and found != before:
            raise Wrong("neither the old schema nor the new one")
        for table in ["prompts", "graphs", "tags", "memberships", "labels", "supernodes", "supernode_members",
                      "token_effects", "logit_targets", "node_effects", "vocabulary", "atlas"]:
            lost = set(before.get(table, [])) - set(found.get(table, []))
            if lost:
                raise Wrong(f"{name}: {len(lost)} rows of {table} are gone")


class Tally:
    """Tries and failures by class, told at the end, or so far when interrupted."""

    def __init__(self, title):
        self.title = title
        self.tries = {}
        self.failures = []
        self.lock = threading.Lock()
        self.is_stopped = False

    def add(self, kind):
        with self.lock:
            self.tries[kind] = self.tries.get(kind, 0) + 1

    def fail(self, kind, what, wrong):
        with self.lock:
            self.failures.append((kind, what, str(wrong)))
            print(f"FAILED {kind}: {what}: {wrong}", flush=True)

    def run(self, tries, jobs):
        """Runs functions side by side."""
        left = iter(tries)

        def work():
            while True:
                with self.lock:
                    body = None if self.is_stopped else next(left, None)
                if body is None:
                    return
                body()

        workers = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except KeyboardInterrupt:
            print("interrupted")
            self.is_stopped = True
            for worker in workers:
                worker.join()

    def end(self):
        print(f"\n{self.title}\n{'class':40} {'tries':>6} {'failures':>9}")
        for kind, tries in self.tries.items():
            failures = sum(1 for failure in self.failures if failure[0] == kind)
            print(f"{kind:40} {tries:6} {failures:9}")
        print(f"{'all':40} {sum(self.tries.values()):6} {len(self.failures):9}", flush=True)
        return 1 if self.failures else 0
