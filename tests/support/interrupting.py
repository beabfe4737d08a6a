"""Something done at one moment of a thread, as Ctrl-C comes between any two steps of Python."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType


class Interrupting:
    """For ``sys.settrace``: interrupts before one step of what Python runs in this thread.

    Args:
        moment: before which step, from 1; never if it is less.
        interrupt: what comes then; it may raise.
        within: how the names of the files end whose steps count.
    """

    def __init__(self, moment: int, interrupt: Callable[[], object], within: tuple[str, ...] = ("",)) -> None:
        self.steps = 0
        self.moment = moment
        self._interrupt = interrupt
        self._within = within

    @property
    def has(self) -> bool:
        """Whether it has come to that moment."""
        return 0 < self.moment <= self.steps

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Interrupting | None:
        if event == "call" and not frame.f_code.co_filename.endswith(self._within):
            return None
        frame.f_trace_opcodes = True
        # Raised at another event it would skip what a frame does at its end, as Ctrl-C never does.
        if event == "opcode":
            self.steps += 1
            if self.steps == self.moment:
                self._interrupt()
        return self
