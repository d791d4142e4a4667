"""A contact in a column of JSON, with SQLAlchemy."""

from sqlalchemy import JSON, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from leadqual import Contact, from_data, to_data


class ContactType(TypeDecorator[Contact]):
    """A column of JSON that holds a contact."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Contact | None, dialect: Dialect) -> object:
        """Return the contact as plain data."""
        return None if value is None else to_data(value)

    def process_result_value(self, value: object, dialect: Dialect) -> Contact | None:
        """Return the contact of plain data."""
        return None if value is None else from_data(value, Contact)


class Base(DeclarativeBase):
    """The base of the tables."""


class Person(Base):
    """A row with a contact."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String, primary_key=True)
    contact: Mapped[Contact] = mapped_column(ContactType)
