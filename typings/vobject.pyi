# What the tests use; the library brings no types.
from typing import Any

def readOne(stream: str) -> Any: ...
