"""Makes the modules of the protos while the package is built; none are committed."""

import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def generate(protos: Path, out: Path) -> None:
    """Writes the package `duroxide`: a module and its types for each proto."""
    names = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    well_known = resources.files("grpc_tools") / "_proto"
    arguments = [f"-I{protos}", f"-I{well_known}", f"--python_out={out}", f"--pyi_out={out}"]
    if protoc.main(["protoc", *arguments, *names]) != 0:
        raise RuntimeError(f"protoc could not read the protos of {protos}; see above")
    (out / "duroxide" / "py.typed").touch()


class ProtoHook(BuildHookInterface[Any]):
    """Puts the generated package into the wheel, beside the one that is committed."""

    _out: Path

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generates; the protos lie in the repository, or in the source distribution."""
        root = Path(self.root)
        protos = next(p for p in (root / "proto", root.parents[1] / "proto") if p.is_dir())
        self._out = Path(tempfile.mkdtemp())
        generate(protos, self._out)
        build_data["force_include"][str(self._out / "duroxide")] = "duroxide"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Cleans up."""
        shutil.rmtree(self._out)
