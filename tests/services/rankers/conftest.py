"""The tiny model that tests of training start from."""

from tests.search.training.conftest import base

__all__ = ["base"]
