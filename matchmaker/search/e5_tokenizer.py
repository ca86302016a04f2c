"""Builds the fast tokenizer (tokenizer.json) of the XLM-R vocabulary from Unigram pieces.

SentencePiece's `nmt_nfkc` rules are expressed with stock normalisers: they are NFKC but for the characters named here.
"""

from typing import TYPE_CHECKING

from matchmaker.search.e5_file import Pieces

if TYPE_CHECKING:
    from tokenizers import Regex, Tokenizer

META = "\u2581"
MASK = "<mask>"
# nmt_nfkc drops controls, turns invisible marks into spaces, and leaves the full-width tilde of Chinese ranges alone.
CONTROLS = "[\\x{01}-\\x{08}\\x{0b}\\x{0e}-\\x{1f}\\x{7f}\\x{8f}\\x{9f}]"
INVISIBLE = "[\\x{200b}-\\x{200f}\\x{2028}\\x{2029}\\x{2581}\\x{feff}\\x{fffd}\\x{1680}]"
WIDE_TILDE, STAND_IN = "\uff5e", "\ue000"


def build_tokenizer(pieces: Pieces) -> "Tokenizer":
    """Return the tokenizer: text -> <s> pieces </s>, with offsets into the text, neither cutting nor padding."""
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
    from tokenizers.normalizers import NFKC, Replace

    tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            Replace(_regex(CONTROLS), ""),
            Replace(_regex(INVISIBLE), " "),
            Replace(WIDE_TILDE, STAND_IN),
            NFKC(),
            Replace(STAND_IN, WIDE_TILDE),
            Replace(_regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(META, "always")]
    )
    bos, eos = (pieces.scored[i][0] for i in (pieces.bos, pieces.eos))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name in special_tokens(pieces)])
    return tokenizer


def special_tokens(pieces: Pieces) -> list[str]:
    """Return the special tokens by id."""
    names = {pieces.scored[i][0] for i in (pieces.bos, pieces.pad, pieces.eos, pieces.unk)} | {MASK}
    return [text for text, _ in pieces.scored if text in names]


def _regex(pattern: str) -> "Regex":
    from tokenizers import Regex

    return Regex(pattern)
