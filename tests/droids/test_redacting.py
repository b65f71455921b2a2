import pytest

from app.droids.redacting import redact


def test_values_of_secret_like_variables_go_longest_first():
    variables = {"MY_TOKEN": "plum-jam", "MY_API_KEY": "plum-jam-and-bread", "HOME": "/home/ada", "DB_PASS": "x"}
    text = "plum-jam-and-bread, plum-jam, /home/ada, x"
    assert redact(text, variables) == "[secret], [secret], /home/ada, x"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("key fk-AbCdEf1234567890_xyz!", "key [secret]!", id="factory"),
        pytest.param("sk-proj-abc123abc123abc123", "[secret]", id="model-vendor"),
        pytest.param("ATATT3xFfGF0abc_def-123=ABC", "[secret]", id="atlassian"),
        pytest.param("ghp_abcdefghij0123456789", "[secret]", id="github"),
        pytest.param("github_pat_11ABCDEFG0abcdefghij", "[secret]", id="github-fine-grained"),
        pytest.param("xoxb-1234567890-abcdef", "[secret]", id="slack"),
        pytest.param("whsec_bm90IGEgcmVhbCBzZWNyZXQ=", "[secret]", id="standard-webhooks"),
        pytest.param("AKIAABCDEFGHIJKLMNOP", "[secret]", id="aws"),
        pytest.param("eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0", "[secret]", id="jwt"),
        pytest.param("Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]", id="bearer"),
        pytest.param("Authorization: Basic YWRhOnBsdW0=", "Authorization: Basic [secret]", id="basic"),
        pytest.param("postgresql://ada:plum@db/x", "postgresql://[secret]@db/x", id="url"),
    ],
)
def test_what_looks_like_a_token_goes(text: str, left: str):
    assert redact(text, {}) == left


@pytest.mark.parametrize(
    "text",
    [
        "OPS-7 and SK-123 are open",
        "a task-oriented, risk-averse, sk-learn-flavoured plan",
        "basic misunderstandings about bearer certificates",
        "https://example.com/a:b@c",
    ],
)
def test_ordinary_words_stay(text: str):
    assert redact(text, {}) == text
