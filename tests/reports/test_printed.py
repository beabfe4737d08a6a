"""The printable sheet, read by another program: its pages, words, places and tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.support.fake_clips import EXAMPLES, library, plans
from tests.support.pdf_reader import POINTS_PER_MM, Pdf, PdfPage, read
from voice_coach.core.errors import OutputError
from voice_coach.core.options import About, FileOptions, Paper
from voice_coach.core.parameters import FADED, Pace
from voice_coach.core.script import Guidance, Session, SessionEntry, Setting
from voice_coach.formats.base import make_file_output
from voice_coach.rendering.performance import Programme, sound_alone
from voice_coach.reports.sheet import sheet
from voice_coach.reports.sheet_steps import SheetLoop, SheetPart

SHIPPED = ("lower-back-relief", "lower-back-short", "pelvic-tuck", "knee-slide", "chair-breathing")
PROGRAMMES = sorted(str(path) for path in EXAMPLES.glob("*.yaml") if path.stem != "intervals")
MM: dict[Paper, tuple[float, float]] = {"a4": (210, 297), "letter": (215.9, 279.4)}
HEAD = "kind: exercise\nid: shown\ntitle: Shown\nposition: standing\n"


def session_of(name: str) -> Session:
    return library().session(name)


def paces_of(
    session: Session, guidance: Guidance | None = None, values: dict[str, Setting] | None = None
) -> dict[str, Pace]:
    return {plan.exercise: plan.pace for plan in reversed(plans(session, guidance, values)) if plan.exercise}


def programme(
    session: Session,
    guidance: Guidance | None = None,
    values: dict[str, Setting] | None = None,
    date: str = "2026-11-21",
) -> Programme:
    """Of a sheet only: nothing in it is spoken."""
    about = About(
        session=session.id, title=session.title, description=session.goal, author="voice_coach", date=date
    )
    return replace(sound_alone([]), about=about, session=session, paces=paces_of(session, guidance, values))


def printed(whole: Programme, folder: Path, paper: Paper = "a4") -> Pdf:
    target = folder / "sheet.pdf"
    make_file_output(target, FileOptions(force=True, paper=paper)).write(whole)
    return read(target)


def written(folder: Path, body: str, head: str = HEAD) -> Session:
    """A session of one exercise."""
    path = folder / "shown.yaml"
    path.write_text(head + body, "utf-8")
    return session_of(str(path))


def lines(parts: Iterable[SheetPart], depth: int = 0) -> Iterator[str]:
    """The steps as text: what to do, [how long or how often], (what to watch)."""
    for part in parts:
        margin = "  " * depth
        if isinstance(part, SheetLoop):
            yield f"{margin}{part.heading or '-'}"
            yield from lines(part.parts, depth + 1)
            for each in part.between:
                yield f"{margin}  {each.heading}: " + " ".join(lines(each.lines))
        else:
            dose = f" [{part.dose}]" if part.dose else ""
            cues = f" ({' '.join(part.cues)})" if part.cues else ""
            yield f"{margin}{part.text}{dose}{cues}"


def steps_of(
    session: Session, guidance: Guidance | None = None, values: dict[str, Setting] | None = None
) -> list[str]:
    groups = sheet(session, paces_of(session, guidance, values)).groups
    found = (line for group in groups for item in group.items for line in lines(item.parts))
    return [line.replace("\xa0", " ") for line in found]


def doses_of(session: Session, values: dict[str, Setting] | None = None) -> list[list[str]]:
    groups = sheet(session, paces_of(session, None, values)).groups
    return [[dose.replace("\xa0", " ") for dose in item.counts] for group in groups for item in group.items]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", [*SHIPPED, *PROGRAMMES], ids=lambda name: Path(name).stem)
def test_it_lies_well_on_the_paper(name: str, paper: Paper, tmp_path: Path) -> None:
    pdf = printed(programme(session_of(name)), tmp_path, paper)
    assert len(pdf.pages) <= (2 if name == "lower-back-relief" else 1)
    for page in pdf.pages:
        width, height = (mm * POINTS_PER_MM for mm in MM[paper])
        assert (page.width, page.height) == pytest.approx((width, height), abs=0.5)
        nothing_sticks_out(page)


def nothing_sticks_out(page: PdfPage) -> None:
    """The margins are white where printers cannot print, and no line lies over another."""
    margin = 5 * POINTS_PER_MM
    for text, box in page.lines:
        assert margin <= box.left <= box.right <= page.width - margin, text
        assert margin <= box.bottom <= box.top <= page.height - margin, text
    for (text, box), (other, beside) in combinations(page.lines, 2):
        width, height = box.shared(beside)
        assert width <= 0.5 or height <= 2, (
            f"{text!r} lies over {other!r}"
        )  # letters that hang down may touch
    pixels = round(2 * margin)
    image = page.image
    right, lower = image.width - pixels, image.height - pixels
    for band in (
        (0, 0, image.width, pixels),
        (0, lower, image.width, image.height),
        (0, 0, pixels, image.height),
        (right, 0, image.width, image.height),
    ):
        assert image.crop(band).getextrema() == (255, 255)


def test_everything_that_is_needed_is_on_it(tmp_path: Path) -> None:
    session = session_of("lower-back-relief")
    text = printed(programme(session), tmp_path).text
    exercises = [item.exercise for item in session.items if isinstance(item, SessionEntry)]
    assert len(exercises) == 3
    for exercise in exercises:
        for said in (*exercise.feel, *exercise.avoid, *exercise.stop, exercise.goal, exercise.title):
            assert said in text
        for thing in exercise.equipment:
            assert thing.rstrip(".") in text
    for said in (
        "Lying on your stomach",
        "Lying on your back",
        "hold 1\xa0min",
        "5 times on the right, then 5 times on the left:",
        "Breathe in, deep and wide (4\xa0s). Breathe out, and let go (6\xa0s): 6\xa0breaths.",
        "This is not medical advice. If in doubt, ask a doctor.",
        "Do this several times a day, if you can.",
        "Iva Bílková, FYZIOklinika Prague",
    ):
        assert said.replace("\xa0", " ") in text.replace("\xa0", " ")
    for unsaid in ("of 5", "Half the time", "to go.", "Next,", "Well done"):
        assert unsaid not in text


def test_steps_of_a_shipped_exercise() -> None:
    assert steps_of(session_of("knee-slide")) == [
        "Stretch your arms out to the sides, level with your shoulders.",
        "Your legs are long and straight.",
        "Keep the knee on the floor all the way, and the inner edge of the foot too.",
        "Move slowly, never fast.",
        "5 times on the right, then 5 times on the left:",
        "  Bend your right knee to a right angle, the foot on the floor.",
        "  Now push the knee slowly out along the floor, towards your right arm. [4 s]",
        "  Hold [7 s] (Let your pelvis drop, by its own weight.)",
        "  Slowly slide the knee back, and straighten the leg. [4 s]",
        "  Before you change sides: Rest [8 s]",
        "Both legs are long again.",
    ]


def test_doses_are_the_person_s_own() -> None:
    session = session_of("lower-back-relief")
    own: dict[str, Setting] = {"reps": 3, "hold": 30_000}
    assert doses_of(session_of("pelvic-tuck"), own) == [["3 times", "hold 30 s", "rest 15 s"]]
    assert doses_of(session) == [
        ["5 times", "hold 1 min", "rest 15 s"],
        ["5 times on each side", "slide 4 s", "hold 7 s", "rest 8 s"],
        ["3 rounds", "6 breaths", "breathe in 4 s, breathe out 6 s", "rest 12 s"],
    ]
    assert "3 times:" in steps_of(session_of("pelvic-tuck"), values=own)


def test_what_comes_between_is_no_dose_where_there_is_one_turn(tmp_path: Path) -> None:
    assert doses_of(session_of("lower-back-short")) == [
        ["2 times", "hold 30 s", "rest 12 s"],
        ["2 times on each side", "slide 4 s", "hold 6 s", "rest 5 s"],
        ["1 round", "4 breaths", "breathe in 4 s, breathe out 6 s"],
    ]
    session = written(
        tmp_path,
        "tune: {sets: {default: 1, min: 1}, rest: {default: 5s}, pause: {default: 6s},\n"
        "  change: {default: 7s}}\n"
        "fragments: {settle: {parameters: {long: 1s}, steps: [{pause: long}]}}\n"
        "steps:\n"
        "  - {sets: sets, steps: [Turn.], between: [{rest: rest}, {use: settle, with: {long: pause}}]}\n"
        "  - {rest: rest}\n"
        "  - {sides: [left], steps: [Lift.], change: [{rest: change}]}\n",
    )
    assert doses_of(session) == [["1 set", "rest 5 s"]]


def test_what_is_for_the_ear_is_not_on_the_paper(tmp_path: Path) -> None:
    session = written(
        tmp_path,
        "steps:\n"
        "  - {say: Listen., guidance: key, paper: no}\n"
        "  - {say: Lift., guidance: key, paper: yes}\n"
        "  - {say: Now., guidance: key, then: 0s, paper: no}\n"
        "  - hold: 9s\n"
        "    during:\n"
        "      - {say: Breathe as you hear it., at: 1s, guidance: key, paper: no}\n"
        "      - {say: Breathe., at: 5s, guidance: key}\n"
        "  - breathe: 4-0-6-0\n"
        "    cycles: 2\n"
        "    during: [{say: Hear the tone., on: inhale, paper: no}]\n",
    )
    for guidance in ("full", "key"):
        assert steps_of(session, guidance) == [
            "Lift.",
            "Hold [9 s] (Breathe.)",
            "Breathe in (4 s). Breathe out (6 s). [2 breaths]",
        ]


def test_no_words_are_lost_that_lead_into_other_words(tmp_path: Path) -> None:
    session = written(
        tmp_path,
        "tune:\n  pause: {default: 5s, min: 1s, max: 9s}\n"
        "steps:\n"
        "  - {say: Sit down., guidance: key, then: 0s}\n"
        "  - wait: 5s\n"
        "  - {say: Lift one leg., guidance: key, then: 0s}\n"
        "  - {say: And the other., guidance: key, then: 0s}\n"
        "  - hold: 9s\n"
        "  - {say: Lie down., guidance: key, then: 0s}\n"
        "  - pause: pause\n",
    )
    assert steps_of(session) == [
        "Sit down.",
        "Lift one leg.",
        "And the other. [9 s]",
        "Lie down.",
        "Pause [5 s]",
    ]


@pytest.mark.parametrize("name", [*SHIPPED, *PROGRAMMES], ids=lambda name: Path(name).stem)
def test_shipped_sheets_speak_to_the_eye(name: str) -> None:
    said = " ".join(steps_of(session_of(name), "full")).casefold()
    for heard in ("tone", "listen", "join in", "that was the last", "now the left leg", "that was squats"):
        assert heard not in said


def test_in_full_the_explanations_stand_with_what_they_explain() -> None:
    said = steps_of(session_of("knee-slide"), "full")
    assert (
        "  Bend your right knee to a right angle, the foot on the floor. "
        "(Always start from this right angle. Otherwise it does not work.)"
    ) in said
    assert "Rest your head where your neck feels at ease." in " ".join(said)


def test_words_that_are_known_stay_on_the_paper() -> None:
    session = session_of("lower-back-relief")
    faded = {
        name: replace(pace, guidance="names", origins={**pace.origins, "guidance": FADED})
        for name, pace in paces_of(session).items()
    }
    assert sheet(session, faded) == sheet(session, paces_of(session))


def test_sets_that_differ() -> None:
    session = session_of(str(EXAMPLES / "strength-ladder.yaml"))
    assert doses_of(session) == [
        ["3 sets", "6, 4, 2 times", "hold 10 s, 20 s, 30 s", "rest 45 s", "tempo 3–1–1"]
    ]
    assert steps_of(session)[1:6] == [
        "3 sets:",
        "  Down (3 s), wait (1 s), up (1 s). [6 times, 4 times, 2 times]",
        "  And hold for 10 s, 20 s, 30 s, with your trunk like a plank.",
        "  Hold [10 s, 20 s, 30 s] (Keep breathing.)",
        "  And down.",
    ]


def test_fragments_are_filled_in() -> None:
    session = session_of(str(EXAMPLES / "muscle-relaxation.yaml"))
    assert steps_of(session)[2:7] == [
        "-",
        "  Now your right hand.",
        "  Make a fist.",
        "  And tense. [6 s] (Hold the tension.)",
        "  And let go.",
    ]


def test_rounds_and_what_is_between_them(tmp_path: Path) -> None:
    text = printed(programme(session_of(str(EXAMPLES / "interval-circuit.yaml"))), tmp_path).text
    for said in ("3 rounds:", "Between the rounds: Rest 45 s.", "work 30 s", "Ready, and go: 40 s."):
        assert said in text.replace("\xa0", " ")


def test_an_exercise_that_comes_again_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "shown.yaml").write_text(
        HEAD + "tune: {reps: {default: 2, min: 1, max: 9}}\nsteps: [{repeat: reps, steps: [Turn.]}]\n",
        "utf-8",
    )
    (tmp_path / "both.yaml").write_text(
        "kind: session\nid: both\ntitle: Both\nexercises: [shown, {exercise: shown, set: {reps: 7}}]\n",
        "utf-8",
    )
    session = session_of(str(tmp_path / "both.yaml"))
    assert doses_of(session) == [["2 times"], ["7 times"]]
    assert steps_of(session) == ["2 times:", "  Turn."]
    assert "As number 1." in printed(programme(session), tmp_path).text


def test_sides_that_alternate(tmp_path: Path) -> None:
    session = written(
        tmp_path,
        'steps: [{sides: [left, right], reps: 4, order: alternating, steps: ["Lift the {side} arm."]}]\n',
    )
    assert steps_of(session) == [
        "4 times on each side, taking turns: left, right:",
        "  Lift the left arm.",
    ]


def test_it_is_tagged_for_screen_readers(tmp_path: Path) -> None:
    pdf = printed(programme(session_of("lower-back-relief")), tmp_path)
    assert pdf.tagged
    assert pdf.language == "en"
    tags = [tag for page in pdf.pages for tag in page.tags]
    assert {"H1", "H2", "H3", "L", "LI", "P", "Table", "TH", "TD"} <= set(tags)
    assert [heading for heading in pdf.headings if heading not in ("Feel", "Avoid", "Stop")] == [
        "Lower back relief",
        "1 Pelvic tuck",
        "2 Knee slide",
        "3 Chair breathing",
        "Day by day",
    ]
    assert pdf.about["Title"] == "Lower back relief"
    assert pdf.about["CreationDate"].startswith("D:20261121")
    raw = (tmp_path / "sheet.pdf").read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in raw
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in raw


def test_the_typeface_is_inside(tmp_path: Path) -> None:
    fonts = printed(programme(session_of("lower-back-short")), tmp_path).fonts
    assert {name.partition("+")[2] for name in fonts} == {"OpenSans", "OpenSans-Bold"}
    assert all(fonts.values())
    assert (tmp_path / "sheet.pdf").stat().st_size < 100_000


@pytest.mark.parametrize("date", ["2026-11-21", ""])
def test_the_same_session_gives_the_same_bytes(date: str, tmp_path: Path) -> None:
    made: list[bytes] = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        pdf = printed(programme(session_of("lower-back-short"), date=date), tmp_path / name)
        assert ("CreationDate" in pdf.about) == bool(date)
        made.append((tmp_path / name / "sheet.pdf").read_bytes())
    assert made[0] == made[1]


def test_no_words_are_commands(tmp_path: Path) -> None:
    tricky = '#panic("x") *y* _z_ $a$ `c` @d <e> [f] \\n // g = h'
    session = written(tmp_path, f"goal: '{tricky}'\nsteps: ['{tricky}', '= No heading', '- No list']\n")
    pdf = printed(programme(session), tmp_path)
    assert pdf.text.count(tricky) == 2
    assert "= No heading" in pdf.text
    assert "- No list" in pdf.text


def test_words_of_other_scripts_and_pictures_among_them(tmp_path: Path) -> None:
    words = "Ανακούφιση, поясница, šťastný, ế, “so” – ½"
    session = written(tmp_path, f'goal: "{words}"\nsteps: ["Smile \N{SMILING FACE WITH SUNGLASSES}."]\n')
    text = printed(programme(session), tmp_path).text
    assert words in text
    assert "Smile" in text


def test_letters_that_no_typeface_has_are_told(tmp_path: Path) -> None:
    """Linear A, which nobody can read, and hardly any machine can show."""
    session = written(tmp_path, "steps: [\N{LINEAR A SIGN AB001}]\n")
    with pytest.raises(OutputError, match="no typeface here has the letters of"):
        printed(programme(session), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["shown.yaml"]


def test_sound_alone_makes_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a sheet needs a session"):
        printed(sound_alone([]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_exercise_longer_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    steps = "".join(f"  - say: Do thing number {number}.\n    then: 5s\n" for number in range(200))
    session = written(tmp_path, f"avoid: [Doing it at all.]\nsteps:\n{steps}")
    pdf = printed(programme(session), tmp_path)
    assert len(pdf.pages) > 2
    for page in pdf.pages:
        nothing_sticks_out(page)
    assert all(f"Do thing number {number}." in pdf.text for number in range(200))
