"""Small listings for tests of the search floor, with vectors of the hashing encoder."""

from matchmaker.search.document import Document
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.ranker import default_ranker
from matchmaker.search.rankers import ranker_for

ENCODER = HashingEncoder()
# The shipped weights, told how near unrelated texts lie in hashed vectors.
RANKER = ranker_for(ENCODER)


def prepared(title, body="", number=1, **facets):
    """Prepare a document as the site does, with hashed vectors."""
    document = Document(number, title, body, **facets)
    full = f"{title}\n{body}" if body else title
    title_vector, full_vector = ENCODER.encode_queries([title, full])
    return default_ranker().prepare(document, title_vector, full_vector)
