"""WAV export of lower-back-relief as whole processes, against the bare engine.

    python -m benchmarks export [--voice ENGINE:NAME]

All is spoken by the engine ("cold"), comes from the cache ("warm"), or is what somebody finds who has just
installed it ("as installed"): no cache, but clips that come with it. The bare engine only speaks the same
prompts, in a process of its own, without a pause, a level or a file. For espeak there are also ``espeak-ng``
itself (apt install espeak-ng), which speaks the same words and pauses as one SSML document, and what most
people would write: pyttsx3 for each prompt, pydub to join.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from benchmarks._figures import record
from benchmarks._sound_server import load_average
from benchmarks._timing import VOICE_COACH, Command, race, report
from benchmarks._voices import fail, voices_asked
from voice_coach import Coach
from voice_coach.core.timeline import Timeline
from voice_coach.core.units import format_clock
from voice_coach.pacing.options import SessionOptions
from voice_coach.speech.espeak import VOICES

SESSION = "lower-back-relief"
RUNS = 3
RATE_WPM = 149
"""Nearly the usual one: clips that come with voice_coach are of that, so the engine has to speak all."""

BARE = {
    "hibari": """
import json, sys
from hibari import Hibari
from voice_coach.speech.hibari_text import pace
engine = Hibari()
for text, wpm in json.load(open(sys.argv[1])):
    engine(text, speed=pace(text, wpm).speed, seed=0)
""",
    "espeak": """
import json, sys
from voice_coach.core.speech import Utterance
from voice_coach.speech.espeak import EspeakEngine
engine = EspeakEngine()
for text, wpm in json.load(open(sys.argv[1])):
    engine.synthesise(Utterance(text, sys.argv[2], wpm))
""",
}
"""Scripts that speak each prompt once with an engine's library and do nothing with it."""

PLAIN_SCRIPT = """
import json, os, sys, pyttsx3
os.chdir(os.path.dirname(sys.argv[2]))
from pydub import AudioSegment
prompts = json.load(open(sys.argv[1]))
engine = pyttsx3.init()
whole = AudioSegment.silent(0)
for text, pause in prompts:
    engine.save_to_file(text, "prompt.wav")
    engine.runAndWait()
    whole += AudioSegment.from_wav("prompt.wav") + AudioSegment.silent(pause)
whole.export(sys.argv[2], format="wav")
"""


def spoken(timeline: Timeline) -> list[tuple[str, int]]:
    """Every prompt in order, with the silence after it in milliseconds."""
    events = [
        (event.text, start + event.start_ms, start + event.end_ms)
        for chapter, start in zip(timeline.chapters, timeline.starts_ms(), strict=True)
        for event in chapter.events
        if event.lane == "speech"
    ]
    ends = [*events, ("", timeline.duration_ms, timeline.duration_ms)]
    return [(here[0], max(0, after[1] - here[2])) for here, after in pairwise(ends)]


def ssml(prompts: list[tuple[str, int]]) -> str:
    """The prompts as one SSML document."""
    body = "".join(f'{escape(text)} <break time="{pause}ms"/>\n' for text, pause in prompts)
    return f'<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis">\n{body}</speak>\n'


def main(arguments: list[str]) -> None:
    """Print the times, the processor's times and the memory, and the ratios to the bare engine."""
    for voice in voices_asked(arguments):
        with tempfile.TemporaryDirectory() as name:
            _export(voice, Path(name))


def _export(voice: str, folder: Path) -> None:
    with Coach(voice=voice, notify=fail) as coach:
        timeline = coach.timeline(coach.prepare(SESSION, SessionOptions(rate_wpm=RATE_WPM)))
    prompts = spoken(timeline)
    distinct = [(text, RATE_WPM) for text in dict.fromkeys(text for text, _ in prompts)]
    (folder / "distinct.json").write_text(json.dumps(distinct), encoding="utf-8")
    (folder / "bare.py").write_text(BARE[voice.partition(":")[0]], encoding="utf-8")
    length = format_clock(timeline.duration_ms)
    print(f"{SESSION}, {voice}: {length}, {len(prompts)} prompts, {len(distinct)} distinct")
    bare = (sys.executable, str(folder / "bare.py"), str(folder / "distinct.json"), voice)
    commands = [
        Command("bare engine", bare, {"PYTHONPATH": "."}),
        _exporting("cold", voice, folder, "--rate", str(RATE_WPM)),
        _exporting("warm", voice, folder, "--rate", str(RATE_WPM)),
        _exporting("as installed", voice, folder),
    ]
    times = race(commands, RUNS)
    bounds = {"cold": 6.0, "warm": 1.0, "as installed": 1.0}
    for name, tooks in times.items():
        record(f"{voice}, {name}", median(took.seconds for took in tooks), "s", at_most=bounds.get(name))
        processor_s = median(took.processor_s for took in tooks)
        record(f"{voice}, {name}, processor", processor_s, "s of processor")
    ratio = median(
        cold.processor_s / alone.processor_s
        for cold, alone in zip(times["cold"], times["bare engine"], strict=True)
    )
    record(f"{voice}, cold, processor to bare engine", ratio, "×", at_most=1.5)
    peak_mb = max(took.peak_mb for took in times["cold"])
    record(f"{voice}, cold, peak RSS", peak_mb, "MB", at_most=350)
    print(f"load average {load_average()}")
    if voice == f"espeak:{VOICES[0].name}":
        _against_others(prompts, commands[1], folder)


def _exporting(name: str, voice: str, folder: Path, *more: str) -> Command:
    """The command that exports with an empty home."""
    home, target = folder / f"{name} home", folder / f"{name}.wav"

    def before() -> None:
        target.unlink(missing_ok=True)  # replacing a file makes some file systems wait for the disk
        if name != "warm":
            shutil.rmtree(home, ignore_errors=True)

    arguments = (*VOICE_COACH, "export", SESSION, "-o", str(target), "--voice", voice, *more)
    return Command(name, arguments, {"VOICE_COACH_HOME": str(home)}, before)


def _against_others(prompts: list[tuple[str, int]], cold: Command, folder: Path) -> None:
    """Race the espeak-ng program, and pyttsx3 with pydub."""
    (folder / "session.ssml").write_text(ssml(prompts), encoding="utf-8")
    (folder / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")
    (folder / "plain.py").write_text(PLAIN_SCRIPT, encoding="utf-8")
    if program := shutil.which("espeak-ng"):
        rate = VOICES[0].rate(RATE_WPM)[0]  # espeak's own number for what is really spoken at this rate
        target = folder / "espeak.wav"
        options = ("-m", "-s", str(rate), "-v", VOICES[0].name)
        arguments = (program, *options, "-f", str(folder / "session.ssml"), "-w", str(target))
        document = Command("espeak-ng, one document", arguments, {}, lambda: target.unlink(missing_ok=True))
        report(race([document, cold], RUNS), document.name)
    plain = (sys.executable, *(str(folder / name) for name in ("plain.py", "prompts.json", "plain.wav")))
    try:
        subprocess.run((sys.executable, "-c", "import pydub"), check=True, capture_output=True)
        times = race([cold, Command("pyttsx3 and pydub", plain, {})], 1)
    except subprocess.CalledProcessError as error:
        print(f"pyttsx3 and pydub: did not run here ({error})")
    else:
        report(times, "pyttsx3 and pydub")


if __name__ == "__main__":
    main(sys.argv[1:])
