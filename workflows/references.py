"""Short names for cases that people can say aloud and that count nothing, such as K7-3FQ."""

from storage.queries import cases as queries
from storage.unit import Unit

# No letters or digits that sound or look alike: 0/O, 1/I/L, 5/S, 8/B, 2/Z, U/V, M/N.
ALPHABET = "3479ACDEFGHJKPQRTWXY"
LENGTH = 5


def fresh(unit: Unit) -> str:
    """A reference that no case of this trust has; drawn from the injected dice, so gaps say nothing."""
    while True:
        number = int(unit.new_id(), 16)
        letters = ""
        for _ in range(LENGTH):
            number, index = divmod(number, len(ALPHABET))
            letters += ALPHABET[index]
        reference = f"{letters[:2]}-{letters[2:]}"
        if not unit.find(queries.by_reference(reference)):
            return reference
