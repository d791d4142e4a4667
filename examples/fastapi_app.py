"""An endpoint of FastAPI that says where a contact stands. Run it with `fastapi dev fastapi_app.py`."""

from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import WithJsonSchema

from leadqual import Classification, Contact, RecordUnreadable, classify, json_schema, record_schema, to_data

Record = Annotated[dict[str, Any], WithJsonSchema(record_schema())]
Verdict = Annotated[dict[str, Any], WithJsonSchema(json_schema(Classification, brief=True))]

app = FastAPI(title="Where a contact stands")


@app.post("/classify")
def stand(record: Record) -> Verdict:
    try:
        contact = Contact.from_record(record, region="DE", strict=True)
    except RecordUnreadable as error:
        faults = [
            {"type": "value_error", "loc": ("body", fault.where), "msg": fault.reason, "input": None}
            for fault in error.faults
        ]
        raise RequestValidationError(faults) from None
    return to_data(classify(contact), brief=True)
