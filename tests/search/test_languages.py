"""Which language a text is in: short titles, mixed scripts, names of the other language, nothing at all."""

import pytest

from matchmaker.search.languages import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("防冰涂层", "zh"),
        ("Anti-icing coating for blades", "en"),
        ("Покрытие против льда", "ru"),
        ("Мұзға қарсы жабын", "kk"),
        ("pump", "en"),
        ("насос", "ru"),
        ("сорғы", "kk"),
        ("ҰШҚЫШ АППАРАТ", "kk"),
        ("Мұнай мен газ өндіру", "kk"),
        ("Переработка молока в Талдыкоргане", "ru"),
    ],
)
def test_language_of_short_titles(text, language):
    assert detect_language(text) == language


def test_kazakh_without_a_letter_of_its_own_is_kazakh():
    assert detect_language("Электр станциясы") == "kk"


def test_kazakh_name_does_not_make_a_russian_text_kazakh():
    assert detect_language("Университет имени Қ. Сәтбаева разработал фильтр для очистки шахтных вод") == "ru"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("PLC控制 system", "zh"),
        ("基于 LiDAR SLAM 与 RTK-GNSS 的采棉机", "zh"),
        ("Контроллер PLC для насоса", "ru"),
        ("Drilling at Karamay (克拉玛依) oil field, northern Xinjiang", "en"),
        ("石油 Мұнай өңдеу зауытының қондырғысы", "kk"),
    ],
)
def test_mixed_scripts_count_as_the_language_that_says_most(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "　", "2026", "。，!?", "\ud800", "😀", "ئۇيغۇر"])
def test_text_without_letters_of_the_four_has_no_language(text):
    assert detect_language(text) is None


def test_huge_text_is_told_by_its_beginning():
    assert [detect_language(unit * 500_000) for unit in ("棉", "cotton ", "Ж", "қ")] == ["zh", "en", "ru", "kk"]
