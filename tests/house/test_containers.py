"""The ways in without an installation: a dev container, and Binder, from the one lock.

tests/by_hand/containers.py runs their commands in an unpacked Debian.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packaging.requirements import Requirement

from lib.orchestration.dagster_server import FIRST_PORT as DAGSTER
from lib.page.server import FIRST_PORT as PAGE
from lib.workbook.lab.jupyter import FIRST_PORT as LAB
from lib.workbook.lab.jupyter import START
from tests.house.test_repository import ROOT, ignored

DEV = ROOT / ".devcontainer"
BINDER = ROOT / ".binder"
# What https://containers.dev/implementors/json_reference/ says of the properties that we use;
# another one is an error, because an editor would not tell of a misspelled one.
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
COMMAND = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
PORT = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "onAutoForward": {
            "enum": ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"]
        },
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "build": {
            "type": "object",
            "properties": {"dockerfile": {"type": "string"}, "context": {"type": "string"}},
            "required": ["dockerfile"],
            "additionalProperties": False,
        },
        "remoteUser": {"type": "string"},
        "hostRequirements": {
            "type": "object",
            "properties": {
                "cpus": {"type": "integer", "minimum": 1},
                "memory": {"type": "string", "pattern": r"^\d+([tgmk]b)?$"},
            },
            "additionalProperties": False,
        },
        "containerEnv": TEXTS,
        "onCreateCommand": COMMAND,
        "forwardPorts": {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
        },
        "portsAttributes": {
            "type": "object",
            "patternProperties": {r"^\d+$": PORT},
            "additionalProperties": False,
        },
        "customizations": {"type": "object", "additionalProperties": {"type": "object"}},
    },
    "required": ["name", "build"],
    "additionalProperties": False,
}


def settings() -> dict[str, Any]:
    """Return the dev container's settings."""
    found = json.loads((DEV / "devcontainer.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_dev_container_keeps_to_its_schema() -> None:
    jsonschema.validate(settings(), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"onCreatCommand": "x"},
        {"forwardPorts": ["8888 "]},
        {"build": {}},
        {"portsAttributes": {"8888": {"onAutoForward": "open"}}},
    ],
)
def test_what_does_not_keep_to_the_schema_is_seen(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings() | change, SCHEMA)


def test_the_image_is_made_from_the_lock_and_a_python_that_the_workbook_supports() -> None:
    text = (DEV / settings()["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert (DEV / settings()["build"]["context"]).resolve() == ROOT
    version = re.search(r"^FROM python:(3\.\d+)-slim", text, re.MULTILINE)
    assert version
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.search(r'^requires-python = "(.+)"', project, re.MULTILINE)
    assert supported and Requirement(f"python{supported[1]}").specifier.contains(version[1])
    assert "COPY requirements.txt" in text
    assert "--compile-bytecode --require-hashes -r /tmp/requirements.txt" in text
    assert re.findall(r"^USER (\w+)", text, re.MULTILINE) == [settings()["remoteUser"]]


def test_the_editor_takes_the_images_python_and_finds_lib_in_every_folder() -> None:
    found = settings()
    assert found["containerEnv"]["PYTHONPATH"] == "${containerWorkspaceFolder}"
    editor = found["customizations"]["vscode"]
    assert editor["settings"]["python.defaultInterpreterPath"] == "/usr/local/bin/python"
    assert "ms-toolsai.jupyter" in editor["extensions"]
    assert found["customizations"]["codespaces"]["openFiles"] == [START]
    assert (ROOT / START).is_file()


def test_the_ports_are_those_that_the_verbs_begin_with() -> None:
    assert settings()["forwardPorts"] == [LAB, PAGE, DAGSTER]
    assert set(settings()["portsAttributes"]) == {str(port) for port in (LAB, PAGE, DAGSTER)}
    for port, verb in ((LAB, "lab"), (PAGE, "app"), (DAGSTER, "orchestrate")):
        assert settings()["portsAttributes"][str(port)]["label"].endswith(f"run.py {verb}")


def test_binder_installs_the_same_lock_on_a_python_that_the_workbook_supports() -> None:
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [each for each in lines if not each.startswith("#")]
    assert (BINDER / line.removeprefix("-r ")).resolve() == ROOT / "requirements.txt"
    runtime = (BINDER / "runtime.txt").read_text(encoding="utf-8")
    version = re.fullmatch(r"python-(3\.\d+)\n", runtime)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.search(r'^requires-python = "(.+)"', project, re.MULTILINE)
    assert version and supported
    assert Requirement(f"python{supported[1]}").specifier.contains(version[1])


def test_git_has_the_files_of_both_and_knows_that_binders_are_programs() -> None:
    names = ["Dockerfile", "devcontainer.json"]
    assert ignored(*(f".devcontainer/{name}" for name in names)) == []
    assert ignored(*(f".binder/{path.name}" for path in BINDER.iterdir())) == []
    if os.name == "posix":
        assert all(os.access(BINDER / name, os.X_OK) for name in ("postBuild", "start"))


@pytest.mark.skipif(os.name != "posix", reason="Binder's containers are Linux")
def test_a_kernel_that_binder_starts_finds_lib_from_the_folder_of_the_notebooks(
    tmp_path: Path,
) -> None:
    """`start` becomes the program that it is given, which a Python in notebooks/ stands for."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    folder = str(Path(sys.executable).parent)
    env |= {"WORKBOOK_DIR": str(tmp_path), "DATABASE_URL": ""}
    env["PATH"] = os.pathsep.join([folder, env["PATH"]])
    code = "import os, sys; os.chdir('notebooks'); "
    code += "os.execv(sys.executable, [sys.executable, '-c', 'import lib; print(lib.__file__)'])"
    for name, rest in (("postBuild", []), ("start", ["python", "-c", code])):
        done = subprocess.run(
            [str(BINDER / name), *rest],
            cwd=ROOT,
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(ROOT / "lib" / "__init__.py")
    assert (tmp_path / "workbook.db").is_file()
