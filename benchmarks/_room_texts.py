"""Texts of people in a room: commands, talk that means no command, and talk that nearly is one.

Each kind comes twice, without a sentence in common: to tune thresholds with, and to report figures with.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

_NEARLY_TUNING: Final = """\
The coach paused and looked at the clock.
Ask the coach, next time you see him.
My coach is ready for the season.
The coach repeated everything twice.
He told the coach that hurts and she nodded.
How long has the coach been standing there?
The coach helped us with our bags.
We took the coach next to the station.
The coach went faster on the motorway.
Pause here for a moment, then continue.
Are you ready? Yes, I'm ready.
That hurts more than it should.
Slower, please, I can't keep up with you.
The next one is louder than the last.
Stop it, both of you, and go on with your homework.
A coach stopped outside the hotel.
The couch next to the window is broken.
Approach slower when the light is red.
I coach ready meals into tasting better, he joked.
The head coach continues to hope.
Could you repeat what the coach was saying?
It hurts when the coach says where am I wrong.
Coaching readers is rewarding.
The poach, repeat and fry method works well.
Coach parties rest at the inn.
Encroach further and there will be trouble.
Please go back and say that again.
Help me with the roast, then rest.
Coach passengers should stop at the gate.
The coach hurt his knee in the previous game.
"""

_NEARLY_REPORT: Final = """\
The coach paused the game after the first goal.
Coach travel is slower than the train, but cheaper.
I was ready before the coach was.
Next, the coach explained the rules to the parents.
She said that it hurts, so the coach sent her home.
How long the coach will stay is anybody's guess.
The old coach stopped at the corner of the street.
The coach was louder than the whole crowd.
Our coach repeats himself whenever he is nervous.
Let us pause the film until your brother is ready.
Repeat after me, and then go on to the next page.
Who is the next coach going to be, do you think?
The couch was quieter once we oiled the springs.
He is a coach, not a doctor.
That hurts my feelings, to be honest.
I need help with this shelf, could you hold it?
The coaches rest on Mondays.
Coach Peterson is going to continue next year.
You can pause it with the button on the left.
Go on, tell me what the coach did then.
Where am I supposed to put the coach ticket?
The stage coach goes back to the seventeenth century.
Leave it out of the fridge until the guests are ready.
Is that enough for the four of you?
They booked the coach early and paid less.
The coach posed for a photograph with the team.
In the previous exercise there were three mistakes.
Take a rest, you look tired.
A poached egg, ready in three minutes.
The coat next to yours is mine.
"""

_OPENERS: Final = (
    "Yesterday", "As far as I know", "Every now and then", "To tell you the truth", "On Sunday",
    "After the news", "In the end", "Last summer", "Between you and me", "Before lunch", "Honestly",
    "These days", "If I remember rightly", "Just now", "Around four",
)  # fmt: skip
_WHO: Final = (
    "my sister", "the neighbour", "our teacher", "the man next door", "the coach", "your grandmother",
    "the plumber", "a friend of mine", "the new driver", "the doctor", "somebody from work", "the children",
    "the goalkeeper", "the minister", "her cousin", "the whole team",
)  # fmt: skip
_DID: Final = (
    "bought", "forgot about", "was talking about", "wanted to see", "cleaned", "could not find",
    "was looking for", "carried", "paid for", "complained about", "painted", "waited for", "repaired",
    "borrowed", "pulled", "read about", "pushed", "paused beside", "was ready for",
)  # fmt: skip
_WHAT: Final = (
    "a pair of shoes", "the kitchen table", "the next train", "a long letter", "the garden fence",
    "seven loaves of bread", "the weather forecast", "the old bicycle", "a cup of tea", "the election",
    "a better job", "the washing machine", "an enormous dog", "the football results", "a slower car",
    "the last coach home", "the electricity bill", "a quieter flat", "two tickets", "the holiday",
)  # fmt: skip
_THEN: Final = (
    "and nobody minded", "but it was far too late", "because the shop was closed", "and then it rained",
    "so we stayed at home", "which made everybody laugh", "and that was the end of it",
    "although it hurts to say so", "and I can't say how long it took", "until the police came",
    "and went on as before", "before anyone was ready", "while the soup was getting cold",
    "and asked for help", "on the other side of the road", "with one hand in his pocket",
    "and now it is even louder", "instead of going back", "for ten pounds and a penny",
)  # fmt: skip
_ASIDES: Final = (
    "Really?", "I don't believe it.", "Could you pass the salt?", "What time is it?", "Never mind.",
    "Have you seen my keys?", "No, not on the sofa.", "That's what I said.", "Oh, come on!", "Well, well.",
    "Close the door, please.", "Who was that on the phone?", "Ready?", "Stop that.", "How long?", "Next!",
    "Where am I?", "Go back.", "Good morning, and welcome to the programme.", "And now the weather.",
)  # fmt: skip


def talk(seed: int, *, report: bool, nearly: bool = True) -> Iterator[str]:
    """Sentences without end; every fifth is nearly a command if there are to be such. None is one."""
    dice = random.Random(f"{seed} {report}")
    near = (_NEARLY_REPORT if report else _NEARLY_TUNING).splitlines()
    half = int(report)
    while True:
        for _ in range(4):
            if dice.random() < 0.25:
                yield dice.choice(_ASIDES[half::2])
            else:
                opener, who, did, what, then = (
                    dice.choice(words[half::2]) for words in (_OPENERS, _WHO, _DID, _WHAT, _THEN)
                )
                yield f"{opener}, {who} {did} {what}, {then}."
        if nearly:
            yield dice.choice(near)
