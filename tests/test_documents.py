"""A TOML table read by the fields of a class, with every fault at its place."""

import pytest
from attrs import frozen

from leadqual.documents import DocumentRefused, Table, quoted
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage


@frozen
class Inner:
    stage: Stage
    points: int = 1


@frozen
class Part:
    name: str
    size: int
    label: str = "none"
    limit: int | None = None
    flag: bool = False
    stage: Stage | None = None
    facts: tuple[Fact, ...] = ()
    texts: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    inner: Inner = Inner(Stage.LEAD)
    each: tuple[Inner, ...] = ()


WHOLE = """
name = "a"
size = 3
label = "b"
limit = 7
flag = true
stage = "Prospect"
facts = ["responded", "purchased"]
texts = ["x"]
groups = [["x", "y"], ["z"]]
inner = { stage = "rep" }
[each]
lead = { points = 2 }
customer = {}
"""


def read(text):
    table = Table.parse(text, "doc")
    made = table.made(Part)
    table.finish()
    return made


def faults_of(text):
    with pytest.raises(DocumentRefused) as caught:
        read(text)
    return [str(fault).removeprefix("doc: ") for fault in caught.value.faults]


def test_each_field_is_read_as_its_type_says():
    assert read(WHOLE) == (
        Part(
            "a",
            3,
            "b",
            7,
            flag=True,
            stage=Stage.PROSPECT,
            facts=(Fact.RESPONDED, Fact.PURCHASED),
            texts=("x",),
            groups=(("x", "y"), ("z",)),
            inner=Inner(Stage.REP),
            each=(Inner(Stage.LEAD, 2), Inner(Stage.CUSTOMER)),
        ),
    )


def test_what_is_missing_is_as_the_class_says_or_a_fault():
    assert read('name = "a"\nsize = 0') == (Part("a", 0),)
    assert faults_of('name = "a"') == ["size: is missing; give a whole number"]


def test_every_fault_has_its_place():
    assert faults_of(
        'name = 1\nsize = "3"\nlimit = 1.5\nstage = "leed"\nfacts = ["responed"]\ntexts = [1]\n'
        'groups = ["x"]\nlabl = "b"\ninner = { stag = "rep" }\n[each]\nleed = {}\nlead = 1\nrep = false\n'
    ) == [
        "name: must be a text",
        "size: must be a whole number",
        "limit: must be a whole number",
        "stage: unknown stage 'leed'; did you mean 'lead' or 'leader'?",
        "facts: unknown fact 'responed'; did you mean 'responded'?",
        "texts: must be a list of texts",
        'groups: must be a list of lists of columns, such as [["Id"], ["Email", "Phone"]]',
        "inner.stage: is missing; give a text",
        "each.rep: is taken away and not there: unknown stage 'rep'; use one of leed, lead",
        "each.leed: unknown stage 'leed'; did you mean 'lead' or 'leader'?",
        "each.lead: must be a table",
        "labl: is not known here; did you mean label?",
        "inner.stag: is not known here; did you mean stage?",
    ]


def test_a_default_may_be_given_and_a_field_skipped():
    table = Table.parse('name = "a"\nstage = "rep"', "doc")

    assert table.attributes(Part, "name", "flag", size=5, stage=Stage.LEAD) == {"size": 5, "stage": Stage.REP}


@pytest.mark.parametrize(
    ("text", "written"),
    [('a"\\\n', '"a\\"\\\\\\n"'), ("\x7f\u200b", '"\\u007f\\u200b"'), ("\U000e0001é", '"\\U000e0001é"')],
)
def test_a_text_is_written_with_its_hidden_characters_shown(text, written):
    assert quoted(text) == written
    assert read(f"name = {quoted(text)}\nsize = 1") == (Part(text, 1),)
