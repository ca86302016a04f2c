"""The blueprint that all modules of registrations add their views to."""

from flask import Blueprint

blueprint = Blueprint("registrations", __name__)
