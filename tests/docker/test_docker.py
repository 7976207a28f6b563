"""What the containers promise, as far as it can be seen without starting one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text("utf-8"))["services"]
    return declared


def test_there_is_no_default_password_and_nothing_is_open_to_the_network(services: dict[str, Any]) -> None:
    text = (ROOT / "docker" / "compose.yml").read_text("utf-8")
    given = re.findall(r"\$\{NEO4J_PASSWORD([^}]*)\}", text)
    assert len(given) == 2 and all(after.startswith(":?") for after in given)
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_nothing_runs_as_root_and_nothing_can_become_root(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
        assert "build" in service or service["user"].split(":")[0] not in ("0", "root"), name
    last = {
        stage: re.findall(r"^USER (\S+)", body, re.MULTILINE)
        for stage, body in re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM|\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    }
    assert last["base"][-1] == last["gpu"][-1] == "10001:10001" and last["cpu"] == []


def test_every_service_says_whether_it_is_well(services: dict[str, Any]) -> None:
    assert all(
        "healthcheck" in service or service["build"]["dockerfile"] == "docker/Dockerfile"
        for service in services.values()
    )
    assert "HEALTHCHECK" in DOCKERFILE and services["galenic"]["depends_on"]["neo4j"]["condition"] == "service_healthy"


def test_what_the_dockerfile_copies_and_builds_is_there(services: dict[str, Any]) -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split()[:-1]), line
    stages = re.findall(r"AS (\w+)", DOCKERFILE)
    # Without --target the last stage is built.
    assert stages[-1] == "cpu" and "gpu" in stages and set(re.findall(r"--from=(\w+)", DOCKERFILE)) <= set(stages)


def test_the_light_image_has_what_answering_needs_and_no_torch() -> None:
    command = [sys.executable, str(ROOT / "docker" / "runtime_lock.py"), str(ROOT / "requirements.lock")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pins = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ]+)", printed, re.MULTILINE))
    assert {"neo4j", "faiss-cpu", "onnxruntime", "fastapi", "uvicorn", "polars", "langgraph"} <= set(pins)
    assert not {"torch", "transformers", "pytest", "mypy"} & set(pins) and not any(
        name.startswith("nvidia") for name in pins
    )
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", printed)) >= len(pins)
    for lock in ("requirements.lock", "docker/gpu.lock"):
        assert "://" not in (ROOT / lock).read_text("utf-8"), lock
