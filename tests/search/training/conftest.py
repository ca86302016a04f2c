"""A tiny model to train from."""

import pytest

from tests.tiny_bert import save_tiny_model


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    save_tiny_model(folder)
    return folder
