"""``python -m voice_coach`` is ``voice-coach``."""

import sys

from voice_coach.cli.main import main

sys.exit(main())
