from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Refused
from storyboard.media.cluster.address import Certificates
from storyboard.network.settings import Settings, read
from storyboard.providers.animatic import CAPABILITIES as ANIMATIC
from storyboard.providers.ark import ABROAD, MAINLAND, PROVIDER, Ark
from storyboard.providers.ark import CAPABILITIES as ARK
from storyboard.providers.seedance2ai import CAPABILITIES
from storyboard.structs import replace

KNOWN: dict[str, Capabilities] = {one.name: one for one in (CAPABILITIES, ANIMATIC, ARK)}
KEY = "sk_live_1"


def settings(text: str = "", **environment: str) -> Settings:
    return read(text, "config.toml", environment, KNOWN)


def test_without_anything_there_is_no_access() -> None:
    assert settings().terms["seedance2ai"].access is None
    assert "animatic" not in settings().terms


def test_the_environment_counts_before_the_file() -> None:
    text = '[providers.seedance2ai]\napi_key = "file"\nbase_url = "https://other.example/"\n'
    access = settings(text).terms["seedance2ai"].access
    assert access is not None
    assert (access.key, access.origin, access.local) == ("file", "https://other.example", False)
    access = (
        settings(text, SEEDANCE2AI_API_KEY=KEY, SEEDANCE2AI_BASE_URL="http://127.0.0.1:8300/seedance2ai/api/v1")
        .terms["seedance2ai"]
        .access
    )
    assert access is not None
    assert (access.key, access.origin, access.local) == (KEY, "http://127.0.0.1:8300/seedance2ai", True)


def test_a_key_s_access_shows_neither_in_text() -> None:
    assert KEY not in repr(settings(SEEDANCE2AI_API_KEY=KEY))


def test_bounds_and_prices() -> None:
    read_ = settings(
        '[providers.seedance2ai]\nconcurrency = 4\npoll_s = 5\nceiling = "2000"\n'
        '[providers.seedance2ai.prices]\n"pro/4k" = "48"\n"pro/1080p" = "19"\n'
    )
    terms = read_.terms["seedance2ai"]
    assert (terms.concurrency, terms.poll_s, terms.ceiling) == (4, 5.0, Decimal(2000))
    prices = read_.over(CAPABILITIES).prices
    assert (prices["pro/4k"], prices["pro/1080p"], prices["standard/720p"]) == (Decimal(48), Decimal(19), Decimal(6))
    assert read_.over(ANIMATIC) is ANIMATIC


def driver(text: str, **environment: str) -> Ark:
    """The driver of Ark with what is set."""
    found = settings(text, **environment).driver(PROVIDER)
    assert isinstance(found, Ark)
    return found


OURS = "https://ark.ap-southeast.bytepluses.com/api/v3"


@pytest.mark.parametrize(
    ("text", "origin", "models"),
    [
        ("", "https://ark.cn-beijing.volces.com/api/v3", MAINLAND),
        ('[providers.ark]\nregion = "ap-southeast"\n', OURS, ABROAD),
        (f'[providers.ark]\nbase_url = "{OURS}/"\n', OURS, ABROAD),
        (
            '[providers.ark]\nregion = "ap-southeast"\nbase_url = "https://mill.example/volc/v3"\n',
            "https://mill.example/volc/v3",
            ABROAD,
        ),
        ('[providers.ark]\nbase_url = "https://mill.example/volc/v3"\n', "https://mill.example/volc/v3", MAINLAND),
        (
            '[providers.ark.models]\n"seedance-2.0" = "ep-20260101-abcde"\n',
            "https://ark.cn-beijing.volces.com/api/v3",
            {**MAINLAND, "seedance-2.0": "ep-20260101-abcde"},
        ),
    ],
)
def test_a_region_is_an_origin_and_the_names_of_its_models(text: str, origin: str, models: dict[str, str]) -> None:
    assert settings(text).terms["ark"].origin == origin
    assert driver(text).models == models


def test_an_origin_of_the_environment_counts_before_a_region() -> None:
    text = '[providers.ark]\nregion = "cn-beijing"\n'
    assert settings(text, ARK_BASE_URL="http://127.0.0.1:8300/ark").terms["ark"].origin == "http://127.0.0.1:8300/ark"


def test_hosting() -> None:
    hosting = settings('[hosting]\nurl = "https://put.example/a"\npublic = "https://get.example/a/"\n').hosting
    assert hosting is not None
    assert (hosting.url, hosting.public) == ("https://put.example/a/", "https://get.example/a/")


def test_the_environment_names_a_hosting_before_the_file() -> None:
    hosting = settings(
        '[hosting]\nurl = "https://a.example"\n', STORYBOARD_HOSTING_URL="http://127.0.0.1:8300/b"
    ).hosting
    assert hosting is not None
    assert hosting.url == hosting.public == "http://127.0.0.1:8300/b/"
    with pytest.raises(Refused, match="STORYBOARD_HOSTING_URL: "):
        settings(STORYBOARD_HOSTING_URL="ftp://host/folder")


def test_a_gateway_on_this_machine_is_asked_every_second() -> None:
    here = {"SEEDANCE2AI_BASE_URL": "http://127.0.0.1:8300/seedance2ai"}
    assert settings(**here).terms["seedance2ai"].poll_s == 1.0
    assert settings("[providers.seedance2ai]\npoll_s = 9\n", **here).terms["seedance2ai"].poll_s == 9.0
    assert settings().terms["seedance2ai"].poll_s is None


def test_the_credentials_of_a_store_come_from_the_environment_and_do_not_show() -> None:
    given = settings('[hosting]\nurl = "s3://film"\n', AWS_ACCESS_KEY_ID="AKIA1", AWS_SECRET_ACCESS_KEY=KEY)
    assert given.hosting is not None
    assert given.hosting.bucket is not None
    assert given.hosting.bucket.config["secret_access_key"] == KEY
    assert KEY not in repr(given)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[providers", "not TOML"),
        ("providers = 1", "providers is not of the right kind"),
        ("[providers.midjourney]\n", "no gateway midjourney"),
        ("[providers.animatic]\n", "no gateway animatic"),
        ('[providers.seedance2ai]\nkey = "1"\n', "providers.seedance2ai.key is no setting"),
        ("[providers.seedance2ai]\napi_key = 1\n", "not of the right kind"),
        ("[providers.seedance2ai]\nconcurrency = 0\n", "at least 1"),
        ("[providers.seedance2ai]\nconcurrency = true\n", "not of the right kind"),
        ("[providers.seedance2ai]\npoll_s = 0\n", "poll_s"),
        ('[providers.seedance2ai]\nceiling = "much"\n', "is an amount"),
        ('[providers.seedance2ai]\nceiling = "-1"\n', "is an amount"),
        ('[providers.seedance2ai]\nceiling = "NaN"\n', "is an amount"),
        ('[providers.seedance2ai.prices]\n"pro/4k" = "?"\n', "is an amount"),
        ('[providers.seedance2ai]\nbase_url = "http://www.seedance2ai.io"\n', "https only"),
        ('[providers.seedance2ai]\nbase_url = "https://user@host"\n', "without a user"),
        ('[providers.seedance2ai]\nbase_url = "ftp://host"\n', "like https://host"),
        ('[providers.seedance2ai]\napi_key = "a b"\n', "characters that no key has"),
        ('[providers.ark]\nregion = "mars"\n', "providers.ark.region is cn-beijing, ap-southeast, not mars"),
        ('[providers.ark.models]\n"sora" = "x"\n', "is seedance-2.0, seedance-2.0-fast, seedance-2.0-mini, not sora"),
        ('[providers.ark.models]\n"seedance-2.0" = " "\n', "what the gateway calls it"),
        ('[providers.ark.models]\n"seedance-2.0" = 1\n', "what the gateway calls it"),
        ('[providers.seedance2ai]\nregion = "cn-beijing"\n', "region is no setting"),
        ('[providers.seedance2ai.models]\nx = "y"\n', "models is no setting"),
        ('[hosting]\nurl = "https://a"\n', "hosting needs url"),
        ('[hosting]\nurl = "s3://film/a//b"\n', "a prefix that no store has"),
        ('[hosting]\nbucket = "film"\n', "hosting.bucket is no setting"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        settings(text)
    assert refused.value.exit_code == 2
    assert refused.value.diagnostics[0].code == "bad-settings"


def test_a_price_that_was_set_goes_before_what_was_charged() -> None:
    found = settings('[providers.seedance2ai.prices]\n"pro/1080p" = "19"\n')
    charged = {("pro/1080p", Fraction(4)): Decimal(95), ("pro/720p", Fraction(4)): Decimal(44)}
    over = replace(found, charges={"seedance2ai": charged}).over(CAPABILITIES)
    assert over.charges == {("pro/720p", Fraction(4)): Decimal(44)}
    assert over.prices["pro/1080p"] == Decimal(19)


def test_the_store_of_a_cluster_needs_no_certificates() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": KEY}
    found = settings('[cluster]\nstore = "s3://studio/films"\n', **keys)
    assert found.certificates is None
    assert found.exchange is not None
    assert found.exchange.url == "s3://studio/films/"
    assert KEY not in repr(found)
    with pytest.raises(Refused) as refused:
        settings('[cluster]\nstore = "films"\n')
    assert "cluster.store is s3://bucket/prefix" in refused.value.diagnostics[0].message


def test_the_certificates_of_a_cluster_are_three_whole_paths() -> None:
    table = '[cluster]\nca_file = "/ca.pem"\ncert_file = "/mine.pem"\n'
    assert settings().certificates is None
    found = settings(table + 'key_file = "/mine.key"\n').certificates
    assert found == Certificates(Path("/ca.pem"), Path("/mine.pem"), Path("/mine.key"))
    for wrong, told in ((table, "key_file is missing"), (table + 'key_file = "mine.key"\n', "is a whole path")):
        with pytest.raises(Refused, match=told):
            settings(wrong)


@pytest.mark.parametrize(
    "url", ["redis://host", "rediss://studio:canary@host:6380/2", "unix:///run/redis.sock", "redis://127.0.0.1:7000/1"]
)
def test_machines_share_accounts_by_a_server_whose_password_does_not_show(url: str) -> None:
    given = settings(f'[limits]\nredis = "{url}"\n[providers.seedance2ai]\nmonthly = "20000"\n')
    assert given.redis == url
    assert given.terms["seedance2ai"].monthly == 20_000
    assert "canary" not in repr(given)
    assert settings('[limits]\nredis = "redis://other"\n', STORYBOARD_REDIS=url).redis == url


@pytest.mark.parametrize("url", ["", "canary", "http://canary", "redis://", "redis://canary:x", "redis://[canary"])
def test_what_is_no_address_of_a_server_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(Refused, match=r"limits\.redis is like redis://host:6379") as refused:
        settings(f'[limits]\nredis = "{url}"\n')
    assert "canary" not in str(refused.value)


def test_a_month_s_money_takes_a_server_that_counts_it() -> None:
    with pytest.raises(Refused, match="monthly takes a server that counts it"):
        settings('[providers.seedance2ai]\nmonthly = "20000"\n')
    with pytest.raises(Refused, match=r"limits\.rediss is no setting; there is redis"):
        settings('[limits]\nrediss = "rediss://host"\n')
