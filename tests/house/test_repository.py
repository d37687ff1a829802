"""The project as a whole: its lock, its style, its settings, and what GitHub and Docker will read.

Nothing here asks a network; where a tool could, it is given the copy that it ships.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy.engine import make_url

from lib.testing.mysql_server import GRANTED
from lib.workbook.course.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the project's folder and return what it printed, both streams in one."""
    return subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


def python(*arguments: str) -> None:
    """Run a module of this environment; when it fails, so does the test, with its output."""
    done = run(sys.executable, "-m", *arguments)
    assert done.returncode == 0, f"python -m {' '.join(arguments)}\n{done.stdout}"


def load_yaml(name: str) -> Any:
    """Return a YAML file of the project."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    """Return the files of the project: what git knows, and what it would add."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: no list of the project's files")
    done = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert done.returncode == 0, done.stdout
    paths = (ROOT / name for name in sorted(set(done.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


# --- Style ----------------------------------------------------------------------------------


def test_black_has_nothing_to_change_in_code_and_notebooks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It keeps which files were right, by their content, as mypy does; with --diff it would not.
    monkeypatch.setenv("BLACK_CACHE_DIR", str(ROOT / ".workbook" / "cache" / "black"))
    # Fast leaves out the proof that what it would write means the same: nothing is written.
    python("black", "--check", "--fast", ".")


def test_isort_has_nothing_to_change() -> None:
    python("isort", "--check-only", "--diff", "--quiet", ".")


def test_flake8_finds_nothing() -> None:
    python("flake8")


def test_mypy_finds_nothing_in_lib() -> None:
    python("mypy")


# --- The lock -------------------------------------------------------------------------------


LEARNERS, AUTHORS, HUBS = "requirements.txt", "requirements-dev.txt", "hub/requirements.txt"
BOOKS = "lib/workbook/teaching/book/requirements.txt"


def direct(group: str) -> list[Requirement]:
    """Return the dependencies of a group in pyproject.toml, and of those that it includes."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = []
    for each in tomllib.loads(text)["dependency-groups"][group]:
        if isinstance(each, dict):
            found += direct(each["include-group"])
        else:
            found.append(Requirement(each))
    return found


def locked_lines(*names: str) -> list[Requirement]:
    """Return every package of the locks, those for other systems and Pythons included."""
    lines = [
        line for name in names for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"\w", line)]


def locked_here(*names: str) -> dict[str, str]:
    """Return name and version of each package that the locks ask for in this environment."""
    return {
        canonicalize_name(line.name): next(iter(line.specifier)).version
        for line in locked_lines(*names)
        if line.marker is None or line.marker.evaluate()
    }


def needed(requirements: list[Requirement]) -> Iterator[str]:
    """Yield the names of these packages and of all that they need, in this environment."""
    seen: set[tuple[str, str]] = set()
    todo = [(each, "") for each in requirements]
    while todo:
        requirement, parent_extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": parent_extra}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                for text in metadata.requires(name) or []:
                    todo.append((Requirement(text), extra))
        yield name


@pytest.mark.parametrize("name", [LEARNERS, AUTHORS, HUBS, BOOKS])
def test_a_lock_names_exact_versions_with_hashes_and_no_server(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.findall(
        r"(?m)^(\w[^\\\n]*) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text
    )
    # Nothing else stands there: no option, and no package without a hash.
    rest = [line for line in text.splitlines() if line and line.lstrip()[0] != "#"]
    assert len(rest) == sum(1 + hashes.count("--hash") for _, hashes in packages)
    assert len(packages) == len(locked_lines(name)) > 10
    for line in locked_lines(name):
        assert [each.operator for each in line.specifier] == ["=="], line


def test_no_lock_on_top_repeats_or_contradicts_the_learners() -> None:
    learners = {line.name for line in locked_lines(LEARNERS)}
    for name in (AUTHORS, HUBS):
        assert {line.name for line in locked_lines(name)} & learners == set()
    both = {(line.name, str(line.specifier)) for line in locked_lines(LEARNERS)}
    for line in locked_lines(BOOKS):
        assert line.name not in learners or (line.name, str(line.specifier)) in both, line


@pytest.mark.parametrize("group", ["learner", "dev", "hub"])
def test_each_direct_dependency_is_locked_at_a_version_that_it_allows(group: str) -> None:
    on_top = {"learner": [], "dev": [AUTHORS], "hub": [HUBS]}[group]
    lines = locked_lines(LEARNERS, *on_top)
    for wanted in direct(group):
        name = canonicalize_name(wanted.name)
        versions = [
            next(iter(line.specifier)).version
            for line in lines
            if canonicalize_name(line.name) == name
        ]
        assert versions, f"{wanted.name} is not in the locks: write them again"
        for version in versions:
            assert wanted.specifier.contains(version), f"{wanted}, but locked at {version}"


def test_the_lock_holds_all_that_is_needed_and_nothing_else() -> None:
    assert set(needed(direct("learner"))) == set(locked_here(LEARNERS))
    both = direct("learner") + direct("dev")
    assert set(needed(both)) == set(locked_here(LEARNERS, AUTHORS))


def test_the_environment_is_the_lock() -> None:
    tools = {"pip", "setuptools", "wheel"}  # they come with venv, depending on the Python
    installed = {
        canonicalize_name(each.name): each.version
        for each in metadata.distributions()
        if canonicalize_name(each.name) not in tools
    }
    assert installed == locked_here(LEARNERS, AUTHORS)


def test_every_direct_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = text.partition("[dependency-groups]")[2].partition("\n[")[0]
    lines = [line for line in listed.splitlines() if line.startswith('    "')]
    assert len(lines) > 40
    for line in lines:
        assert re.search(r"# \w.{10,}", line), line


# --- GitHub ---------------------------------------------------------------------------------


def schema_faults(name: str, *files: Path) -> str:
    """Return what check-jsonschema says of the files, by a schema that it brings along."""
    from check_jsonschema import main as check_jsonschema  # dear, and only one worker needs it

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended:
        check_jsonschema(["--builtin-schema", name, *map(str, files)])
    return said.getvalue() if ended.value.code else ""


def test_the_workflows_are_valid() -> None:
    files = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert files
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        assert schema_faults(schema, *files) == ""


def test_the_form_for_a_problem_and_the_citation_are_valid() -> None:
    forms = ROOT / ".github/ISSUE_TEMPLATE"
    assert schema_faults("vendor.github-issue-forms", forms / "problem.yml") == ""
    assert schema_faults("vendor.github-issue-config", forms / "config.yml") == ""
    assert schema_faults("vendor.citation-file-format", ROOT / "CITATION.cff") == ""


def test_the_form_knows_each_chapter_and_asks_the_same_without_a_network() -> None:
    form = load_yaml(".github/ISSUE_TEMPLATE/problem.yml")
    labels = [part["attributes"]["label"] for part in form["body"] if "id" in part]
    offline = (ROOT / "notebooks/problem.md").read_text(encoding="utf-8")
    assert [label for label in labels if f"**{label}" not in offline] == []
    (where,) = [part for part in form["body"] if part.get("id") == "chapter"]
    named = {option[:2] for option in where["attributes"]["options"] if option[0].isdigit()}
    assert {chapter.number for chapter in CHAPTERS} <= named


def test_the_version_is_the_newest_one_of_the_changes_and_the_citation() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        version = tomllib.load(file)["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, date = re.findall(r"^## (\S+) \((\S+)\)$", changes, re.MULTILINE)[0]
    cited = load_yaml("CITATION.cff")
    assert (newest, date) == (version, cited["date-released"])
    assert cited["version"] == version
    assert changes.count("**Reset:**") >= 1


def test_what_does_not_keep_to_its_schema_would_be_seen(tmp_path: Path) -> None:
    compose = tmp_path / "docker-compose.yml"
    compose.write_text("services: [database]\n", encoding="utf-8")
    assert "is not of type 'object'" in schema_faults("vendor.compose-spec", compose)


def workflow() -> dict[str, Any]:
    """Return the workflow."""
    found = load_yaml(".github/workflows/ci.yml")
    assert isinstance(found, dict)
    return found


def test_the_workflow_may_read_the_code_and_nothing_else() -> None:
    assert workflow()["permissions"] == {"contents": "read"}
    for job in workflow()["jobs"].values():
        assert "permissions" not in job
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_actions_are_githubs_own_at_a_major_version_or_pinned_by_commit() -> None:
    used = [
        step["uses"]
        for job in workflow()["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@v\d+|[\w./-]+@[0-9a-f]{40}", action), action


def test_the_workflow_runs_every_supported_python_on_three_systems() -> None:
    matrix = workflow()["jobs"]["sqlite"]["strategy"]["matrix"]
    assert [name.partition("-")[0] for name in matrix["os"]] == ["ubuntu", "macos", "windows"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = Requirement(f"python{project['requires-python']}").specifier
    assert matrix["python"] == [
        f"3.{minor}" for minor in range(30) if supported.contains(f"3.{minor}")
    ]


def test_the_workflow_tests_mysql_and_mariadb_with_local_infile_on() -> None:
    job = workflow()["jobs"]["servers"]
    images = {each["image"] for each in job["strategy"]["matrix"]["include"]}
    assert images == {"mysql:8.4", "mysql:9.7", "mariadb:10.11", "mariadb:11.8"}
    service = job["services"]["database"]
    assert "SELECT 1" in service["options"]
    assert f"-u{service['env']['MYSQL_USER']} " in service["options"]
    assert service["ports"] == ["127.0.0.1:3306:3306"]
    # The tests look for the password in what is printed, and the user's name is printed.
    assert service["env"]["MYSQL_PASSWORD"] != service["env"]["MYSQL_USER"]
    assert make_url(job["env"]["TEST_MYSQL_URL"]).password == service["env"]["MYSQL_PASSWORD"]
    commands = [step.get("run", "") for step in job["steps"]]
    switch = next(i for i, each in enumerate(commands) if "SET GLOBAL local_infile = 1" in each)
    assert switch < commands.index("python run.py test")
    assert job["env"]["TEST_MYSQL_URL"].startswith("mysql+pymysql://")


# --- Docker ---------------------------------------------------------------------------------


def compose() -> dict[str, Any]:
    """Return the one service of the compose file."""
    found = load_yaml("docker-compose.yml")["services"]["database"]
    assert isinstance(found, dict)
    return found


def test_the_compose_file_is_valid() -> None:
    assert schema_faults("vendor.compose-spec", ROOT / "docker-compose.yml") == ""


def test_the_container_is_the_one_that_the_chapters_speak_of() -> None:
    assert compose()["image"] == "mysql:9.7"
    assert compose()["container_name"] == "demo"
    assert compose()["environment"]["MYSQL_DATABASE"] == "${MYSQL_DATABASE:-demo}"
    assert "--local-infile=1" in compose()["command"]
    assert "--character-set-server=utf8mb4" in compose()["command"]


def test_the_container_can_be_reached_from_this_machine_only() -> None:
    ports = compose()["ports"]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_health_check_asks_a_real_query_as_the_applications_user() -> None:
    kind, command = compose()["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    assert "SELECT 1" in command
    assert '-u"$$MYSQL_USER"' in command
    assert "-h127.0.0.1" in command  # over TCP: the image's first, temporary server has none
    assert "ROOT" not in command
    assert not re.search(r"-p\S", command)  # no password among the arguments


def test_the_container_does_not_start_without_passwords_and_says_what_to_type() -> None:
    for name in ("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"):
        assert re.fullmatch(
            rf"\$\{{{name}:\?[^}}]*python run\.py doctor[^}}]*\}}", compose()["environment"][name]
        )


def test_the_data_outlives_the_container() -> None:
    (volume,) = compose()["volumes"]
    name, _, target = volume.partition(":")
    assert target == "/var/lib/mysql"
    assert name in load_yaml("docker-compose.yml")["volumes"]


def test_the_user_of_the_container_may_make_the_databases_of_the_chapters() -> None:
    (config,) = compose()["configs"]
    assert config["target"].startswith("/docker-entrypoint-initdb.d/")
    assert config["target"].endswith(".sql")
    content = load_yaml("docker-compose.yml")["configs"][config["source"]]["content"]
    granted = re.findall(
        r"^GRANT ALL ON `(.+?)`\.\* TO '\$\{MYSQL_USER:-workbook\}'", content, re.M
    )
    assert granted == [
        r"${MYSQL_DATABASE:-demo}\_%",
        *[r"demo\_%", r"workbook\_%", r"test\_%"],
    ]


def test_the_private_server_grants_what_the_container_grants() -> None:
    (config,) = compose()["configs"]
    content = load_yaml("docker-compose.yml")["configs"][config["source"]]["content"]
    rights = re.findall(r"^GRANT ALL ON `(\w+\\_%)`", content, re.M)
    assert {"demo", *rights} == set(GRANTED)  # demo itself is granted by the image
    commands = "".join(step.get("run", "") for step in workflow()["jobs"]["servers"]["steps"])
    assert re.findall(r"GRANT ALL ON `(.+?)`", commands) == rights


def test_the_example_of_env_sets_what_the_compose_file_reads() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    read = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    example = dotenv_values(ROOT / ".env.example", interpolate=False)
    assert set(example) == read
    offered = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^# ([A-Z_]+)=", offered, re.M) == ["DATABASE_URL", "TEST_MYSQL_URL"]
    defaults = dict(re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", text))
    assert defaults == {name: example[name] for name in defaults}
    assert {example[name] for name in read - set(defaults)} == {"change-me"}


def test_the_database_url_of_the_example_is_made_of_its_other_settings(tmp_path: Path) -> None:
    offered = (ROOT / ".env.example").read_text(encoding="utf-8")
    chosen = tmp_path / "env"
    chosen.write_text(offered.replace("# DATABASE_URL=", "DATABASE_URL="), encoding="utf-8")
    expected = "mysql+pymysql://workbook:change-me@127.0.0.1:3306/demo"
    assert dotenv_values(chosen)["DATABASE_URL"] == expected


# --- Git ------------------------------------------------------------------------------------


def ignored(*paths: str) -> list[str]:
    """Return those of the paths that git ignores."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing is ignored")
    done = run("git", "check-ignore", "--no-index", *paths)
    assert done.returncode in (0, 1), done.stdout
    return done.stdout.split()


def test_git_ignores_what_is_private_or_made_by_the_workbook() -> None:
    paths = [".env", ".venv/pyvenv.cfg", ".workbook/workbook.db", "lib/__pycache__/config.pyc"]
    paths += ["notebooks/.ipynb_checkpoints/x.ipynb", ".coverage", ".coverage.host.1"]
    assert ignored(*paths) == paths


def test_git_does_not_ignore_the_pipeline() -> None:
    paths = ["lib/config.py", "lib/workbook/course/chapter.py", "migrations/env.py", ".env.example"]
    paths += ["notebooks/00_start_here.ipynb", "requirements.txt", ".ci/run"]
    paths += ["requirements-dev.txt", "data/README.md", "data/flights.csv.zip"]
    assert ignored(*paths) == []


def test_every_text_file_has_unix_line_ends_on_every_system() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: no attributes")
    files = ["requirements.txt", "run.py", "notebooks/00_start_here.ipynb", ".ci/run"]
    answer = run("git", "check-attr", "eol", "--", *files).stdout.splitlines()
    assert answer == [f"{name}: eol: lf" for name in files]


def test_no_file_names_a_path_of_one_machine() -> None:
    # A home folder, or the place where somebody's checkout happened to be.
    private = re.compile(r"(?<![\w.}])/(?:home|Users|root|work)/\w|\b[A-Z]:\\+Users\b")
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text
        for number, line in enumerate(text.splitlines(), start=1):
            if private.search(line) or str(ROOT) in line:
                found.append(f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:80]}")
    assert found == []


def test_ci_run_is_a_program() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: no file modes")
    entry = run("git", "ls-files", "--stage", ".ci/run").stdout
    assert entry.startswith("100755 ")
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "run.py test --require-all" in text


# --- The hooks ------------------------------------------------------------------------------


def hooks() -> list[dict[str, Any]]:
    """Return the hooks that run before a commit."""
    repos = load_yaml(".pre-commit-config.yaml")["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    return [hook for repo in repos for hook in repo["hooks"]]


def test_the_hooks_are_black_isort_flake8_and_the_notebook_cleaner() -> None:
    assert [hook["id"] for hook in hooks()] == ["black", "isort", "flake8", "notebooks"]
    assert "jupyter" in hooks()[0]["types_or"]
    python("pre_commit", "validate-config", ".pre-commit-config.yaml")


def test_the_hooks_download_nothing() -> None:
    for hook in hooks():
        assert hook["language"] == "unsupported"  # pre-commit's word for: installs nothing itself
        assert "additional_dependencies" not in hook
    assert "://" not in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_the_hooks_run_modules_of_the_environment() -> None:
    for hook in hooks():
        assert hook["entry"].startswith("git -c alias.venv=")
        done = run(
            sys.executable, "-c", f"import importlib; importlib.import_module({hook['args'][0]!r})"
        )
        assert done.returncode == 0, done.stdout


def test_the_hooks_find_the_environment_when_it_is_not_active(tmp_path: Path) -> None:
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    for name in (".pre-commit-config.yaml", "pyproject.toml", ".flake8", ".gitignore"):
        shutil.copy(ROOT / name, checkout)
    link_folder(Path(sys.prefix), checkout / ".venv")
    ugly = checkout / "ugly.py"
    ugly.write_text("x = {  'a':1 }\n", encoding="utf-8")
    inside = str(Path(sys.executable).parent)
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {
        "PATH": os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if p != inside),
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
    }
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "ugly.py", ".pre-commit-config.yaml"],
        [sys.executable, "-m", "pre_commit", "run", "--color", "never"],
    ):
        done = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
    assert re.search(r"^black .*Failed\n- hook id: black\n- files were mod", done.stdout, re.M)
    assert re.search(r"^flake8 .*Passed$", done.stdout, re.M), done.stdout
    assert ugly.read_text(encoding="utf-8") == 'x = {"a": 1}\n'
    (checkout / ".venv").unlink() if os.name != "nt" else (checkout / ".venv").rmdir()


def link_folder(source: Path, target: Path) -> None:
    """Make a second name for a folder; on Windows a junction, which needs no special right."""
    if os.name == "nt":
        subprocess.run(["cmd", "/c", "mklink", "/J", str(target), str(source)], check=True)
    else:
        target.symlink_to(source, target_is_directory=True)


def test_the_notebook_hook_cleans_a_notebook_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "execution_count": 1, "id": "first", "outputs": []}
    cell |= {"metadata": {"execution": {"iopub.execute_input": "now"}}, "source": ["1 + 1"]}
    mine = {"kernelspec": {"display_name": "mine", "language": "python", "name": "mine"}}
    notebook = {"cells": [cell], "metadata": mine, "nbformat": 4, "nbformat_minor": 5}
    dirty = tmp_path / "01_dirty.ipynb"
    dirty.write_text(json.dumps(notebook), encoding="utf-8")
    (hook,) = (hook for hook in hooks() if hook["id"] == "notebooks")
    first = run(sys.executable, "-m", *hook["args"], str(dirty))
    assert first.returncode == 1, first.stdout
    assert '"name": "python3"' in dirty.read_text(encoding="utf-8")
    assert "iopub" not in dirty.read_text(encoding="utf-8")
    second = run(sys.executable, "-m", *hook["args"], str(dirty))
    assert second.returncode == 0, second.stdout
