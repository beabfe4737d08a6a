"""What stands still while somebody looks is told from what nobody looked at."""

from __future__ import annotations

import pytest

from voice_coach.devices.miniaudio import Stillness


def test_it_is_counted_from_the_look_at_which_it_was_first_seen() -> None:
    stillness = Stillness(0.2)
    assert stillness.look(7, 100.0) == 0
    assert stillness.look(7, 100.1) == pytest.approx(0.1)
    assert stillness.look(7, 100.25) == pytest.approx(0.25)
    assert stillness.look(8, 100.3) == 0
    assert stillness.look(8, 100.4) == pytest.approx(0.1)


def test_a_process_that_was_stopped_for_an_hour_has_looked_once() -> None:
    stillness = Stillness(0.2)
    stillness.look(7, 100.0)
    assert stillness.look(7, 3_700.0) == pytest.approx(0.2)
    assert stillness.look(8, 3_700.1) == 0
