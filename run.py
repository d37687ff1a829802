"""The one door to the workbook: makes the environment where it is missing, then hands on.

Standard library only, and nothing that Python 2.7 or 3.6 cannot read: whoever starts it with an old
Python must get a sentence that helps, not a SyntaxError. So no f-strings and no annotations here.
"""

from __future__ import print_function

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import time

OLDEST, NEWEST = (3, 11), (3, 15)
ROOT = os.path.dirname(os.path.abspath(__file__))
VERBS = (
    ("lab", "opens JupyterLab on chapter 00; makes the database where it is missing"),
    ("test", "runs every test; --require-all makes a skipped test a failure"),
    ("pipeline", "loads the five tables, and prints what was read, loaded and rejected"),
    ("app", "shows the page over the database"),
    ("orchestrate", "opens Dagster's page: months one by one, retries, checks"),
    ("bench", "measures our ways to load and to read against the usual ones"),
    ("reset", "puts a chapter (reset 04), or everything (reset all), back to its start"),
    ("doctor", "checks Python, environment, kernel, database, port; says what to type"),
    ("slides", "shows a chapter as slides, from one HTML file that needs no network"),
    ("handout", "writes a chapter, or all of them, as one HTML file to print"),
    ("guide", "writes the teacher's guide anew from the chapters"),
    ("notebooks", "runs the chapters and stores them anew, for those who write them"),
)
# A user's settings that would send an installation, or an import, to somewhere else.
STRAY = (
    "PYTHONHOME PYTHONPATH PYTHONPLATLIBDIR __PYVENV_LAUNCHER__ PIP_TARGET PIP_PREFIX PIP_ROOT "
    "PIP_CONSTRAINT PIP_PYTHON PIP_DRY_RUN PIP_REQUIREMENT UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX "
    "UV_PYTHON UV_CONSTRAINT UV_OVERRIDE UV_PROJECT_ENVIRONMENT"
).split()
# What pip and uv write when something outside of them is wrong; the first that fits is told.
CAUSES = (
    (
        r"No space left|os error 28|Errno 28|not enough space|Disk quota",
        "The disk is full.",
        "Free 2 GB, then type the same command again.",
    ),
    (
        r"Permission denied|Access is denied|os error 13|Errno 13|Read-only file system",
        "A file or folder may not be written.",
        "Move the workbook into a folder of your own, then type the same command again.",
    ),
    (
        r"NewConnectionError|Connection refused|ConnectionError|ConnectTimeout|ReadTimeout|"
        r"Name or service not known|name resolution|nodename nor servname|getaddrinfo|"
        r"Network is unreachable|error sending request|dns error|Failed to fetch|Max retries",
        "No package index answers: the first set-up needs a network, later starts do not.",
        "Check the connection (behind a proxy, set HTTPS_PROXY), then type the same command again.",
    ),
)


class Stop(Exception):
    """What happened, and what to type next."""


def usage():
    """Return the table of commands."""
    lines = ["usage: python run.py COMMAND [options]", ""]
    lines += ["  {0:<11} {1}".format(name, what) for name, what in VERBS]
    lines += ["", "python run.py COMMAND --help shows the options of a command."]
    return "\n".join(lines)


# --- Python ---------------------------------------------------------------------------------


def check_python(version, platform, arguments):
    """Stop when this Python is too old or too new; say how to get another one."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return
    command = " ".join(["run.py"] + (arguments or ["lab"])[:1])
    name = "python{0}.{1}".format(*NEWEST)
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = "python3.{0}".format(minor)
        if any(os.path.isfile(os.path.join(folder, found)) for folder in _path()):
            age = "an older" if tuple(version[:2]) > NEWEST else "a newer"
            hint = "There is {0} one here. Type: {1} {2}".format(age, found, command)
            break
    else:
        if platform == "win32":
            hint = "Type: winget install Python.Python.3.{0}\n".format(NEWEST[1])
            hint += "then, in a new window: py -3.{0} {1}".format(NEWEST[1], command)
        elif platform == "darwin":
            hint = "Type: brew install python@3.{0}\n".format(NEWEST[1])
            hint += "then: {0} {1}".format(name, command)
        elif tuple(version[:2]) > NEWEST:
            hint = "Debian, Ubuntu: sudo apt install {0} {0}-venv\n".format(name)
            hint += "Fedora: sudo dnf install {0}; elsewhere: uv python install {0}\n".format(name)
            hint += "then: {0} {1}".format(name, command)
        else:
            hint = "Debian 12, Ubuntu 24.04 or newer: sudo apt install python3 python3-venv\n"
            hint += "Fedora: sudo dnf install python3; elsewhere: uv python install {0}\n".format(
                name
            )
            hint += "then: python3 {0}".format(command)
    raise Stop(
        "This is Python {0}. The workbook needs Python {1}.{2} to {3}.{4}.\n{5}".format(
            ".".join(str(part) for part in version[:3]), *(OLDEST + NEWEST + (hint,))
        )
    )


def _path():
    return [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]


def check_modules():
    """Stop when this Python cannot make environments: Debian keeps two modules in a package."""
    missing = [name for name in ("venv", "ensurepip") if not has_module(name)]
    if missing:
        raise Stop(
            "This Python cannot make an environment: its module {0} is missing.\n"
            "Debian and Ubuntu: sudo apt install python3-venv\n"
            "Elsewhere, install Python anew, complete. Then type the same command again.".format(
                " and ".join(missing)
            )
        )


def has_module(name):
    import importlib.util

    return importlib.util.find_spec(name) is not None


# --- The state of .venv ---------------------------------------------------------------------


def venv_python(root):
    """Return the path of the environment's Python, be it there or not."""
    if os.name == "nt":
        return os.path.join(root, ".venv", "Scripts", "python.exe")
    return os.path.join(root, ".venv", "bin", "python")


def stamp_file(root):
    return os.path.join(root, ".venv", "workbook-setup.json")


def wanted_stamp(root):
    """Return what an environment must have been made from to be used as it is."""
    with io.open(os.path.join(root, "requirements.txt"), encoding="utf-8") as stream:
        lock = stream.read()  # text mode: the line ends of a Windows checkout do not count
    return {
        "lock": hashlib.sha256(lock.encode("utf-8")).hexdigest(),
        "python": "{0}.{1}".format(*sys.version_info[:2]),
        "path": root,  # scripts in an environment name its path: a moved one is broken
    }


def found_stamp(root):
    """Return what the environment was made from; an empty dict when that was never finished."""
    try:
        with io.open(stamp_file(root), encoding="utf-8") as stream:
            found = json.load(stream)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def starts(root):
    """Tell whether the environment's Python starts, and is the version that this one is."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        out = subprocess.check_output(
            [venv_python(root), "-I", "-c", code], stderr=subprocess.STDOUT, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return out.decode("ascii", "replace").strip() == "{0}.{1}".format(*sys.version_info[:2])


def is_ready(root):
    """Tell whether the environment can be used as it is."""
    return found_stamp(root) == wanted_stamp(root) and starts(root)


# --- Making it ------------------------------------------------------------------------------


def clean_environment():
    """Return the environment variables without those that lead an installation astray."""
    env = dict((key, value) for key, value in os.environ.items() if key not in STRAY)
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    env.setdefault("PIP_RETRIES", "2")
    return env


def set_up(root):
    """Make or repair the environment. Another run.py that does the same is waited for."""
    work = os.path.join(root, ".workbook")
    if not os.path.isdir(work):
        os.mkdir(work)
    with open(os.path.join(work, "setup.lock"), "a+") as lock:
        told = False
        while not _locked(lock):
            if not told:
                say("Another run.py is setting up the environment; waiting for it.")
            told = True
            time.sleep(0.5)
        # The lock goes with the process, however that ends: a stale one is not possible.
        if not is_ready(root):
            _make(root, os.path.join(work, "setup.log"))


def _locked(stream):
    try:
        if os.name == "nt":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, IOError):
        return False
    return True


def _make(root, log):
    import shutil

    folder = os.path.join(root, ".venv")
    start = time.time()
    ours = os.path.isfile(os.path.join(folder, "pyvenv.cfg"))
    if os.path.lexists(folder) and not ours and (not os.path.isdir(folder) or os.listdir(folder)):
        raise Stop(
            "There is a .venv here that is no Python environment; run.py does not touch it.\n"
            "Rename it or remove it, then type the same command again."
        )
    check_modules()
    with io.open(log, "w", encoding="utf-8"):
        pass  # only the last set-up is of interest
    before = found_stamp(root)
    if before:
        os.remove(stamp_file(root))  # from here until the end the environment is half-made
    moved = before.get("path", root) != root
    if ours and (moved or not starts(root) or not _pip_works(root)):
        say("The environment in .venv cannot be used (moved, half-made or another Python).")
        say("Making it anew ...")
        shutil.rmtree(folder)
        ours = False
    elif ours:
        say("Bringing the environment in .venv up to date with requirements.txt ...")
    else:
        say("Making the environment in .venv, once. It takes about a minute and 1 GB ...")
    if not ours:
        # From an environment the one of its base is meant: it may be .venv that is made anew.
        base = getattr(sys, "_base_executable", None) or sys.executable
        call([base, "-I", "-m", "venv", folder], log, "The environment could not be made.")
    install(root, log)
    _write_path_file(root)
    part = stamp_file(root) + ".part"
    with io.open(part, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(wanted_stamp(root), indent=1))
    os.replace(part, stamp_file(root))
    say("The environment is ready ({0:.0f} s).".format(time.time() - start))


def _pip_works(root):
    with io.open(os.devnull, "w") as nothing:
        command = [venv_python(root), "-I", "-m", "pip", "--version"]
        return subprocess.call(command, stdout=nothing, stderr=nothing) == 0


def install(root, log):
    """Install the lock: with uv, which needs seconds, else with pip, which needs a minute."""
    requirements = os.path.join(root, "requirements.txt")
    with io.open(requirements, encoding="utf-8") as stream:
        lock = stream.read()
    count = len(re.findall(r"(?m)^[\w.-]+(\[.*\])?==", lock))
    uv = re.search(r"(?m)^uv==\S+", lock)
    pip = [venv_python(root), "-m", "pip"]
    failed = "The packages could not be installed."
    say("Installing {0} packages ...".format(count))
    if uv:
        call(pip + ["install", uv.group(0)], log, failed)
        command = [venv_python(root), "-m", "uv", "pip", "install", "--python", venv_python(root)]
        # Compiled now, as pip does by itself: else all that starts first would compile it at once.
        command += ["--no-config", "--no-progress", "--compile-bytecode", "-r", requirements]
        if _call(command, log, dict(clean_environment(), **_index_of_pip(pip))) == 0:
            return
        say("uv could not install them; trying pip, which takes a few minutes ...")
    call(pip + ["install", "--progress-bar", "off", "-r", requirements], log, failed)


def _index_of_pip(pip):
    """Return the user's settings of pip (a company's index, say) as uv wants to be told them."""
    try:
        out = subprocess.check_output(pip + ["config", "list"], env=clean_environment())
    except (OSError, subprocess.CalledProcessError):
        return {}
    env = {}
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX"}
    names.update({"find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE"})
    for line in out.decode("utf-8", "replace").splitlines():
        match = re.match(r"(?:global|install|:env:)\.([a-z-]+)='(.*)'$", line.strip())
        if match and match.group(1) in names:
            separator = "," if match.group(1) == "find-links" else " "
            values = match.group(2).replace("\\n", " ").split()
            env[names[match.group(1)]] = separator.join(values)
    if "UV_INDEX" in env:
        env["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # what pip does
    return dict((key, value) for key, value in env.items() if key not in os.environ)


def call(command, log, failed):
    """Run a command, its output in the log; stop with the likely cause when it fails."""
    with io.open(log, encoding="utf-8") as stream:
        before = len(stream.read())
    if _call(command, log, clean_environment()) == 0:
        return
    with io.open(log, encoding="utf-8") as stream:
        output = stream.read()[before:]
    for pattern, cause, fix in CAUSES:
        if re.search(pattern, output):
            break
    else:
        last = [line.strip() for line in output.splitlines() if line.strip()][-1:]
        cause, fix = " ".join(last), "Read the file, then type the same command again."
    raise Stop("\n".join([failed, cause, "Details are in .workbook/setup.log.", fix]))


def _call(command, log, env):
    """Run a command, its output in the log: without what stands before the @ of a URL."""
    with io.open(log, "a", encoding="utf-8") as stream:
        child = subprocess.Popen(
            command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            for line in child.stdout:
                text = line.decode("utf-8", "replace").replace("\r\n", "\n")
                stream.write(re.sub(r"://[^\s/]*@", "://***@", text))
        except BaseException:
            child.terminate()  # a Ctrl-C reached it, too, but a full disk did not
            raise
        finally:
            child.stdout.close()
            code = child.wait()
    return code


def _write_path_file(root):
    """Let the environment's Python import lib, in every folder that a notebook lies in.

    The path is a relative one, hence ASCII: Python versions differ in how they decode the file.
    """
    code = "import sysconfig; print(ascii(sysconfig.get_path('purelib')))"
    out = subprocess.check_output([venv_python(root), "-I", "-c", code])
    packages = __import__("ast").literal_eval(out.decode("ascii"))
    up = os.path.relpath(root, packages).replace(os.sep, "/")
    with io.open(os.path.join(packages, "workbook.pth"), "w", encoding="ascii") as stream:
        stream.write(up + "\n")


# --- Handing on -----------------------------------------------------------------------------


def hand_on(root, arguments):
    """Become the command in the environment; on Windows, wait for it and return its exit code."""
    env = clean_environment()
    folder = os.path.dirname(venv_python(root))
    # As an activated environment has it, so that alembic works in a terminal of JupyterLab.
    env["PATH"] = os.pathsep.join([folder] + [other for other in _path() if other != folder])
    env["VIRTUAL_ENV"] = os.path.join(root, ".venv")
    # Images of containers set it. Each process would compile all that it imports, each time anew.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [venv_python(root), "-m", "lib.workbook.cli"] + arguments
    os.chdir(root)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, env)
    child = subprocess.Popen(command, env=env)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            pass  # Ctrl-C reached the child, too: what it means is decided there


def say(text):
    print(text)
    sys.stdout.flush()


def main(arguments):
    if arguments[:1] in (["--help"], ["-h"], ["help"]):
        say(usage())
        return 0
    if not arguments or arguments[0] not in [name for name, _ in VERBS]:
        if arguments:
            print("There is no command {0!r}.\n".format(str(arguments[0])), file=sys.stderr)
        print(usage(), file=sys.stderr)
        return 2
    try:
        check_python(sys.version_info, sys.platform, arguments)
        if not is_ready(ROOT):
            if set(arguments[1:]) & set(["--help", "-h"]):
                say(usage())  # help must not cost a gigabyte
                return 0
            set_up(ROOT)
        return hand_on(ROOT, arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Type the same command again to go on.", file=sys.stderr)
        return 130
    except (OSError, IOError) as error:
        code = "No space left" if error.errno == 28 else "Permission denied"
        known = dict((pattern.split("|")[0], (cause, fix)) for pattern, cause, fix in CAUSES)
        cause, fix = known[code]
        if error.errno not in (1, 13, 28, 30):
            cause, fix = "The set-up failed.", "Type the same command again."
        name = os.path.basename(str(error.filename or ""))
        print("{0} ({1}: {2})\n{3}".format(cause, name, error.strerror, fix), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
