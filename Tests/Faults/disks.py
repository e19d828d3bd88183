"""Full disks: each command on file systems of growing size, then with room, and under limits of a file's size. See
README.md.

    python3 Tests/Faults/disks.py [--tries N] [--only OPERATION]
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile

from workshop import Tally, Workshop, Wrong, run

KIB = 1024


def has_own_mounts():
    """Whether file systems can be mounted here: as root in a mount namespace of our own."""
    if os.environ.get("ATLAS_OWN_MOUNTS"):
        return True
    if shutil.which("unshare") is None:
        return False
    if subprocess.run(["unshare", "-rm", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return False
    os.environ["ATLAS_OWN_MOUNTS"] = "yes"
    os.execvp("unshare", ["unshare", "-rm", sys.executable] + sys.argv)


def used(folder):
    """Bytes on a file system of 4 KiB blocks."""
    return sum(
        -(-os.path.getsize(os.path.join(place, name)) // 4096) * 4096 + 4096
        for place, folders, names in os.walk(folder) for name in names + folders)


def with_disk(size, scratch, body):
    folder = tempfile.mkdtemp(dir=scratch)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        body(folder, lambda: subprocess.run(["mount", "-o", "remount,size=1g", folder], check=True))
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def limited(size):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=220, help="how many sizes, over all operations")
    parser.add_argument("--only", help="one operation")
    options = parser.parse_args()
    can_mount = has_own_mounts()
    if not can_mount:
        print("no file system can be mounted here: only limits of a file's size (RLIMIT_FSIZE) are tried")
    tally = Tally("full disks")
    with tempfile.TemporaryDirectory(prefix="atlas-disks-") as scratch:
        shop = Workshop(scratch, options.only)
        each = max(1, options.tries // len(shop.operations) // 2)
        for operation in shop.operations:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                operation.prepare(shop, folder)
                least = used(folder)
                run(operation.arguments, folder)
                # What a run needs for a while beside what it leaves: a log, a copy.
                most = 2 * used(folder) + 256 * KIB - least
            for step in range(each if can_mount else 0):
                size = (least + int((most - least) * (step + 0.5) / each)) // 4096 * 4096
                tally.add("full disk: " + operation.name)

                def attempt(folder, make_room, operation=operation, size=size):
                    operation.prepare(shop, folder)
                    outcome = run(operation.arguments, folder)
                    make_room()
                    try:
                        shop.judge(operation, folder, outcome)
                    except Wrong as wrong:
                        tally.fail("full disk: " + operation.name, f"{size // KIB} KiB", wrong)

                with_disk(size, scratch, attempt)
            for step in range(each):
                size = 4 * KIB + most * step // each
                tally.add("file size limit: " + operation.name)
                with tempfile.TemporaryDirectory(dir=scratch) as folder:
                    operation.prepare(shop, folder)
                    outcome = run(operation.arguments, folder, preexec_fn=limited(size))
                    try:
                        shop.judge(operation, folder, outcome)
                    except Wrong as wrong:
                        tally.fail("file size limit: " + operation.name, f"{size // KIB} KiB", wrong)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
