"""A made-up company's history: records whose outcome follows known odds."""

import random
from datetime import date, timedelta
from math import exp

TITLES = {"director": 1.0, "owner": 0.6, "assistant": -0.4, "intern": -1.2}


def history(people, *, seed=7, strength=1.0, shift=-0.5):
    """Return that many records, of whom those with more minutes and better titles convert more often."""
    random_ = random.Random(seed)
    rows = []
    for number in range(people):
        title = random_.choice(list(TITLES))
        minutes = random_.choice([0, 0, 0, *range(1, 40)])
        asked = random_.random() < 0.3
        logit = shift + strength * (TITLES[title] + minutes / 20 + asked - 0.8)
        rows.append(
            {
                "email": f"person{number}@example.com",
                "title": title if random_.random() < 0.8 else None,
                "minutes": minutes,
                "asked": "yes" if asked else "no",
                "noise": random_.choice("abcdef"),
                "created": date(2025, 1, 1) + timedelta(days=random_.randrange(365)),
                "won": "yes" if random_.random() < 1 / (1 + exp(-logit)) else "no",
            }
        )
    return rows
