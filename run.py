"""The one door to the workbook: makes the environment where it is missing, then hands on.

Standard library only, and nothing that Python 2.7 or 3.6 cannot read: on an old Python it must
print a sentence that helps, not a SyntaxError. So no f-strings and no annotations here.
"""

from __future__ import print_function

import ast
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import time
from collections import namedtuple

OLDEST, NEWEST = (3, 11), (3, 15)
ROOT = os.path.dirname(os.path.abspath(__file__))
# What learners need, and what authors and CI need on top of it: pyproject.toml says how they come.
LOCK, AUTHORS_LOCK = "requirements.txt", "requirements-dev.txt"
AUTHORS_VERBS = ("test",)
VERBS = (
    ("lab", "opens JupyterLab on chapter 00; makes the database where it is missing"),
    ("prepare", "does what lab does before it starts: for an image, a hub, a class"),
    ("test", "runs every test; installs what authors need on top; --require-all: no skips"),
    ("pipeline", "loads the five tables, and prints what was read, loaded and rejected"),
    ("check", "looks at a file of yours: its form, its columns, keys, odd values"),
    ("new", "makes a project of your own from files: new FOLDER --from FILE ..."),
    ("app", "shows the page over the database"),
    ("orchestrate", "opens Dagster's page: months one by one, retries, checks"),
    ("bench", "measures our ways to load and to read against the usual ones"),
    ("reset", "puts a chapter (reset 04), or everything (reset all), back to its start"),
    ("doctor", "makes .venv if it is missing, then checks all; says what to type"),
    ("slides", "shows a chapter as slides, from one HTML file that needs no network"),
    ("handout", "writes a chapter, or all of them, as one HTML file to print"),
    ("book", "builds the chapters as a site to read, with search; runs nothing"),
    ("guide", "writes the teacher's guide from the chapters"),
    ("servers", "asks SQLite and a private server what they do, and writes the table of it"),
    ("report", "writes what was solved into a file to hand in; makes a table of such files"),
    ("check-exercise", "proves an exercise (check-exercise 4.2), for those who write them"),
    ("classroom", "prepares a server for a class: a user and a database for each learner"),
    ("new-chapter", "makes the skeleton of a chapter, with one exercise that is proved"),
    ("notebooks", "runs the chapters and stores what they print, for those who write them"),
)
# Verbs that go on with steps of their own, and how many: the year's flights, and the chapters.
AFTERWARDS = {"lab": 2, "prepare": 2, "app": 1}
# A user's settings that would send an installation, or an import, to somewhere else.
STRAY = (
    "PYTHONHOME PYTHONPATH PYTHONPLATLIBDIR __PYVENV_LAUNCHER__ PIP_TARGET PIP_PREFIX PIP_ROOT "
    "PIP_CONSTRAINT PIP_PYTHON PIP_DRY_RUN PIP_REQUIREMENT UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX "
    "UV_PYTHON UV_CONSTRAINT UV_OVERRIDE UV_PROJECT_ENVIRONMENT"
).split()
# The line of a path file: the clone that a process works in, itself or in a folder of it such as
# notebooks, comes before the one that the environment was made for. So each learner imports, and
# may change, a lib of their own, though all of them share the environment. It is one line for both:
# Python 3.15 runs such lines after it has added the paths of all path files (PEP 829).
HERE_FIRST = (
    "import os, sys; sys.path += [os.path.abspath(up) for up in (os.curdir, os.pardir) "
    "if os.path.isfile(os.path.join(up, 'lib', 'workbook', '__init__.py')) "
    "and not sys.flags.safe_path][:1] or [os.path.abspath(os.path.join(sys.prefix, {0}))]\n"
)
# What pip, uv and venv write when something outside of them is wrong, what that is, and what to do.
Cause = namedtuple("Cause", "pattern what fix")
AGAIN = "then type the same command again."
DISK_FULL = Cause(
    r"No space left|(Errno|os error) 28\b|not enough space|WinError 112\b|Disk quota|Errno 122\b",
    "The disk is full.",
    "Free 2 GB, " + AGAIN,
)
NOT_WRITABLE = Cause(
    r"Permission denied|Access is denied|Operation not permitted|Read-only file system|"
    r"being used by another process|(Errno|os error) (1|13|30)\b|WinError (5|32)\b"
    + (r"|os error (5|32)\b" if os.name == "nt" else ""),
    "A file or folder may not be written, or another program uses it.",
    "Close what uses the workbook, or move it into a folder of your own, " + AGAIN,
)
PATH_TOO_LONG = Cause(
    r"File name too long|Windows Long Path support|(WinError|os error) 206\b",
    "The path of a file is longer than this system allows.",
    "Move the workbook into a folder with a shorter path, " + AGAIN,
)
NOT_NOW = Cause(
    r"certificate has expired|certificate is not yet valid|certificate: (Expired|NotValidYet)",
    "By this machine's clock, the certificate of the package index is not valid now.",
    "Set date and time, " + AGAIN,
)
NOT_TRUSTED = Cause(
    r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate",
    "The certificate of the package index, or of a proxy before it, is not trusted here.",
    "A proxy that signs its own: ask for the file with its certificates, and name it in the "
    "variables PIP_CERT (for pip) and SSL_CERT_FILE (for uv), which trusts what the system trusts "
    "with UV_SYSTEM_CERTS=1; " + AGAIN,
)
PROXY_LOGIN = Cause(
    r"407 Proxy Authentication|proxy authorization required",
    "The proxy wants a name and a password.",
    "Set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT, " + AGAIN,
)
REFUSED = Cause(
    r"\b40[13] (Client Error|Unauthorized|Forbidden)|\((401|403) ",
    "The package index refuses this machine, or this user.",
    "Check the index in the settings of pip (python -m pip config list), " + AGAIN,
)
NOT_BUILT = Cause(
    r"subprocess-exited-with-error|metadata-generation-failed|Failed (building wheel|to build)",
    "A package has no wheel for this system and this Python, and could not be built here.",
    "Use a 64-bit Python {0}.{1} to {2}.{3}, ".format(*(OLDEST + NEWEST)) + AGAIN,
)
NO_ANSWER = Cause(
    r"NewConnectionError|Connection refused|ConnectionError|ConnectTimeout|ReadTimeout|timed out|"
    r"Name or service not known|name resolution|nodename nor servname|getaddrinfo|NameResolution|"
    r"Network is unreachable|error sending request|dns error|Failed to fetch|Max retries|"
    r"Connection reset|Connection aborted|\b50\d (Server Error|error responses)|server error \(50",
    "No package index answers: the first set-up needs a network, later starts do not.",
    "Check the connection (behind a proxy, set HTTPS_PROXY), " + AGAIN,
)
NOT_AS_LOCKED = Cause(
    r"DO NOT MATCH THE HASHES|Hash mismatch for",
    "A file that arrived is not the one of the lock: its hash is another one.",
    "Install nothing from where it came. Check the index in the settings of pip (python -m pip "
    "config list) and what stands between: a mirror, a proxy; " + AGAIN,
)
NOT_THERE = Cause(
    r"No matching distribution|not found in the package registry|there (are|is) no versions? of",
    "The package index does not have a package of the lock, or not in that version.",
    "Check the index in the settings of pip (python -m pip config list), " + AGAIN,
)
# The first that fits is told: what stops everything stands before what others may result from.
CAUSES = (
    NOT_AS_LOCKED,
    DISK_FULL,
    NOT_WRITABLE,
    PATH_TOO_LONG,
    NOT_NOW,
    NOT_TRUSTED,
    PROXY_LOGIN,
    REFUSED,
    NOT_BUILT,
    NO_ANSWER,
)
ERRNO = {1: NOT_WRITABLE, 13: NOT_WRITABLE, 28: DISK_FULL, 30: NOT_WRITABLE, 122: DISK_FULL}
ERRNO[36] = ERRNO[63] = PATH_TOO_LONG  # Linux, macOS


class Stop(Exception):
    """What happened, and what to type next."""


def usage():
    """Return the table of commands."""
    lines = ["usage: python run.py COMMAND [options]", ""]
    lines += ["  {0:<15} {1}".format(name, what) for name, what in VERBS]
    lines += ["", "python run.py COMMAND --help shows the options of a command."]
    lines += [
        "--no-venv makes no .venv: it uses the Python that runs run.py, which is also used by"
    ]
    lines += ["itself where there is no .venv and it has what requirements.txt asks for."]
    lines += ["The first command of all makes .venv: 1 GB, in one minute or in ten."]
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
            "Elsewhere, install Python again, complete. Then type the same command again.".format(
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


def read_lock(root, name):
    with io.open(os.path.join(root, name), encoding="utf-8") as stream:
        return stream.read()  # text mode: the line ends of a Windows checkout do not count


def locked(text):
    """Return the requirements of a lock, one text each, without hashes and comments."""
    lines = [line.partition(" #")[0].rstrip(" \\\n") for line in text.splitlines()]
    return [line for line in lines if re.match(r"\w", line)]


def wanted_stamp(root, authors=False):
    """Return what an environment must have been made from to be used as it is."""
    names = [("lock", LOCK)] + ([("authors", AUTHORS_LOCK)] if authors else [])
    locks = [(key, read_lock(root, name).encode("utf-8")) for key, name in names]
    stamp = dict((key, hashlib.sha256(text).hexdigest()) for key, text in locks)
    stamp.update(python="{0}.{1}".format(*sys.version_info[:2]), lib=HERE_FIRST)
    stamp.update(path=root)  # scripts in an environment name its path: a moved one is broken
    return stamp


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


def is_made(root, authors=False):
    """Tell whether the environment was finished, from the locks as they are now.

    One that has what authors need has what a learner needs, whatever their own lock has become.
    """
    found = found_stamp(root)
    if authors and "authors" not in found:
        return False
    if not authors:
        found.pop("authors", None)
    return found == wanted_stamp(root, authors)


def is_ready(root, authors=False):
    """Tell whether the environment can be used as it is."""
    return is_made(root, authors) and starts(root)


# --- Making it ------------------------------------------------------------------------------


def clean_environment():
    """Return the environment variables without those that lead an installation astray."""
    env = dict((key, value) for key, value in os.environ.items() if key not in STRAY)
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    env.setdefault("PIP_RETRIES", "2")
    return env


def set_up(root, verb):
    """Make or repair the environment for a command. Another run.py that does so is waited for."""
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
        if not is_ready(root, verb in AUTHORS_VERBS):
            _make(root, os.path.join(work, "setup.log"), verb)


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


def _make(root, log, verb):
    import shutil

    from lib.workbook.steps import Steps, spell

    folder = os.path.join(root, ".venv")
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
    authors = verb in AUTHORS_VERBS
    more = authors and before == wanted_stamp(root)  # a learner's environment, which stays
    authors = authors or "authors" in before  # whose environment it is does not change
    if before:
        os.remove(stamp_file(root))  # from here until the end the environment is half-made
    moved = before.get("path", root) != root
    again = ours and (moved or not starts(root) or not _pip_works(root))
    uv, count = _wanted(root, authors)
    steps = Steps((not ours or again) + bool(uv) + 1 + AFTERWARDS.get(verb, 0))
    if again:
        say("The environment in .venv cannot be used (moved, half-made or another Python).")
    elif more:
        say("What authors and tests need is added to the environment in .venv, once.")
    elif ours:
        say("The environment in .venv is brought up to date with {0}.".format(_locks(authors)))
    elif verb == "doctor":
        say("doctor looks into the environment. There is none yet, so it makes it first, in .venv.")
    if not ours or again:
        size = "It takes {0} GB: ".format("1.3" if authors else "1")
        say(size + "one to three minutes on a quiet machine, ten or more on a busy one.")
        # From an environment the one of its base is meant: it may be .venv that is made again.
        base = getattr(sys, "_base_executable", None) or sys.executable
        failed = "The environment could not be made."
        what = "Making it again" if again else "Making the environment in .venv, once"
        with steps.step(what):
            if again:
                shutil.rmtree(folder)
            call([base, "-I", "-m", "venv", "--without-pip", folder], log, failed)
            # By itself: venv would keep to itself what this says when it fails.
            call([venv_python(root), "-I", "-m", "ensurepip", "--default-pip"], log, failed)
    install(root, log, uv, count, steps, authors)
    _write_path_file(root)
    part = stamp_file(root) + ".part"
    with io.open(part, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(wanted_stamp(root, authors), indent=1))
    os.replace(part, stamp_file(root))
    say("The environment is ready ({0}).".format(spell(time.time() - steps.start)))
    if AFTERWARDS.get(verb):
        steps.hand_on()


def _pip_works(root):
    with io.open(os.devnull, "w") as nothing:
        command = [venv_python(root), "-I", "-m", "pip", "--version"]
        return subprocess.call(command, stdout=nothing, stderr=nothing) == 0


def _locks(authors):
    return " and ".join([LOCK] + [AUTHORS_LOCK] * authors)


def _wanted(root, authors):
    """Return uv's lines of the lock, or None, and how many packages the locks name."""
    texts = [read_lock(root, name) for name in [LOCK] + [AUTHORS_LOCK] * authors]
    uv = re.search(r"(?m)^uv==.*(\n[ \t]+--hash=.*)*", texts[0])
    names = set(line.split("==")[0] for text in texts for line in locked(text))
    return uv and uv.group(0).rstrip("\\ "), len(names)


def install(root, log, uv, count, steps, authors=False):
    """Install the lock, for authors both: with uv where the lock has it, or with pip, in more time.

    Each file must have a hash that the lock names. uv removes what no lock names any more.
    """
    files = [os.path.join(root, name) for name in [LOCK] + [AUTHORS_LOCK] * authors]
    pip = [venv_python(root), "-m", "pip"]
    failed = "The packages could not be installed."
    what = "Installing {0} packages".format(count)
    if uv:
        own = os.path.join(os.path.dirname(log), "setup-uv.txt")  # a lock of its own
        with io.open(own, "w", encoding="utf-8") as stream:
            stream.write(uv + "\n")
        with steps.step("Fetching uv, which installs the others"):
            call(pip + ["install", "--no-deps", "--require-hashes", "-r", own], log, failed)
        command = [venv_python(root), "-m", "uv", "pip", "sync", "--python", venv_python(root)]
        # Compiled now, as pip does by itself: else all that starts first would compile it at once.
        command += [
            "--no-config",
            "--no-progress",
            "--compile-bytecode",
            "--require-hashes",
        ] + files
        env = dict(clean_environment(), **_index_of_pip(pip))
        with steps.step(what):
            code, output = _call(command, log, env)
            if code != 0 and find_cause(output) is NOT_TRUSTED and "SSL_CERT_FILE" not in env:
                # uv brings certificates of its own; pip, which got this far, asks the system's too.
                code, output = _call(command, log, dict(env, UV_SYSTEM_CERTS="1"))
        if code == 0:
            return
        if find_cause(output) in (NOT_AS_LOCKED, DISK_FULL, NOT_WRITABLE, PATH_TOO_LONG):
            raise Stop(explain(failed, output))
        say("uv could not install them; trying pip, which takes longer ...")
        steps.number -= 1  # the same step, in another way
    # The locks are complete: nothing has to be solved.
    command = pip + ["install", "--progress-bar", "off", "--no-deps", "--require-hashes"]
    with steps.step(what):
        call(command + [word for name in files for word in ("-r", name)], log, failed)


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
    """Run a command, its output in the log; stop with the cause when it fails."""
    code, output = _call(command, log, clean_environment())
    if code != 0 and find_cause(output) is NOT_THERE:
        # pip keeps to itself why an index gave it nothing, unless it is asked to tell everything.
        code, output = _call(command + ["-vv"], log, clean_environment())
    if code != 0:
        raise Stop(explain(failed, output))


def explain(failed, output):
    """Return what failed, why, and what to do, from what a command has printed."""
    cause = find_cause(output)
    if cause is None:
        what, fix = first_error(output), "Read the file, " + AGAIN
    else:
        what, fix = cause.what, cause.fix
    return "\n".join([failed, what, "Details are in .workbook/setup.log.", fix])


def find_cause(output):
    """Return the cause that the output speaks of, or None.

    A warning counts only where pip says no more than that it found nothing: others are of attempts
    that were repeated, and may have succeeded.
    """
    lines = output.splitlines()
    for text in (
        "\n".join(line for line in lines if not re.match(r"\s*warning:", line, re.I)),
        output if re.search(NOT_THERE.pattern, output) else "",
    ):
        for cause in CAUSES:
            if re.search(cause.pattern, text):
                return cause
    return NOT_THERE if re.search(NOT_THERE.pattern, output) else None


def first_error(output):
    """Return the first line that is an error, without what uv says of its causes before the last.

    Programs tell first what went wrong, and then what they could not do for that reason. Where pip
    itself fails, the error is the last line of a traceback.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if line == "ERROR: Exception:":
            continue
        if re.match(r"(ERROR|error|Error|[A-Za-z.]*(Error|Exception)):? ?", line):
            causes = []
            for other in lines[number + 1 :]:
                if not other.startswith("cause: "):
                    break
                causes = [other[len("cause: ") :]]
            return " ".join([line] + causes)
    return (lines or ["It printed nothing."])[-1]


def _call(command, log, env):
    """Run a command; return its exit code and output, which goes into the log as well.

    Without what stands before the @ of a URL.
    """
    output = []
    with io.open(log, "a", encoding="utf-8") as stream:
        child = subprocess.Popen(
            command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            for line in child.stdout:
                text = line.decode("utf-8", "replace").replace("\r\n", "\n")
                output.append(re.sub(r"://[^\s/]*@", "://***@", text))
                stream.write(output[-1])
        except BaseException:
            child.terminate()  # a Ctrl-C reached it, too, but a full disk did not
            raise
        finally:
            child.stdout.close()
            code = child.wait()
    return code, "".join(output)


def _write_path_file(root):
    """Let the environment's Python import lib, in every folder that a notebook lies in.

    The path is a relative one, hence ASCII: Python versions differ in how they decode the file.
    """
    code = "import sys, sysconfig; print(ascii((sys.prefix, sysconfig.get_path('purelib'))))"
    out = subprocess.check_output([venv_python(root), "-I", "-c", code])
    prefix, packages = ast.literal_eval(out.decode("ascii").splitlines()[-1])
    up = os.path.relpath(root, prefix).replace(os.sep, "/")
    with io.open(os.path.join(packages, "workbook.pth"), "w", encoding="ascii") as stream:
        stream.write(HERE_FIRST.format(ascii(up)))
    older = os.path.join(packages, "workbook-here.pth")  # until November 2026
    if os.path.exists(older):
        os.remove(older)


# --- The Python that is there ---------------------------------------------------------------


def compare_with_lock(root, authors=False):
    """Return how many packages the lock asks for here, and which of them this Python has not.

    The latter as a dict of names and versions, the version None for a package that is missing.
    """
    try:
        from importlib.metadata import PackageNotFoundError, version

        from packaging.requirements import Requirement
    except ImportError:
        return 0, {"packaging": None}  # of the lock, and the one that can read it
    names, wrong = set(), {}
    locks = [LOCK] + [AUTHORS_LOCK] * authors
    for line in [line for name in locks for line in locked(read_lock(root, name))]:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        names.add(wanted.name)
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            found = None
        if found is None or not wanted.specifier.contains(found, prereleases=True):
            wrong[wanted.name] = found
    return len(names), wrong


def check_this_python(root, authors):
    """Stop when this Python, which is to be used as it is, lacks a package; tell other versions."""
    wrong = compare_with_lock(root, authors)[1]
    missing = sorted(name for name, found in wrong.items() if found is None)
    if missing:
        some = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        raise Stop(
            "This Python, {0}, lacks packages of {1}: {2}.\n"
            "Type: {0} -m pip install -r {3}\n"
            "or leave out --no-venv: an environment is made in .venv.".format(
                sys.executable, _locks(authors), some, _locks(authors).replace(" and ", " -r ")
            )
        )
    if wrong:
        others = ", ".join("{0} {1}".format(*pair) for pair in sorted(wrong.items())[:5])
        text = "Not the versions that the workbook was tested with: {0}{1}"
        print(text.format(others, ", ..." if len(wrong) > 5 else ""), file=sys.stderr)


# --- Handing on -----------------------------------------------------------------------------


def hand_on_here(root, arguments):
    """Become the command in the Python that runs this, whatever it is called and made by."""
    env = dict(os.environ)
    paths = [root] + [path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path]
    env["PYTHONPATH"] = os.pathsep.join(paths)
    if sys.prefix != sys.base_prefix:
        env["VIRTUAL_ENV"] = sys.prefix
    return _become(sys.executable, root, arguments, env)


def hand_on(root, arguments):
    """Become the command in the environment."""
    env = clean_environment()
    env["VIRTUAL_ENV"] = os.path.join(root, ".venv")
    return _become(venv_python(root), root, arguments, env)


def refuse(arguments):
    """Return the exit code where no work would begin: help was asked, or nothing can be meant."""
    from lib.workbook.cli import refuse as judge

    return judge(arguments)


def _become(python, root, arguments, env):
    """Become the command; on Windows, wait for it and return its exit code."""
    try:
        env["WORKBOOK_TYPED_IN"] = os.getcwd()  # paths count from there
    except OSError:
        pass  # the folder is gone
    folder = os.path.dirname(python)
    # As an activated environment has it, so that alembic works in a terminal of JupyterLab.
    env["PATH"] = os.pathsep.join([folder] + [other for other in _path() if other != folder])
    # Images of containers set it. Each process would compile all that it imports, each time again.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [python, "-m", "lib.workbook.cli"] + arguments
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
    end = arguments.index("--") if "--" in arguments else len(arguments)  # then another's begin
    here = "--no-venv" in arguments[:end]
    arguments = [word for word in arguments[:end] if word != "--no-venv"] + arguments[end:]
    if arguments[:1] in (["--help"], ["-h"], ["help"]):
        say(usage())
        return 0
    if not arguments or arguments[0] not in [name for name, _ in VERBS]:
        if arguments:
            print("There is no command {0!r}.\n".format(str(arguments[0])), file=sys.stderr)
        print(usage(), file=sys.stderr)
        return 2
    if ROOT not in sys.path:
        sys.path.append(ROOT)  # PYTHONSAFEPATH leaves it out
    try:
        check_python(sys.version_info, sys.platform, arguments)
        authors = arguments[0] in AUTHORS_VERBS
        if here:
            check_this_python(ROOT, authors)
            return hand_on_here(ROOT, arguments)
        if not is_ready(ROOT, authors):
            if not compare_with_lock(ROOT, authors)[1]:
                return hand_on_here(ROOT, arguments)
            code = refuse(arguments)
            if code is not None:
                return code  # neither help nor a typing error may cost a gigabyte
            set_up(ROOT, arguments[0])
        return hand_on(ROOT, arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Type the same command again to go on.", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        text = "The set-up failed: {0} ended with exit code {1}.\nType the same command again."
        print(text.format(os.path.basename(error.cmd[0]), error.returncode), file=sys.stderr)
        return 1
    except (OSError, IOError) as error:
        cause = ERRNO.get(error.errno, Cause("", "The set-up failed.", AGAIN.capitalize()))
        name = os.path.basename(str(error.filename or ""))
        text = "{0} ({1}: {2})\n{3}".format(cause.what, name, error.strerror, cause.fix)
        print(text, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
