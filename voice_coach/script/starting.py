"""Scripts to start from: commented templates with the author's name filled in."""

from __future__ import annotations

from pathlib import Path

from voice_coach.model.problems import CoachError, WishError
from voice_coach.script.kinds import LONGEST_NAME, NAME, as_name

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def write_start(kind: str, name: str, folder: Path, schema: Path) -> Path:
    """Writes ``NAME.yaml`` of a kind into a folder, never over an existing file; the path.

    Raises:
        WishError: the name is no id.
        CoachError: the file exists or cannot be written.
    """
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        example = as_name(name) or "knee-slide"
        raise WishError(f'"{name}" cannot be an id: use small letters, digits and dashes, such as {example}.')
    template = (_TEMPLATES / f"{kind}.yaml").read_text(encoding="utf-8")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    path = folder / f"{name}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template.format(schema=schema.as_uri(), id=name, title=title))
    except FileExistsError:
        raise CoachError(f"{path} exists already, and was left as it is. Choose another name.") from None
    except FileNotFoundError:
        reason = "there is no such folder. Make it first, or choose another"
        raise CoachError(f"{path} cannot be written: {reason}.") from None
    except OSError as error:
        raise CoachError(
            f"{path} cannot be written: {error.strerror or error}. Choose another folder."
        ) from None
    return path
