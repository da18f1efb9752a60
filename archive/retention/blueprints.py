"""The blueprint on which the pages of keeping hang their parts."""

from flask import Blueprint

pages = Blueprint("retention", __name__)
