"""The query that a warehouse runs gives what `classify` gives."""

import os
import random
import shutil
import subprocess
from itertools import product
from pathlib import Path

import duckdb
import ibis
import pytest

from leadqual import STANDARD, Evidence, Fact, classify, frames

TABLE = ibis.table(dict.fromkeys(map(str, Fact), "boolean"), name="contacts")
DIALECTS = ("duckdb", "postgres", "bigquery", "snowflake", "mysql", "mssql", "databricks")


def rows(number):
    """Return rows of answers: every one of two facts, and random ones."""
    choose = random.Random(7)
    pairs = [
        dict(zip(two, answers, strict=True))
        for two in ((one, other) for one in Fact for other in Fact if one is not other)
        for answers in product((True, False, None), repeat=2)
    ]
    return pairs + [{fact: choose.choice((True, False, None)) for fact in Fact} for _ in range(number)]


def answered(row):
    verdict = classify(Evidence.from_mapping(row))
    return str(verdict.stage), str(verdict.qualification), str(verdict.standing), verdict.score


def query(dialect):
    return str(ibis.to_sql(frames.classify(TABLE, STANDARD), dialect=dialect))


CREATE = f"CREATE TABLE contacts ({', '.join(f'{fact} BOOLEAN' for fact in Fact)})"
INSERT = f"INSERT INTO contacts VALUES ({', '.join('?' * len(Fact))})"  # noqa: S608 (question marks)
ANSWERS = "SELECT stage, qualification, standing, score FROM ({}) AS answers"


def values(many):
    return [tuple(row.get(fact) for fact in Fact) for row in many]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_policy_is_one_query_in_the_dialect_of_the_warehouse(dialect):
    text = query(dialect)

    assert text.startswith("SELECT")
    assert all(f"'{word}'" in text for word in ("leader", "qualified", "do_not_contact"))


def test_duckdb_answers_as_classify_does():
    many = rows(3_000)
    with duckdb.connect() as connection:
        connection.execute(CREATE)
        connection.executemany(INSERT, values(many))
        found = connection.execute(ANSWERS.format(query("duckdb"))).fetchall()

    assert sorted(found) == sorted(map(answered, many))


@pytest.fixture
def cluster(tmp_path):
    """A PostgreSQL server of its own, on a socket in a folder of its own."""
    (*_, folder) = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    tmp_path.chmod(0o755)
    home = tmp_path / "cluster"
    home.mkdir()
    user = "postgres" if os.getuid() == 0 else ""  # the server does not run as root
    if user:
        shutil.chown(home, user)
        for parent in tmp_path.parents[:2]:
            parent.chmod(0o755)

    def run(*command):
        words = ["runuser", "-u", user, "--", *command] if user else command
        subprocess.run(list(map(str, words)), check=True, capture_output=True, cwd="/")

    run(folder / "initdb", "-D", home / "data", "-A", "trust", "-E", "UTF8", "-U", "postgres")
    run(
        folder / "pg_ctl",
        "-D",
        home / "data",
        "-w",
        "-l",
        home / "log",
        "-o",
        f"-k {home} -c listen_addresses=",
        "start",
    )
    yield f"host={home} user=postgres dbname=postgres"
    run(folder / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop")


@pytest.mark.postgres
def test_postgresql_answers_as_classify_does(cluster):
    import psycopg

    many = rows(20_000)
    with psycopg.connect(cluster) as connection, connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.copy("COPY contacts FROM STDIN") as copy:
            for row in values(many):
                copy.write_row(row)
        cursor.execute(ANSWERS.format(query("postgres")))
        found = cursor.fetchall()

    assert sorted(found) == sorted(map(answered, many))
