"""Plays the player's page in a browser, and listens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.player_pages import LOWEST_HZ, STEP_HZ

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_S = 10


def until(page: Page, condition: str) -> None:
    """Waits until a condition in JavaScript holds."""
    held = page.evaluate(
        f"""() => new Promise(done => {{
            const began = performance.now();
            const look = () => ({condition}) ? done(true)
                : performance.now() - began > {PATIENCE_S * 1000} ? done(false) : setTimeout(look, 10);
            look();
        }})"""
    )
    assert held, f"never: {condition}"


def now_s(page: Page) -> float:
    return float(page.evaluate("sound.currentTime"))


def play(page: Page) -> None:
    page.click("#play")
    until(page, "!sound.paused && sound.readyState > 2")


def jump(page: Page, seconds: float) -> None:
    """Puts a paused sound somewhere, as the bar of the lock screen does, and waits until that is shown."""
    page.evaluate(f"sound.currentTime = {seconds}")
    until(page, "!sound.seeking")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def heard_second(page: Page) -> tuple[float, float]:
    """Which second of the session is really heard, by its pitch, and which the player takes it for."""
    found: Any = page.evaluate(
        """async () => {
            const context = new AudioContext(), analyser = context.createAnalyser();
            analyser.fftSize = 8192;
            analyser.smoothingTimeConstant = 0;
            context.createMediaStreamSource(sound.captureStream()).connect(analyser);
            await context.resume();
            const levels = new Float32Array(analyser.frequencyBinCount);
            const tries = 500;
            for (let i = 0; i < tries; i++) {
                await new Promise(done => setTimeout(done, 20));
                analyser.getFloatFrequencyData(levels);
                const loudest = levels.indexOf(Math.max(...levels)), inside = sound.currentTime % 1;
                if (levels[loudest] > -50 && inside > 0.4 && inside < 0.9) {
                    const hz = loudest * context.sampleRate / analyser.fftSize;
                    context.close();
                    return [hz, sound.currentTime];
                }
            }
            return [0, sound.currentTime];
        }"""
    )
    hz, second = found
    assert hz, "nothing is heard"
    return round((hz - LOWEST_HZ) / STEP_HZ), int(second)
