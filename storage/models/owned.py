"""What every row of a trust has."""

from sqlmodel import Field, SQLModel


class Owned(SQLModel):
    """A row with an opaque id, belonging to one trust."""

    id: str = Field(primary_key=True)
    trust: str = ""
