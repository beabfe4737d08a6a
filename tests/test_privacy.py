"""Nothing leaves the machine, and nothing lies outside of the user's own folders."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from tests.real_parts import require_real

MODEL = Path(__file__).parent / "voice_input" / "tone_model" / "encoder.onnx"


def test_onnxruntime_collects_nothing_about_the_user(tmp_path: Path) -> None:
    is_there = importlib.util.find_spec("onnxruntime") is not None
    require_real("onnxruntime", is_there, "make moonshine")
    code = f"import voice_coach, onnxruntime; onnxruntime.InferenceSession({str(MODEL)!r})"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    subprocess.run([sys.executable, "-c", code], env=environ | {"HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.rglob("*")) == []
