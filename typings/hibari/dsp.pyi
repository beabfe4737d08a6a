from typing import Any

import numpy as np
from numpy.typing import NDArray

FFT_BACKEND: str

def rfft(x: Any, axis: int) -> Any: ...
def irfft(x: Any, n: int, axis: int) -> Any: ...
def synth(
    lh: NDArray[np.float32],
    th: NDArray[np.float32],
    ln: NDArray[np.float32],
    lr: NDArray[np.float32],
    phi: NDArray[np.float32],
    f0: NDArray[np.float32],
    rng: np.random.Generator,
) -> NDArray[np.float32]: ...
