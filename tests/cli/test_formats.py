"""The command check reads what the library reads, and says in what it counts."""

import json

import openpyxl
import pytest

from leadqual.cli import DONE, FOUND, UNUSABLE, main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    for name in ("Sheet", "Old"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in (["name", "email"], [name, "ana@example.com"], ["Ben", "#N/A"]):
            sheet.append(row)
    book.save(tmp_path / "leads.xlsx")
    (tmp_path / "bare.csv").write_text("Ana,ana@example.com\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sheet_is_named_by_its_name_or_number(folder, capsys):
    assert main(["check", "leads.xlsx"]) == UNUSABLE
    assert "sheet-unknown: 2 visible sheets hold data; name one (--sheet NAME" in capsys.readouterr().err
    for sheet in ("Old", "2"):
        assert main(["check", "leads.xlsx", "--sheet", sheet, "--rejects", "rejects.csv"]) == FOUND
        said = capsys.readouterr().out
        assert "  2  rows read, counted in rows " in said
        tab = "" if sheet == "2" else "Old!"
        assert f"\n    leads.xlsx:{tab}B3 (email)\n" in said
    assert "Ben,#N/A" in (folder / "rejects.csv").read_text("utf-8-sig")
    assert main(["check", "leads.xlsx", "--sheet", "Old", "--json"]) == FOUND
    assert json.loads(capsys.readouterr().out)["unit"] == "row"
    assert main(["layout", "leads.xlsx", "--sheet", "1"]) == DONE
    assert main(["layout", "leads.xlsx", "--sheet", "1", "--draft"]) == DONE
    assert main(["check", "bare.csv", "--sheet", "1"]) == UNUSABLE


def test_columns_without_names_are_named(folder, capsys):
    assert main(["check", "bare.csv", "--columns", "name,email", "--names-only"]) == DONE
    assert "  1  accepted" in capsys.readouterr().out
