#!/usr/bin/env python3
"""What others read has the form that they ask for: Kubernetes, GitHub, GitLab, Compose.

    schemas_test.py DEPLOY CI_GUIDE
"""

import pathlib
import re
import subprocess
import sys

import kubernetes_validate
import yaml

# The oldest and the newest version of Kubernetes that the manifests are for.
KUBERNETES = ("1.29", "1.34")


def check_jsonschema(schema: str, file: pathlib.Path, *flags: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *flags, file],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return [] if run.returncode == 0 else [f"{file}: {run.stdout}"]


def manifests(folder: pathlib.Path) -> list[tuple[pathlib.Path, dict]]:
    return [
        (path, document)
        for path in sorted(folder.rglob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
    ]


def kustomization_faults(path: pathlib.Path, document: dict) -> list[str]:
    """Kustomize's own files: it knows these fields, and what they name is there."""
    known = {"apiVersion", "kind", "labels", "resources", "configMapGenerator", "images"}
    faults = [f"{path}: {field} is not known" for field in document.keys() - known]
    for resource in document["resources"]:
        if not (path.parent / resource).exists():
            faults.append(f"{path}: {resource} is not there")
    return faults


def monitor_faults(path: pathlib.Path, document: dict, labels: list[dict]) -> list[str]:
    """The operator's resources choose something, and ports that it has."""
    wanted = document["spec"]["selector"]["matchLabels"].items()
    if not any(wanted <= one.items() for one in labels):
        return [f"{path}: {document['kind']} {document['metadata']['name']} chooses nothing"]
    return []


def kubernetes_faults(folder: pathlib.Path) -> list[str]:
    faults, labels, monitors = [], [], []
    for path, document in manifests(folder):
        if document["kind"] == "Kustomization":
            faults += kustomization_faults(path, document)
            continue
        if document["apiVersion"].startswith("monitoring.coreos.com/"):
            monitors.append((path, document))
            continue
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults.append(f"{path}: Kubernetes {version}: {error.message}")
        labels.append(document["metadata"].get("labels", {}))
        template = document["spec"].get("template", {})
        labels.append(template.get("metadata", {}).get("labels", {}))
    for path, document in monitors:
        faults += monitor_faults(path, document, labels)
    if len(labels) < 8 or len(monitors) < 2:
        faults.append(f"{folder}: where are the manifests?")
    return faults


def guide_faults(action: pathlib.Path, pipeline: pathlib.Path, guide: pathlib.Path) -> list[str]:
    """The guide tells of every input and every variable."""
    text = guide.read_text()
    job = yaml.safe_load(pipeline.read_text())[".duroxide-judge"]
    names = [*yaml.safe_load(action.read_text())["inputs"], *job["variables"]]
    return [f"{guide.name} does not tell of {name}" for name in names if f"`{name}`" not in text]


def main() -> int:
    deploy, guide = map(pathlib.Path, sys.argv[1:])
    action = deploy / "ci" / "github" / "action.yml"
    pipeline = deploy / "ci" / "gitlab" / "duroxide.gitlab-ci.yml"
    faults = [
        *check_jsonschema("vendor.github-actions", action),
        *check_jsonschema("vendor.gitlab-ci", pipeline, "--data-transform", "gitlab-ci"),
        *check_jsonschema("vendor.compose-spec", deploy / "compose.yaml"),
        *kubernetes_faults(deploy / "kubernetes"),
        *guide_faults(action, pipeline, guide),
    ]
    # What examples of the guide hand over exists.
    inputs = yaml.safe_load(action.read_text())["inputs"]
    for example in re.findall(r"uses: \S+/deploy/ci/github@.*?```", guide.read_text(), re.DOTALL):
        given = re.findall(r"^ {4,}([\w-]+): ", example.partition("with:")[2], re.MULTILINE)
        faults += [f"{guide.name}: {name} is no input" for name in given if name not in inputs]
    print("\n".join(faults) or "as their schemas say")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
