"""All sound cues there are, by name: those of the first folder, changed and added to by later folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_coach.audio.cue_description import SoundCue, SoundInfo
from voice_coach.audio.cue_file import did_you_mean, read_cues
from voice_coach.core.errors import CoachError

CUES_FILE = "cues.yaml"


@dataclass(frozen=True, slots=True)
class SoundCatalogue:
    """Descriptions only: no sample is made, and numpy is not imported."""

    cues: Mapping[str, SoundCue]

    @classmethod
    def load(cls, folders: Sequence[Path]) -> SoundCatalogue:
        """Read `cues.yaml` in each folder that has one; a later folder wins.

        Raises:
            ScriptError: a file has problems.
            CoachError: no folder has the file, or it cannot be read.
        """
        cues: dict[str, SoundCue] = {}
        paths = [folder / CUES_FILE for folder in folders]
        present = [path for path in paths if path.exists()]
        if not present:
            looked = ", ".join(str(path) for path in paths) or "no folder"
            raise CoachError(f"There are no sound cues: looked for {looked}.")
        for path in present:
            cues |= read_cues(path, cues)
        return cls(cues)

    def names(self) -> tuple[str, ...]:
        """The name of every cue, in the order of the files."""
        return tuple(self.cues)

    def cue(self, name: str) -> SoundCue:
        """The description of one cue.

        Raises:
            CoachError: there is no cue of that name; the nearest one is named.
        """
        if name not in self.cues:
            hint = did_you_mean(name, self.cues) or f"There are: {', '.join(self.cues)}."
            raise CoachError(f'There is no sound cue "{name}": {hint}')
        return self.cues[name]

    def info(self, name: str) -> SoundInfo:
        """Length and lead of one cue.

        Raises:
            CoachError: there is no cue of that name; the nearest one is named.
        """
        return self.cue(name).info
