"""Text read strictly: closed words, ISO or the one format named, never guessed."""

import os
import random
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from leadqual.contacts import cells, phones
from leadqual.contacts.cells import (
    CellUnreadable,
    is_plain_email,
    read_date,
    read_email,
    read_instant,
    read_number,
    read_phone,
    read_yes_no,
)
from leadqual.contacts.headings import listed
from leadqual.contacts.phones import phone_library
from leadqual.errors import ExtraMissing

YES, NO = (listed("headings", "answer", answer) for answer in ("yes", "no"))
BERLIN = timezone(timedelta(hours=2))


class TestYesAndNo:
    @pytest.mark.parametrize("word", sorted(YES))
    def test_words_for_yes_in_any_case_and_padded(self, word):
        assert read_yes_no(f" {word.upper()} ") is True

    @pytest.mark.parametrize("word", sorted(NO))
    def test_words_for_no_in_any_case_and_padded(self, word):
        assert read_yes_no(f" {word.title()} ") is False

    @pytest.mark.parametrize("word", ["maybe", "2", "jawohl", "yes?no", "yes no", "none", "-"])
    def test_every_other_word_is_neither(self, word):
        with pytest.raises(
            CellUnreadable, match="not yes or no: the word is neither; write yes or no"
        ) as caught:
            read_yes_no(word)
        assert word not in str(caught.value).split(";")[0].split()

    def test_no_word_means_both(self):
        assert set() == YES & NO


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "number"), [("7", 7), (" -12.50 ", Decimal("-12.5")), ("+3", 3), ("007", 7)]
    )
    def test_plain_numbers(self, text, number):
        assert read_number(text) == number

    @pytest.mark.parametrize("text", ["1_000", "1,000", "1.", ".5", "1e3", "٧", "nan", "0x10", "1 000"])
    def test_what_python_would_take_and_people_mean_otherwise_is_refused(self, text):
        with pytest.raises(CellUnreadable, match="not a number"):
            read_number(text)


class TestDates:
    def test_iso(self):
        assert read_date(" 2026-03-04 ") == date(2026, 3, 4)

    def test_the_one_format_named(self):
        assert read_date("04.03.2026", "%d.%m.%Y") == date(2026, 3, 4)

    @pytest.mark.parametrize(
        "text", ["03-04-2026", "20260304", "2026-W10-3", "2026-02-30", "2026-3-4", "٢٠٢٦-03-04"]
    )
    def test_nothing_is_guessed(self, text):
        with pytest.raises(CellUnreadable, match="not written as YYYY-MM-DD"):
            read_date(text)

    def test_the_named_format_is_named_in_the_refusal(self):
        with pytest.raises(CellUnreadable, match="the named format %d.%m.%Y"):
            read_date("2026-03-04", "%d.%m.%Y")


class TestInstants:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-04T10:00:00Z",
            "2026-03-04 12:00:00+02:00",
            "2026-03-04T12:00+0200",
            "2026-03-04T10:00:00.000Z",
        ],
    )
    def test_iso_with_a_zone_becomes_utc(self, text):
        assert read_instant(text) == datetime(2026, 3, 4, 10, tzinfo=UTC)
        assert read_instant(text).tzinfo is UTC

    def test_without_a_zone_the_zone_of_the_file_is_meant(self):
        assert read_instant("2026-03-04T12:00", zone=BERLIN) == datetime(2026, 3, 4, 10, tzinfo=UTC)
        assert read_instant("2026-03-04", zone=UTC) == datetime(2026, 3, 4, tzinfo=UTC)
        assert read_instant("04.03.2026 12:00", "%d.%m.%Y %H:%M", BERLIN) == datetime(
            2026, 3, 4, 10, tzinfo=UTC
        )

    def test_without_any_zone_it_cannot_be_read(self):
        with pytest.raises(CellUnreadable, match="it has no time zone"):
            read_instant("2026-03-04T12:00")

    @pytest.mark.parametrize(
        "text", ["2026-03-04T25:00Z", "20260304T10", "yesterday", "0001-01-01T00:00+02:00"]
    )
    def test_what_is_no_instant(self, text):
        with pytest.raises(CellUnreadable, match="not an instant"):
            read_instant(text)

    def test_what_is_not_in_the_named_format(self):
        with pytest.raises(CellUnreadable, match="the named format %Y"):
            read_instant("x", "%Y", UTC)


class TestEmail:
    @pytest.mark.parametrize("text", ["ana@example.com", "a.b+c@sub.example.org", "INFO1@example.com"])
    def test_a_plain_address_needs_no_library(self, text):
        assert is_plain_email(text)
        assert read_email(f" {text} ") == text

    @pytest.mark.parametrize(
        "text",
        [
            "INFO@example.com",
            "ana@Example.com",
            "ana@a--b.com",
            "ana@mail.test",
            "ana@example",
            f"{'a' * 95}@example.com",
        ],
    )
    def test_all_others_are_left_to_the_library(self, text):
        assert not is_plain_email(text)

    def test_the_library_gives_the_normal_form(self):
        assert read_email("ana@EXAMPLE.com") == "ana@example.com"
        assert read_email("INFO@example.com") == "info@example.com"

    @pytest.mark.parametrize(
        "text",
        [
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "Ana <ana@example.com>",
            "a b@example.com",
            "ana@mail.test",
            "a" * 321,
        ],
    )
    def test_what_is_no_address(self, text):
        with pytest.raises(CellUnreadable, match="not an e-mail address") as caught:
            read_email(text)
        assert text not in str(caught.value).removesuffix("write name@example.com")
        assert caught.value.__context__ is None

    def test_what_is_answered_without_the_library_the_library_answers_alike(self):
        """Generated addresses, plain ones and such as are nearly plain; the number is set by LEADQUAL_EXAMPLES."""
        import email_validator

        choose = random.Random(7)
        parts = ["a", "B", "0", ".", "-", "_", "+", "info", "xn--", "ß", "a" * 30, "'", " "]
        labels = ["example", "a-b", "a--b", "-a", "A", "xn--a", "0", "a" * 63, "a" * 64, "mail"]
        tops = ["com", "de", "test", "local", "arpa", "c", "COM", "museum", "alt", "example"]
        answered = 0
        for _ in range(int(os.environ.get("LEADQUAL_EXAMPLES", "2000"))):
            mailbox = "".join(
                choose.choices(parts, weights=[9, 2, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1], k=choose.randint(1, 6))
            )
            domain = ".".join([*choose.choices(labels, k=choose.randint(1, 2)), choose.choice(tops)])
            text = f"{mailbox}@{domain}"
            if is_plain_email(text):
                answered += 1
                assert email_validator.validate_email(text, check_deliverability=False).normalized == text

        assert answered > 0

    def test_our_lists_hold_all_that_the_library_treats_specially(self):
        """A fast answer may only be given where the library would give the same."""
        import email_validator
        import email_validator.rfc_constants as constants

        special = {name for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if "." not in name}
        assert special <= cells.SPECIAL_TOP_LABELS
        assert set(constants.CASE_INSENSITIVE_MAILBOX_NAMES) <= cells.ROLE_MAILBOXES

    def test_without_the_extra_it_says_what_to_install(self, monkeypatch):
        cells._email_library.cache_clear()
        monkeypatch.setitem(sys.modules, "email_validator", None)

        with pytest.raises(ExtraMissing, match="pip install 'leadqual\\[intake\\]'"):
            read_email("ana@EXAMPLE.com")
        assert read_email("ana@example.com") == "ana@example.com"


class TestPhone:
    def test_an_international_number(self):
        assert read_phone(" +49 (30) 901820 ") == "+4930901820"

    def test_a_national_number_needs_its_region(self):
        assert read_phone("030 901820", "DE") == "+4930901820"
        with pytest.raises(CellUnreadable, match="it has no country code"):
            read_phone("030 901820")

    @pytest.mark.parametrize(
        "text", ["p:+4930901820", "P: +49 30 901820", "'+4930901820", " '+49 30 901820 "]
    )
    def test_what_advertisements_and_spreadsheets_put_before_a_plus_is_no_part_of_the_number(self, text):
        assert read_phone(text) == "+4930901820"

    @pytest.mark.parametrize(("text", "region"), [("p:030901820", "DE"), ("'030901820", None), ("p:", None)])
    def test_it_is_taken_off_a_plus_alone(self, text, region):
        with pytest.raises(CellUnreadable):
            read_phone(text, region)

    @pytest.mark.parametrize("text", ["+1 412 535 abcd", "call +4930901820"])
    def test_letters_are_no_digits(self, text):
        with pytest.raises(CellUnreadable, match="it holds letters"):
            read_phone(text, "US")

    @pytest.mark.parametrize("text", ["+1-555-0123", "+", "12345", "+999123456789"])
    def test_what_no_numbering_plan_has(self, text):
        with pytest.raises(CellUnreadable, match="no numbering plan has such a number"):
            read_phone(text, "US")

    def test_without_the_extra_it_says_what_to_install(self, monkeypatch):
        for remembered in (phone_library, phones._calling_code, phones._abroad, phones._at_home):
            remembered.cache_clear()
        monkeypatch.setitem(sys.modules, "phonenumbers", None)

        with pytest.raises(ExtraMissing, match="reading telephone numbers needs"):
            read_phone("+4930901820")


@pytest.fixture(autouse=True)
def _forget_libraries():
    yield
    cells._email_library.cache_clear()
    phone_library.cache_clear()
