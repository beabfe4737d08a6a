"""The words of a language: what scripts need, and what the coach says in a live session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from voice_coach.core.script import BreathPhase, Move, Side

PhraseTexts = tuple[str, ...]
"""Prompts, one after the other."""

_ENGLISH_POSITIONS = {
    "standing": "standing",
    "kneeling": "on your knees",
    "all fours": "on your hands and knees",
    "seated": "sitting",
    "side-lying": "on your side",
    "prone": "on your stomach",
    "supine": "on your back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWords:
    """Words of the coach that are no part of a session, for while it is played.

    What stands in braces is filled in; ``voice_coach.script.documents`` names it for each, and checks it.

    Attributes:
        slower: it goes on more slowly; likewise ``faster``.
        slowest: it cannot go more slowly; likewise ``fastest``, ``loudest`` and ``quietest``.
        time_left: how long it still goes on, as {time}.
        time_left_short: that is less than a minute.
        time_left_unknown: that is not known yet.
        where: where in an exercise we are: each of these is said if all that it names is known, of
            {exercise}, {side}, {round}, {rounds}, {set}, {sets}, {rep} and {reps}.
        where_opening: we are in the opening; likewise ``where_closing``.
        ready_ask: the coach waits until the person is ready.
        ready_reminder: it still does.
        ready_limit: it has waited long enough, and goes on.
        hurts_way_out: where an exercise has no way out of its own, or its position has not been reached: safe
            in every position. The first words stop every movement.
        hurts_ask: how to go on after that: rest, something easier, leave the exercise out, or end.
        hurts_ask_no_easier: the same where there is nothing easier.
        hurts_limit: there was no answer for long; the session is paused.
        no_easier: something easier was asked for, and there is nothing.
        rest_begins: the person rests.
        rest_reminder: they still do.
        back_to_exercise: and comes back into {position}, to go on with {exercise}.
        come_into: the body is elsewhere than in the {position} that a way begins or {exercise} goes on in.
        easier_begins: something easier comes instead of what is left of the exercise.
        skipped: the exercise is left out.
        ended: the session was ended before its end.
        ended_after_pain: the same, because something hurt.
        resume_offer: a session that was not heard to its end begins again; it stopped in {exercise}.
        resumed: it goes on there.
        keep_offer: the session is over, and was slower or faster than when it began: to keep that?
        kept: that was kept.
        device_back: the sound device was gone, and is back.
        device_back_paused: the same in a pause.
        nothing_before: there is nothing to go back to.
        nothing_after: there is nothing to go on to.
        help: what can be asked for, and how.
        listen_begins: the coach listens, and how it is spoken to; only said where it does.
        deaf: spoken commands are not understood any more; likewise ``hears_again``.
        score_ask: how much pain there is, from 0 to 10?
        score_thanks: it is {points}.
        positions: what {position} stands for.
    """

    slower: PhraseTexts = ("Slower.",)
    faster: PhraseTexts = ("Faster.",)
    slowest: PhraseTexts = ("This is as slow as it goes.",)
    fastest: PhraseTexts = ("This is as fast as it goes.",)
    loudest: PhraseTexts = ("This is as loud as it goes.",)
    quietest: PhraseTexts = ("This is as quiet as it goes.",)
    time_left: PhraseTexts = ("About {time} left.",)
    time_left_short: PhraseTexts = ("Less than a minute left.",)
    time_left_unknown: PhraseTexts = ("I do not know that yet.",)
    where: PhraseTexts = (
        "{exercise}.",
        "Round {round} of {rounds}.",
        "The {side} side.",
        "Set {set} of {sets}.",
        "Repetition {rep} of {reps}.",
    )
    where_opening: PhraseTexts = ("This is the opening.",)
    where_closing: PhraseTexts = ("This is the closing.",)
    ready_ask: PhraseTexts = ("Take your time.", "Tell me when you are ready.")
    ready_reminder: PhraseTexts = ("There is no hurry.", "When you are ready, press play, or the space bar.")
    ready_limit: PhraseTexts = ("Let us go on, gently.",)
    hurts_way_out: PhraseTexts = (
        "Stop there, and breathe.",
        "If you are up, hold on to something steady, or lean on your hands.",
        "Then slowly, and only as far as it feels good, find a position that is comfortable.",
    )
    hurts_ask: PhraseTexts = (
        "How shall we go on?",
        "To rest, press play, or one.",
        "For something easier, press previous, or two.",
        "To leave this exercise out, press next, or three.",
        "To end here, press stop, or four.",
    )
    hurts_ask_no_easier: PhraseTexts = (
        "How shall we go on?",
        "To rest, press play, or one.",
        "To leave this exercise out, press next, or three.",
        "To end here, press stop, or four.",
    )
    hurts_limit: PhraseTexts = ("I pause here.", "Press play whenever you like.")
    no_easier: PhraseTexts = ("There is nothing easier here.",)
    rest_begins: PhraseTexts = ("Rest for as long as you like.", "When you are ready, press play.")
    rest_reminder: PhraseTexts = ("Rest on. When you are ready, press play.",)
    back_to_exercise: PhraseTexts = ("When you are ready, take the position again: {position}.",)
    come_into: PhraseTexts = (
        "Slowly come into this position: {position}. Hold on to something, if you like.",
    )
    easier_begins: PhraseTexts = ("We go on with something easier.",)
    skipped: PhraseTexts = ("We leave this one out.",)
    ended: PhraseTexts = ("We end here.", "Stay for as long as you like. Then come up slowly.")
    ended_after_pain: PhraseTexts = (
        "We end here, for today.",
        "Stay for as long as you like. Then come up slowly.",
        "If the pain stays, ask a doctor.",
    )
    resume_offer: PhraseTexts = (
        "Last time you stopped in {exercise}.",
        "To go on from there, press play. Otherwise we begin anew.",
    )
    resumed: PhraseTexts = ("We go on with {exercise}.",)
    keep_offer: PhraseTexts = (
        "To keep this speed for the next time, press play. Otherwise it will be as before.",
    )
    kept: PhraseTexts = ("I will keep it.",)
    device_back: PhraseTexts = ("The sound is back. We go on.",)
    device_back_paused: PhraseTexts = ("The sound is back.", "To go on, press play.")
    nothing_before: PhraseTexts = ("This is the beginning.",)
    nothing_after: PhraseTexts = ("This is the last part.",)
    help: PhraseTexts = (
        "Space pauses, and goes on.",
        "R says it again. Minus is slower, plus is faster.",
        "T tells the time left, and W where we are.",
        "If something hurts, press H.",
        "To end the session, press Q.",
    )
    listen_begins: PhraseTexts = (
        "I am listening.",
        "Say my name, and then: pause, repeat, or that hurts. To hear everything, say my name, and: help.",
        "My name is Coach.",
    )
    deaf: PhraseTexts = ("I cannot hear you. Keys and buttons still work.",)
    hears_again: PhraseTexts = ("I can hear you now.",)
    score_ask: PhraseTexts = (
        "How much does it hurt now? From zero, for not at all, to ten, for the worst.",
        "Press the number, or just lie still.",
    )
    score_thanks: PhraseTexts = ("{points}. Thank you.",)
    positions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_ENGLISH_POSITIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The coach's own words in one language, from ``scripts/languages/``."""

    code: str
    breath: Mapping[BreathPhase, tuple[str, ...]]
    sides: Mapping[Side, str]
    change: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]
    joiner: str
    half: tuple[str, str]
    times: Mapping[str, str]
    chapters: Mapping[str, str]
    opening: tuple[str, ...]
    moves: tuple[Move, ...]
    greeting: tuple[str, ...] = ("{name}.",)
    live: LiveWords = field(default_factory=LiveWords)
    listening: Mapping[str, PhraseTexts] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def spoken_to(self) -> LiveWords:
        """Return the announcements for a session that listens to the user."""
        return replace(self.live, **self.listening)
