"""The engines that the tests of frames are run on: how each makes a table, and how it gives one back."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from attrs import frozen

Columns = Mapping[str, Sequence[Any]]


@frozen
class Engine:
    """Hold how an engine makes a table out of columns, and columns out of a table.

    *types* names the type of a column where its values do not tell, such as "bool" or "instant".
    """

    name: str
    make: Callable[[Columns, Mapping[str, str]], Any]
    columns: Callable[[Any], dict[str, list[Any]]]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


def _arrow(columns, types):
    import pyarrow as pa

    meaning = {
        "bool": pa.bool_(),
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "day": pa.date32(),
        "instant": pa.timestamp("us", "UTC"),
    }
    return pa.table(
        {name: pa.array(values, meaning.get(types.get(name))) for name, values in columns.items()}
    )


def _from_arrow(table):
    return table.to_pydict()


def _polars(columns, types):
    import polars as pl

    return pl.from_arrow(_arrow(columns, types))


def _polars_lazy(columns, types):
    return _polars(columns, types).lazy()


def _pandas(columns, types, wanted):
    import pandas as pd
    import pyarrow as pa

    def typed(name, values):
        if wanted == "object" and types.get(name) in {"bool", "str"}:
            return pd.Series(list(values), dtype=object)
        if wanted == "arrow":
            return _arrow({name: values}, types)[name].to_pandas(types_mapper=pd.ArrowDtype)
        nullable = {"bool": "boolean", "int": "Int64", "float": "Float64"}.get(types.get(name))
        if nullable and (wanted == "nullable" or nullable == "boolean"):
            return pd.Series(list(values), dtype=nullable)
        return pd.Series(_arrow({name: values}, types)[name].to_pandas())

    assert pa is not None
    return pd.DataFrame({name: typed(name, values) for name, values in columns.items()})


def _from_pandas(frame):
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False).to_pydict()


def _duckdb(columns, types):
    import duckdb

    return duckdb.from_arrow(_arrow(columns, types))


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("polars", _polars, lambda frame: frame.to_dict(as_series=False)),
        Engine("polars-lazy", _polars_lazy, lambda frame: frame.collect().to_dict(as_series=False)),
        Engine("pandas-object", lambda data, types: _pandas(data, types, "object"), _from_pandas),
        Engine("pandas-nullable", lambda data, types: _pandas(data, types, "nullable"), _from_pandas),
        Engine("pandas-arrow", lambda data, types: _pandas(data, types, "arrow"), _from_pandas),
        Engine("pyarrow", _arrow, _from_arrow),
        Engine("duckdb", _duckdb, lambda relation: relation.to_arrow_table().to_pydict()),
    )
}


def engine(name: str) -> Engine:
    """Return an engine, or skip the test where its package is missing."""
    for package in ("narwhals", "pyarrow", name.partition("-")[0]):
        pytest.importorskip(package, reason=f"needs {package}")
    return ENGINES[name]


def spark_session():
    """Return a session on two local cores, or skip where PySpark or Java is missing."""
    pytest.importorskip("pyspark", reason="needs pyspark")
    if shutil.which("java") is None:
        pytest.skip("needs Java")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("leadqual")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def spark_engine(session, folder) -> Engine:
    """Return Spark as an engine; tables go by way of Parquet files in *folder*."""

    def make(columns, types):
        import pyarrow.parquet as pq

        path = folder / f"{len(list(folder.iterdir()))}.parquet"
        pq.write_table(_arrow(columns, types), path)
        return session.read.parquet(str(path))

    def columns(frame):
        rows = frame.collect()
        return {name: [row[name] for row in rows] for name in frame.columns}

    return Engine("spark", make, columns)
