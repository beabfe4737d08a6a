"""The public Python API: one coach finds, prepares, plays, exports and tunes sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from voice_coach.core.errors import CoachError, Problem, ScriptError
from voice_coach.core.interrupts import defer_interrupt
from voice_coach.core.parameters import parse_pace as parse_pace
from voice_coach.core.script import Session
from voice_coach.core.user_values import TuningChange, TuningRow
from voice_coach.pacing.options import SessionOptions as SessionOptions
from voice_coach.paths import Home, find_home, shipped_scripts
from voice_coach.rendering.audio_resources import AudioResources
from voice_coach.rendering.performance import Performance
from voice_coach.rendering.prepare import LayerLookup, Preparer, PrepareSources
from voice_coach.schema.diagnostics import with_line
from voice_coach.script.library import ScriptLibrary, scripts_in

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.controls.base import Control
    from voice_coach.core.language import Language
    from voice_coach.core.options import ExportOptions
    from voice_coach.core.speech import Utterance
    from voice_coach.core.status import LiveStatus, Status
    from voice_coach.core.timeline import Timeline
    from voice_coach.formats.base import LiveOutput as LiveOutput
    from voice_coach.history.practice import PracticeHistory
    from voice_coach.pacing.tuning import Tuner
    from voice_coach.script.library import ScriptEntry
    from voice_coach.session.bookmark import BookmarkFile
    from voice_coach.session.controller import SessionController
    from voice_coach.session.preview import RepPreview
    from voice_coach.session.sentence import Sentence
    from voice_coach.session.start import LiveOptions
    from voice_coach.speech.engine import VoiceInfo as VoiceInfo
    from voice_coach.speech.synthesizer import Speaker


DEFAULT_SESSION = "lower-back-relief"


class Coach:
    """Finds, checks, compiles, plays and exports sessions. Use it as a context manager.

    Args:
        voice: who speaks, as ``ENGINE:NAME``; the voice of the session's language if not given.
        pacing: the file with the person's own values, if not the one in their folder.
        home: the person's own folders; those of ``platformdirs`` or ``VOICE_COACH_HOME`` if not given.
        notify: told, in sentences, what did not go as asked but is no reason to stop, and what a fit changed.
        now_ms: the clock, in milliseconds since 1970, UTC.
    """

    def __init__(
        self,
        *,
        voice: str | None = None,
        home: Home | None = None,
        pacing: Path | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._home = home
        self._notify = notify
        self.now_ms = now_ms
        self._pacing = pacing
        self._voice = voice
        self._resources = AudioResources(lambda: self.home, notify)
        sources = PrepareSources(self._language, self._known_layers, self._pacing_file, _load_repertoire)
        self._preparer = Preparer(
            self._resources, sources, voice=voice, named=pacing is not None, notify=notify
        )

    def _language(self, code: str) -> Language:
        return self.library().language(code)

    def _known_layers(self, session: Session) -> LayerLookup:
        return self._practice.layers(session)

    def _pacing_file(self) -> Path:
        return self._pacing or self.home.pacing

    @cached_property
    def home(self) -> Home:
        """The person's own folders."""
        return self._home or find_home()

    @cached_property
    def _practice(self) -> PracticeHistory:
        from voice_coach.history.practice import PracticeHistory

        return PracticeHistory(self.home.history, self.home.pacing, self._notify, self.now_ms)

    @cached_property
    def bookmark(self) -> BookmarkFile:
        """Return where the last session was left."""
        from voice_coach.session.bookmark import BookmarkFile

        return BookmarkFile(self.home.bookmark, self._notify)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @defer_interrupt()
    def close(self) -> None:
        """Let go of the speech engines."""
        self._resources.close()

    def library(self) -> ScriptLibrary:
        """The scripts: the person's own, then those that come with voice_coach."""
        return ScriptLibrary([self.home.scripts, shipped_scripts()], self.sound_names())

    def sound_names(self) -> tuple[str, ...]:
        """The sound cues there are.

        Raises:
            ScriptError: a ``cues.yaml`` has problems.
        """
        return self._resources.sounds.catalogue.names()

    def list_scripts(self) -> Iterator[ScriptEntry]:
        """The sessions and exercises there are, also where sounds have problems."""
        from voice_coach.script.library import list_scripts

        return list_scripts([self.home.scripts, shipped_scripts()])

    def voices(self) -> Iterator[tuple[str, VoiceInfo]]:
        """Every voice that works here: what to write after ``--voice``, and what is known of it."""
        from voice_coach.rendering.voice import working_voices

        return working_voices(self._notify)

    @defer_interrupt()
    def make_sentence(self, text: str, *, rate_wpm: int | None = None) -> Sentence:
        """A sentence as a session says it, to be heard or written to a file; blocks until it is made.

        Where this coach was made with a voice no other speaks instead of it.

        Args:
            text: the words.
            rate_wpm: words per minute; as sessions have it where nobody sets it, if not given.

        Raises:
            UsageError: there are no words in it or too many, the rate is out of its bounds, or the voice that
                was asked for does not speak here.
            CoachError: no engine can speak it.
        """
        from voice_coach.session.sentence import speak

        return speak(text, self._voice, rate_wpm, self.home.cache, self._notify)

    def sample_text(self, *languages: str) -> str:
        """Some of the coach's own words, to try a voice with: of the first language that has any, or English.

        Args:
            languages: codes, such as ``de`` or ``de-at``.
        """
        from voice_coach.session.sentence import sample_text

        library = self.library()
        for code in [part for each in languages for part in (each, each.partition("-")[0])]:
            with suppress(CoachError):
                return sample_text(library.language(code.casefold()))
        return sample_text(library.language("en"))

    @cached_property
    def tuner(self) -> Tuner:
        """Show and changes the person's own values."""
        from voice_coach.pacing.tuning import Tuner
        from voice_coach.pacing.user_file import PacingFile

        file = PacingFile(self._pacing or self.home.pacing, named=self._pacing is not None)
        return Tuner(file, self.library)

    def tuning_rows(self, exercise: str, session: str | None = None) -> tuple[TuningRow, ...]:
        """All that can be tuned in an exercise, or in ``all``, with what is in force; as ``Tuner.rows``."""
        return self.tuner.rows(exercise, session)

    def tune(
        self, exercise: str, values: Mapping[str, str], session: str | None = None
    ) -> tuple[TuningChange, ...]:
        """Set the person's own values, as people write them, all or none; as ``Tuner.tune``."""
        return self.tuner.tune(exercise, values, session)

    def load(self, name: str | None = None) -> Session:
        """The session of a name or file; an exercise becomes a session of its own.

        Raises:
            ScriptError: it has problems; all of them at once.
            CoachError: there is none of that name.
        """
        return self.library().session(name or DEFAULT_SESSION)

    @defer_interrupt()
    def prepare(
        self,
        session: Session | str | None = None,
        options: SessionOptions | None = None,
        *,
        start_at: str = "",
        yours: bool = True,
    ) -> Performance:
        """A session ready to be played, exported or shown.

        Args:
            session: the session, its name or its file; lower-back-relief if none is given.
            options: what is asked for this time.
            start_at: an exercise's id to begin with.
            yours: whether the person's own values count.

        Raises:
            ScriptError: the session's scripts have problems.
            CoachError: there is no such session or exercise, a wish is out of bounds, or the session cannot
                be as long as wished for.
        """
        chosen = session if isinstance(session, Session) else self.load(session)
        return self._preparer.performance(chosen, options or SessionOptions(), start_at=start_at, yours=yours)

    @defer_interrupt()
    def check(self, name: str) -> list[Problem]:
        """Everything wrong with a script, and advice about its words and its time; or with a pacing file.

        Raises:
            CoachError: there is no such script, or no engine speaks.
        """
        if (own := self.tuner.problems_in(name)) is not None:
            return own
        library = self.library()
        try:
            session = library.check(name)
            warnings = self.prepare(session, yours=False).warnings() if session else ()
        except ScriptError as error:
            return [*error.problems, *library.warnings]
        return [*library.warnings, *map(with_line, warnings)]

    def scripts_in(self, folder: Path) -> list[Path]:
        """The scripts in a folder, and in ``exercises/``, ``sessions/`` and ``languages/`` there."""
        return scripts_in(folder)

    def timeline(self, performance: Performance) -> Timeline:
        """The whole session with its times."""
        return performance.timeline()

    def timeline_lines(self, performance: Performance) -> Iterator[str]:
        """The timeline for people, a line an event."""
        from voice_coach.reports.timeline_view import text_lines

        return text_lines(performance.timeline())

    def timeline_json(self, performance: Performance) -> dict[str, Any]:
        """The timeline as plain data, as docs/timeline-json.md describes it."""
        from voice_coach.reports.timeline_view import timeline_json

        return timeline_json(performance.timeline())

    def blocks(self, performance: Performance) -> Iterator[Block]:
        """The samples of the whole session, block by block: 16-bit mono at 48 000 Hz."""
        return performance.blocks()

    def export(
        self,
        performance: Performance,
        target: Path | str,
        options: ExportOptions | None = None,
        *,
        force: bool = False,
        on_progress: Callable[[int, float], None] = lambda _ms, _share: None,
    ) -> None:
        """Write a session to a file, whole or not at all; the ending of its name says which format.

        Args:
            performance: from ``prepare``.
            target: the file.
            options: format, quality, loudness, bed and the like.
            force: replace the file if there is one.
            on_progress: told now and then how many milliseconds are written, and about which share of the
                whole that is (0 to 1).

        Raises:
            OutputError: it could not be written; nothing half-written was left behind.
            SpeechError: no speech engine works.
        """
        from voice_coach.core.options import ExportOptions
        from voice_coach.formats.export import export

        wished = options or ExportOptions()
        file = replace(
            wished.file, force=force or wished.file.force, cache=wished.file.cache or self.home.cache
        )
        export(performance, Path(target), replace(wished, file=file), on_progress)

    def export_split(
        self,
        performance: Performance,
        folder: Path | str,
        options: ExportOptions,
        on_progress: Callable[[int, float], None] = lambda _ms, _share: None,
    ) -> list[Path]:
        """Write a file for each exercise into a folder, and a playlist that plays them as one.

        Args:
            performance: from ``prepare``.
            folder: where; made if it is not there.
            options: quality, loudness, bed and the like; ``format`` must be given.
            on_progress: as for ``export``.

        Returns:
            The files in order, the playlist last.

        Raises:
            OutputError: one could not be written; what was made before it is removed.
            SpeechError: no speech engine works.
        """
        from voice_coach.formats.export import export_split

        file = replace(options.file, cache=options.file.cache or self.home.cache)
        return export_split(performance, Path(folder), replace(options, file=file), on_progress)

    @defer_interrupt()
    def preview(self, exercise: str, session: str | None = None) -> RepPreview:
        """One rep of an exercise, to be tuned by ear.

        Args:
            exercise: its name or file.
            session: a session, to start from what is in force there.

        Raises:
            ScriptError: the scripts have problems.
            CoachError: there is no such exercise or session, or no engine speaks.
        """
        from voice_coach.session.preview import RepPreview

        rep = self._preparer.rep_compiler(*self.tuner.entry(exercise, session))
        return RepPreview(rep, self._resources.speaker(), self._resources.sounds)

    def device(self, name: str = "auto", *, latency_ms: int | None = None, live: bool = False) -> LiveOutput:
        """A sound device, beginning to open. Names: auto, miniaudio, simpleaudio, none.

        Args:
            name: its name.
            latency_ms: how far at most what is heard may be behind; None is what a session plays best with.
            live: what waits can be taken back, and the device itself holds little.

        Raises:
            OutputError: no device has this name, or it cannot run here, or not so.
        """
        from voice_coach.formats.base import make_device

        chosen = make_device(name, latency_ms=latency_ms, live=live)
        chosen.open()
        return chosen

    def play(
        self,
        performance: Performance,
        device: LiveOutput,
        on_status: Callable[[Status], None] = lambda _status: None,
    ) -> None:
        """Play a session, and record each exercise that is completed; returns when all has been heard.

        Raises:
            DeviceError: there is no sound device.
            SpeechError: no speech engine works.
            KeyboardInterrupt: Ctrl-C; the device has been closed.
        """

        def show_status(live: LiveStatus) -> None:
            if live.status is not None:
                on_status(live.status)

        from voice_coach.session.start import LiveOptions

        options = LiveOptions(is_heard=device.is_heard)
        self.live_session(performance, options, on_status=show_status).play(device, self.device)

    @defer_interrupt()
    def live_session(
        self,
        performance: Performance,
        options: LiveOptions | None = None,
        *,
        on_status: Callable[[LiveStatus], None] = lambda _status: None,
        controls: Sequence[Control] = (),
    ) -> SessionController:
        """Make a session that can be steered while it is played: the ``SessionRemote`` of controls.

        Args:
            performance: from ``prepare``.
            options: how it is led.
            on_status: gets the status about ten times a second, and once at the end.
            controls: get the status when it has changed.

        Raises:
            OutputError: the background cannot be used.
        """
        from voice_coach.session.start import CallerObserver, LiveOptions, SessionMemory, make_live_session

        options = options or LiveOptions()
        run_log = self._practice.run_log(performance.session) if options.is_heard else None
        memory = SessionMemory(run_log, self.bookmark if options.is_heard else None, self.now_ms)
        caller = CallerObserver(on_status, controls, self._keep_pace, self._notify)
        return make_live_session(performance, options, memory, caller)

    def _keep_pace(self, percent: int) -> None:
        self.tune("all", {"pace": f"{percent / 100:g}"})

    def new_script(self, kind: str, name: str, folder: Path) -> Path:
        """Write a script to start from.

        Args:
            kind: ``exercise`` or ``session``.
            name: its id, and its file's name.
            folder: where; it must exist.

        Raises:
            CoachError: the name is no id, or the file exists or cannot be written.
        """
        from voice_coach.script.library import write_template

        return write_template(kind, name, folder, shipped_scripts() / "schema" / f"{kind}.schema.json")

    def speaker(self) -> Speaker:
        """The voice, with its cache and its fall-backs."""
        return self._resources.speaker()


def _load_repertoire(performance: Performance, voice: str) -> Iterable[Utterance]:
    """Return all that may be said while a session is led."""
    from voice_coach.session.repertoire import repertoire

    return repertoire(performance, voice)
