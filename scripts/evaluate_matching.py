"""Print how well and how fast pairs are ranked, part by part, and write it with plots to an HTML page.

    python scripts/evaluate_matching.py DIR --split train --model MODEL --unseen dev --languages DIR DIR --html FILE

DIR is graded pairs in the BEIR layout, MODEL what `matchmaker train DIR --split train` wrote. Measured are the pairs
that this training held out: of needs that it learned from, and of needs that it never saw (the split `--unseen` adds
others of these). Every blend is fitted on one half of the held-out needs and measured on the other. The shipped ranker
is the reference that gains and their 95 % intervals are against.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from matching_costs import measure_costs
from matching_page import write_page
from matching_parts import Row, Table, held_out_table, language_table, unseen_table

from matchmaker.config import load_settings
from matchmaker.search.encoder import load_encoder
from matchmaker.search.trained import TrainedModel, read_trained


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--split", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--unseen", help="a further split of needs that the model never saw")
    parser.add_argument("--languages", type=Path, nargs="*", default=[])
    parser.add_argument("--listings", type=int, nargs="*", default=[10_000, 100_000], help="sizes to time, none: skip")
    parser.add_argument("--html", type=Path)
    chosen = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(settings.model, settings.indexes / "model", settings.runtime)
    base, trained = settings.indexes / "model", read_trained(chosen.model)
    tables = held_out_table(chosen.directory, chosen.split, base, trained, encoder, _say)
    if chosen.unseen:
        tables.append(unseen_table(chosen.directory, chosen.unseen, base, trained, encoder, _say))
    languages = [language_table(folder, base, trained, encoder, _say) for folder in chosen.languages]
    costs = measure_costs(chosen.listings, base, trained)
    print("\n".join([*_printed(tables), *_languages(languages), *(f"{name:<60} {value:>10}" for name, value in costs)]))
    if chosen.html:
        write_page(chosen.html, _about(chosen.model, trained), tables, languages, costs)
        print(f"written to {chosen.html}")


def _about(path: Path, trained: TrainedModel) -> str:
    kept = trained.manifest
    return f"{path.name}: {kept['ranker']}, split {kept['split']}, {kept['held_out']:.0%} held out, {kept['model']}"


def _printed(tables: Sequence[Table]) -> list[str]:
    lines = []
    for table in tables:
        lines += [f"\n{table.title}", f"{'':<34}{'nDCG@10':>8} {'gained (95 % interval)':<28}" + _heads(table)]
        lines += [_line(row) for row in table.rows]
    return lines


def _heads(table: Table) -> str:
    return "".join(f"{name:>13}" for name in table.measures)


def _line(row: Row) -> str:
    gain = "" if row.gain is None else f"{row.gain.mean:+.4f} ({row.gain.low:+.4f} to {row.gain.high:+.4f})"
    return f"{row.name:<34}{row.ndcg:>8.4f} {gain:<28}" + "".join(f"{value:>13}" for value in row.shown())


def _languages(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"\n{'languages, recall@1':<30}"] * bool(rows) + [
        "  ".join(f"{k} {v}" for k, v in row.items()) for row in rows
    ]


def _say(what: str, done: int, total: int) -> None:
    end = "\n" if done == total else "\r"
    sys.stderr.write(f"{what} {done}/{total}{end}")


if __name__ == "__main__":
    main()
