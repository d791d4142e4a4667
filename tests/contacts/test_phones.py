"""Plain numbers are judged as the library for telephone numbers judges them, or not at all."""

import os
import random

import pytest

from leadqual.contacts.phones import judge

phonenumbers = pytest.importorskip("phonenumbers")

EXAMPLES = int(os.environ.get("LEADQUAL_EXAMPLES", "2000"))
EVENT_KINDS = range(11)


def by_the_library(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    if number.extension or not phonenumbers.is_valid_number(number):
        return False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def known_numbers():
    """Return a number of every kind of every region, as the library knows it."""
    numbers = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in EVENT_KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                numbers.append((region, number))
    return numbers


def variations(count, seed):
    """Yield numbers that are right, nearly right and wrong, with a region to read them in."""
    choose = random.Random(seed)
    numbers = known_numbers()
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for _ in range(count):
        region, number = choose.choice(numbers)
        text = choose.choice(
            [
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
                str(number.national_number),
            ]
        )
        signs = list(text)
        for _ in range(choose.choice([0, 0, 1, 1, 2, 3])):
            place = choose.randrange(len(signs) + 1)
            signs[place : place + choose.randrange(2)] = choose.choice("0123456789 ().-+")
        yield "".join(signs).strip(), choose.choice([region, region, choose.choice(regions), None])


def test_every_kind_of_number_of_every_region_is_judged_as_the_library_does():
    answered = 0
    for region, number in known_numbers():
        for style in (0, 1, 2):
            text = phonenumbers.format_number(number, style)
            answer = judge(text, region)
            assert answer is None or answer == by_the_library(text, region), (text, region)
            answered += answer is not None

    assert answered > 2000


def test_a_guard_over_generated_numbers_finds_no_other_answer_than_the_library():
    answered = denied = 0
    for text, region in variations(EXAMPLES, seed=EXAMPLES):
        answer = judge(text, region)
        if answer is None:
            continue
        answered += 1
        denied += answer is False
        assert answer == by_the_library(text, region), (text, region)

    assert answered > EXAMPLES / 3
    assert denied > EXAMPLES / 20


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+1 415 555 0132 ext. 5", None),
        ("00 49 30 901820", "DE"),
        ("030 901820", "DE"),
        ("415 555 0132", None),
        ("+800 1234 5678", None),
        ("+0 49 30 901820", None),
        ("+999 1234567", None),
        ("0049 30 901820", "FR"),
        ("49 30 901820", "DE"),
        ("1415 555 0132", "US"),
        ("624 123456", "GG"),
        ("+4915", None),
    ],
)
def test_what_is_not_plain_is_left_to_the_library(text, region):
    assert judge(text, region) is None


def test_a_plain_number_gets_its_normal_form():
    assert judge("+1 (415) 555-0132", None) == "+14155550132"
    assert judge("(415) 555-0132", "US") == "+14155550132"
    assert judge("+39 320 123 4567", None) == "+393201234567"


def test_a_number_that_no_plan_has_is_denied():
    assert judge("+1 555 0123 000", None) is False
    assert judge("+49 1 2345678", None) is False
