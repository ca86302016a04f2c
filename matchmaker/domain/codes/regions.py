"""Regions: GB/T 2260 codes nest by their digits (province 2, prefecture 2, county 2), countries stand alone.

The table lists Xinjiang's prefectures and Urumqi's districts, and elsewhere provinces only. A well-formed code that it
does not list (a district of another province) counts as a part of the nearest region that it does list.
"""

from matchmaker.domain.codes.lookup import Code, table

SEPARATOR = " / "


def region_path(code: str | None) -> str:
    """Return the names from the province down ("新疆维吾尔自治区 / 乌鲁木齐市"); an unknown code names itself."""
    names = [row.name for row in _path(code)]
    return SEPARATOR.join(names) if names else (code or "")


def region_covers(outer: str | None, inner: str | None) -> bool:
    """Whether `inner` is `outer` or lies in it. A region that is not given covers nothing and lies in nothing."""
    if not outer or not inner:
        return False
    return outer == inner or any(row.code == outer for row in _path(inner))


def coarse_region(code: str | None) -> str | None:
    """Return the prefecture, directly administered city, province or country around `code`: never a district.

    What cannot be placed gives None, so that nothing finer than a prefecture can slip through.
    """
    prefectures = table("xinjiang_prefectures")
    path = _path(code)
    for row in reversed(path):
        if row.parent is None or row.code in prefectures:
            return row.code
    return None


def _path(code: str | None) -> tuple[Code, ...]:
    regions = table("regions")
    for candidate in _around(code):
        if candidate in regions:
            return regions.path(candidate)
    return ()


def _around(code: str | None) -> tuple[str, ...]:
    # The code itself, then what its digits say lies around it.
    if not isinstance(code, str):
        return ()
    if len(code) == 6 and code.isascii() and code.isdecimal():
        return code, code[:4] + "00", code[:2] + "0000"
    return (code,)
