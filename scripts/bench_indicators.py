"""Measure reading and judging of indicators on labelled cases: `bench_indicators.py [FILE]`.

A case is a need's text and an achievement's, what a careful reader finds in either, and his verdict on each indicator
of the need. One is read rightly where the amount is, and the name with more or less of its subject before it (抗拉强度,
板材抗拉强度). Cases of the part "held" were written after the rules.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.search.indicators import Indicator, Verdict, align, canonical, conclude, read_text
from matchmaker.services.verdicts.wording import amount_text

CASES = Path(__file__).parents[1] / "tests" / "search" / "indicators" / "cases.jsonl"
CLASSES = tuple(Verdict)
MISSED, NOTHING = "missed", "nothing"

Said = tuple[str, str]


@dataclass
class Score:
    """Counts over the cases of a part: what was read rightly, wrongly, not at all; verdicts as (label, given)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def reading(self) -> tuple[float, float]:
        """Precision and recall of reading."""
        return self.right / max(1, self.right + self.wrong), self.right / max(1, self.right + self.missed)

    def judging(self, verdict: str) -> tuple[float, float]:
        """Precision and recall of one verdict."""
        right = self.verdicts[verdict, verdict]
        given = sum(count for (_, said), count in self.verdicts.items() if said == verdict)
        labelled = sum(count for (label, _), count in self.verdicts.items() if label == verdict)
        return right / max(1, given), right / max(1, labelled)


def load(path: Path = CASES, part: str | None = None) -> list[dict[str, object]]:
    """Return the cases of a file, of one part or all."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if part in {None, row["part"]}]


def measure(cases: Iterable[dict[str, object]]) -> Score:
    """Read and judge all cases."""
    score = Score()
    for case in cases:
        asked = read_text(str(case["need"]), is_need=True)
        offered = read_text(str(case["achievement"]), is_need=False)
        for found, labels in ((asked, case["asked"]), (offered, case["offered"])):
            _count(score, [_said(one) for one in found], [_label(label) for label in labels])  # type: ignore[attr-defined]
        given = [(_said(one), str(conclude(align(one, offered)).verdict)) for one in asked]
        labels = [_label(label) for label in case["asked"]]  # type: ignore[attr-defined]
        for label, verdict in zip(labels, case["verdicts"], strict=True):  # type: ignore[call-overload]
            judged = next((said for said in given if _same(said[0], label)), None)
            score.verdicts[verdict, judged[1] if judged else MISSED] += 1
            if judged:
                given.remove(judged)
        for _, verdict in given:
            score.verdicts[NOTHING, verdict] += 1
    return score


def wrong(case: dict[str, object]) -> str:
    """Say what is not as it is labelled in a case; nothing where all is."""
    asked = read_text(str(case["need"]), is_need=True)
    offered = read_text(str(case["achievement"]), is_need=False)
    said = [[_said(one) for one in asked], [_said(one) for one in offered]]
    labels = [[_label(label) for label in case[side]] for side in ("asked", "offered")]  # type: ignore[attr-defined]
    given = [str(conclude(align(one, offered)).verdict) for one in asked]
    as_labelled = len(said[0]) == len(labels[0]) and len(said[1]) == len(labels[1])
    as_labelled &= all(_same(*pair) for side in (0, 1) for pair in zip(said[side], labels[side], strict=False))
    differs = not as_labelled or given != case["verdicts"]
    return (
        f"{case['need']} | {case['achievement']}\n    {said} {given}\n    {labels} {case['verdicts']}"
        if differs
        else ""
    )


def _count(score: Score, found: list[Said], labels: list[Said]) -> None:
    left = list(labels)
    for said in found:
        label = next((one for one in left if _same(said, one)), None)
        if label is None:
            score.wrong += 1
        else:
            score.right += 1
            left.remove(label)
    score.missed += len(left)


def _same(one: Said, other: Said) -> bool:
    shorter, longer = sorted((one[0], other[0]), key=len)
    return one[1] == other[1] and len(shorter) > 1 and longer.endswith(shorter)


def _said(indicator: Indicator) -> Said:
    return canonical(indicator.name), str(amount_text(indicator.amount))


def _label(label: list[str]) -> Said:
    return canonical(label[0]), label[1]


def report(name: str, cases: list[dict[str, object]]) -> None:
    """Print the figures of one part."""
    score = measure(cases)
    precision, recall = score.reading()
    print(f"\n{name}: {len(cases)} cases")
    print(
        f"  indicators read   precision {precision:.3f}  recall {recall:.3f}  ({score.right + score.missed} labelled)"
    )
    for verdict in CLASSES:
        precision, recall = score.judging(verdict)
        print(f"  {verdict:9} precision {precision:.3f}  recall {recall:.3f}")
    print("  label \\ given " + "".join(f"{name:>10}" for name in (*CLASSES, MISSED)))
    for label in (*CLASSES, NOTHING):
        print(f"  {label:13}" + "".join(f"{score.verdicts[label, given]:>10}" for given in (*CLASSES, MISSED)))


def main(path: Path) -> None:
    """Print the figures of every part and of all together."""
    cases = load(path)
    for part in sorted({str(case["part"]) for case in cases}):
        report(part, load(path, part))
    report("all", cases)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CASES)
