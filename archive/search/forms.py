"""Input about searches that people keep."""

from marshmallow import fields

from archive.web.forms import Flag, Form, Words


class SavedForm(Form):
    """What may be changed of a saved search: its name, the unit it is shared with (code; empty: nobody), alerts."""

    title = Words(most=120, required=True)
    unit = Words(most=20, metadata={"description": "code of the unit it is shared with; empty: private"})
    alert = Flag()


class SaveForm(SavedForm):
    """A search to be saved: the query string of its address on the search page, `q=…&state=…`."""

    search = Words(most=8000, required=True)


class SavedBody(Form):
    """A saved search."""

    id = fields.UUID()
    title = fields.String()
    query = fields.String()
    filters = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    sort = fields.String()
    own = fields.Boolean()
    owner = fields.String()
    unit = fields.String(allow_none=True, metadata={"description": "code of the unit it is shared with"})
    alert = fields.Boolean()
    new = fields.Integer(metadata={"description": "dossiers found since the owner looked last"})
