"""What ``hearing.moonshine_model`` uses of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

class SessionOptions:
    intra_op_num_threads: int
    inter_op_num_threads: int
    log_severity_level: int
    enable_cpu_mem_arena: bool

    def add_session_config_entry(self, key: str, value: str, /) -> None: ...

class _Value:
    name: str

class InferenceSession:
    def __init__(
        self, path_or_bytes: str | bytes, sess_options: SessionOptions = ..., providers: Sequence[str] = ...
    ) -> None: ...
    def get_inputs(self) -> list[_Value]: ...
    def get_outputs(self) -> list[_Value]: ...
    def run(
        self, output_names: None, input_feed: Mapping[str, NDArray[Any]], /
    ) -> list[NDArray[np.float32]]: ...
