"""Put the days of the packaged calendar into the database; doing it again changes nothing."""

from sqlalchemy import Connection, extract, insert, select

from archive.deadlines.calendar import packaged_days
from archive.deadlines.models import DayRow


def sow(connection: Connection) -> None:
    """Write the days of the years that are not there yet: a year the office confirmed itself stays as it is."""
    known = set(connection.scalars(select(extract("year", DayRow.day)).distinct()))
    rows = [
        {"day": day.date, "version": day.version, "is_workday": day.is_workday, "source": day.source}
        for day in packaged_days()
        if day.date.year not in known
    ]
    if rows:
        connection.execute(insert(DayRow), rows)
