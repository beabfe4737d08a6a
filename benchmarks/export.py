"""WAV export of lower-back-relief as whole processes, against the ``espeak-ng`` program and a plain script.

    python -m benchmarks export

The ``espeak-ng`` program (apt install espeak-ng) speaks the same words and pauses as one SSML document. The
plain script is what most people would write: pyttsx3 for each prompt, pydub to join.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks._timing import VOICE_COACH, Command, race, report
from voice_coach import Coach
from voice_coach.model.speech import DEFAULT_RATE_WPM
from voice_coach.model.timeline import Timeline
from voice_coach.model.units import format_clock
from voice_coach.speech.espeak_voices import VOICES

SESSION = "lower-back-relief"
RUNS = 7

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


def main(_arguments: list[str]) -> None:
    """Prints the times and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Coach() as coach:
            timeline = coach.timeline(coach.prepare(SESSION))
        prompts = spoken(timeline)
        (folder / "session.ssml").write_text(ssml(prompts), encoding="utf-8")
        (folder / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")
        (folder / "plain.py").write_text(PLAIN_SCRIPT, encoding="utf-8")
        words = sum(len(text.split()) for text, _ in prompts)
        print(f"{SESSION}: {format_clock(timeline.duration_ms)}, {len(prompts)} prompts, {words} words")
        _race(folder)


def _race(folder: Path) -> None:
    cold, warm = folder / "cold", folder / "warm"

    def forget() -> None:
        shutil.rmtree(cold, ignore_errors=True)

    def exporting(name: str, home: Path, target: Path) -> Command:
        arguments = (*VOICE_COACH, "export", SESSION, "-o", str(target))

        def before() -> None:
            target.unlink(missing_ok=True)  # replacing a file makes some file systems wait for the disk
            if home == cold:
                forget()

        return Command(name, arguments, {"VOICE_COACH_HOME": str(home)}, before)

    commands = [
        exporting("voice-coach, cold", cold, folder / "cold.wav"),
        exporting("voice-coach, warm", warm, folder / "warm.wav"),
    ]
    against = commands[0].name
    if program := shutil.which("espeak-ng"):
        document, target = str(folder / "session.ssml"), str(folder / "espeak.wav")
        against = "espeak-ng, one document"
        voice = VOICES[0]
        rate = str(
            voice.rate(DEFAULT_RATE_WPM)[0]
        )  # espeak's own number for what is really spoken at this rate
        arguments = (program, "-m", "-s", rate, "-v", voice.name, "-f", document, "-w", target)
        commands.append(Command(against, arguments, {}, lambda: Path(target).unlink(missing_ok=True)))
    report(race(commands, RUNS), against)
    plain = (
        sys.executable,
        str(folder / "plain.py"),
        str(folder / "prompts.json"),
        str(folder / "plain.wav"),
    )
    try:
        subprocess.run((sys.executable, "-c", "import pydub"), check=True, capture_output=True)
        times = race([commands[0], Command("pyttsx3 and pydub", plain, {}, lambda: None)], 1)
    except subprocess.CalledProcessError as error:
        print(f"pyttsx3 and pydub: did not run here ({error})")
    else:
        report(times, "pyttsx3 and pydub")


if __name__ == "__main__":
    main(sys.argv[1:])
