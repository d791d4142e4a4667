"""The whole function as two digests: every answer, and every step of replay.

Run it to print the digests in the form of ``golden.toml``. It needs nothing but the library.
"""

import sys
from hashlib import sha256

from leadqual import STANDARD, Evidence, Policy, classify
from leadqual.policy.rules import EVENT_KINDS
from leadqual.taxonomy.facts import ALL_BITS, BIT, WIDTH, close, excluded_by
from leadqual.taxonomy.stages import position_name

_REVERSIBLE = sum(BIT[kind.fact] for kind in EVENT_KINDS if kind.reverses)


def answers(policy: Policy = STANDARD) -> str:
    """Return the digest of what *policy* says of all 262,144 sets of facts."""
    lines: dict[int, bytes] = {}
    digest = sha256()
    for bits in range(ALL_BITS + 1):
        closed = close(bits)
        if closed not in lines:
            answer = classify(Evidence.from_bits(closed), policy)
            said = (position_name(answer.reached), answer.qualification, answer.standing, answer.score)
            lines[closed] = "/".join(map(str, said)).encode()
        digest.update(lines[closed])
    return digest.hexdigest()


def steps(policy: Policy = STANDARD) -> str:
    """Return the digest of what each kind of event does in all 19,008 states, with nothing denied and with all else denied."""
    digest = sha256()
    for kind in EVENT_KINDS:
        effect = policy.replay.effect_of(kind)
        digest.update(str(kind).encode())
        for facts in range(ALL_BITS + 1):
            if close(facts) == facts and not facts & excluded_by(facts):
                digest.update(effect.on(facts).to_bytes(5))
                digest.update(effect.on(facts | (_REVERSIBLE & ~facts) << WIDTH).to_bytes(5))
    digest.update(", ".join(map(str, policy.replay.rank)).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f'answers = "{answers()}"\nsteps = "{steps()}"\n')
