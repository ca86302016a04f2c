"""Frozen statistics: what is rare is telling, and nothing depends on a site."""

from matchmaker.search.statistics import Statistics, grams, load_statistics


def test_rare_words_weigh_more_than_frequent_ones():
    found = load_statistics()
    assert found.word("钙钛矿") > found.word("材料") > 0


def test_unknown_word_weighs_as_the_middle_one():
    assert Statistics({"a": 1.0, "b": 2.0, "c": 9.0}, {"a": 1}).word("z") == 2.0


def test_rare_characters_weigh_more_than_frequent_ones_and_pairs_more_than_either():
    found = load_statistics()
    assert found.gram("叶片") > found.gram("叶") > found.gram("的") > 0


def test_gram_weights_count_characters_and_neighbours_of_the_dictionary():
    found = Statistics({}, {"风机": 60, "风": 40})
    total = (100 + 60 + 60) / 2 + 20
    weights = [round(2.718281828459045 ** found.gram(gram), 4) for gram in ("风", "机", "风机", "煤")]
    assert weights == [round(total / count, 4) for count in (120, 80, 80, 20)]


def test_grams_take_chinese_runs_and_beginnings_of_other_words():
    assert grams("风机LiDAR-2 Хранение и хлопка，45% of a") == ["风", "机", "风机", "lidar", "хране", "хлопк"]


def test_grams_do_not_join_what_punctuation_parts():
    assert grams("风，机") == ["风", "机"]


def test_version_names_the_sources():
    assert load_statistics().version.startswith("jieba-0.")
