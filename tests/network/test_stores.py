import pytest

from storyboard.network.stores import PRESIGNED, Bucket, Hosting, exchange, hosting, unhosted

SECRET = "canary-secret-51c0"
AWS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": SECRET}
AZURE = {"AZURE_STORAGE_ACCOUNT": "films", "AZURE_STORAGE_KEY": SECRET}
GOOGLE = {"GOOGLE_APPLICATION_CREDENTIALS": "/keys/film.json"}


def bucket(url: str, environment: dict[str, str], **more: str) -> Bucket:
    found = hosting({"url": url, **more}, environment)
    assert not found.lacks
    assert found.bucket is not None
    return found.bucket


def test_a_folder_that_takes_http_put() -> None:
    found = hosting({"url": "https://put.example/a", "public": "https://get.example/a/"}, {})
    assert found == Hosting("https://put.example/a/", "https://get.example/a/")


def test_a_bucket_has_signed_links_unless_its_objects_are_public() -> None:
    signed = [hosting({"url": "s3://film", **more}, AWS) for more in ({}, {"public": PRESIGNED})]
    assert [one.public for one in signed] == [PRESIGNED, PRESIGNED]
    open_ = hosting({"url": "s3://film/in/", "public": "https://pub-1.r2.dev/in été"}, AWS)
    assert (open_.url, open_.public) == ("s3://film/in/", "https://pub-1.r2.dev/in%20%C3%A9t%C3%A9/")


def test_amazon_s_store() -> None:
    found = bucket("s3://my.film/frames/2026/", {**AWS, "AWS_DEFAULT_REGION": "eu-central-1"})
    assert (found.kind, found.name, found.prefix) == ("s3", "my.film", "frames/2026/")
    assert found.config == {
        "access_key_id": "AKIA1",
        "secret_access_key": SECRET,
        "region": "eu-central-1",
        "endpoint": "https://s3.eu-central-1.amazonaws.com",
        "aws_endpoint_url_s3": "https://s3.eu-central-1.amazonaws.com",
        "virtual_hosted_style_request": False,
    }


def test_stores_that_speak_like_amazon_s() -> None:
    r2 = bucket("s3://film", {**AWS, "AWS_REGION": "eu-central-1"}, endpoint="https://1.r2.example/", region="auto")
    assert (r2.config["endpoint"], r2.config["region"]) == ("https://1.r2.example", "auto")
    own = bucket("s3://film", AWS, endpoint="https://film.oss.example")
    assert (own.config["virtual_hosted_style_request"], own.config["region"]) == (True, "us-east-1")


def test_google_s_store_takes_the_key_of_a_service_account() -> None:
    assert bucket("gs://film/in", GOOGLE).config == {"service_account": "/keys/film.json"}
    assert bucket("gs://film", {"GOOGLE_SERVICE_ACCOUNT_KEY": "{}"}).config == {"service_account_key": "{}"}


def test_azure_s_store() -> None:
    found = bucket("az://frames/in", AZURE)
    assert found.config["endpoint"] == "https://films.blob.core.windows.net"
    assert (found.config["account_name"], found.config["account_key"]) == ("films", SECRET)


@pytest.mark.parametrize(
    ("url", "environment", "lacks"),
    [
        ("s3://film", {}, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the credentials of s3://film"),
        ("s3://film", {"AWS_ACCESS_KEY_ID": "AKIA1"}, "AWS_SECRET_ACCESS_KEY"),
        ("gs://film", {}, "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account"),
        ("az://film", {"AZURE_STORAGE_ACCOUNT_NAME": "films"}, "AZURE_STORAGE_ACCOUNT_KEY"),
        ("s3://film", {**AWS, "AWS_SESSION_TOKEN": "t"}, "its session ends before the links should"),
    ],
)
def test_what_is_missing_is_said_and_not_refused(url: str, environment: dict[str, str], lacks: str) -> None:
    assert lacks in unhosted(hosting({"url": url}, environment))


def test_a_session_is_long_enough_to_put_what_is_public() -> None:
    found = hosting({"url": "s3://film", "public": "https://cdn.example"}, {**AWS, "AWS_SESSION_TOKEN": "t"})
    assert not found.lacks
    assert found.bucket is not None
    assert found.bucket.config["session_token"] == "t"


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storyboard.network.stores.find_spec", lambda name: None)
    assert unhosted(hosting({"url": "s3://film"}, AWS)) == "pip install 'storyboard-render[hosting]'"
    assert not unhosted(hosting({"url": "https://a.example", "public": "https://a.example"}, {}))


def test_without_any_hosting_its_table_is_named() -> None:
    assert unhosted(None) == "set url and public under [hosting] in config.toml"


def test_no_credential_shows_in_a_repr() -> None:
    assert SECRET not in repr([hosting({"url": "s3://film"}, AWS), hosting({"url": "az://film"}, AZURE)])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "hosting needs url"),
        ({"url": "https://a.example"}, "hosting needs url"),
        ({"url": "https://a.example", "public": "presigned"}, "only s3://, gs:// and az:// have presigned links"),
        ({"url": "https://a.example", "public": "https://a.example", "region": "x"}, "hosting.region are of s3://"),
        ({"url": "http://a.example", "public": "https://b.example"}, "hosting.url is https://.*, not http:"),
        ({"url": "ftp://a.example", "public": "https://b.example"}, "not ftp:"),
        ({"url": "https://me:pw@a.example", "public": "https://b.example"}, "without a user"),
        ({"url": "https://a.example", "public": "https://b.example?k=1"}, "or a query"),
        ({"url": "s3://"}, "like s3://bucket/prefix"),
        ({"url": "s3://a b/c"}, "like s3://bucket/prefix"),
        ({"url": "s3://me@film/c"}, "like s3://bucket/prefix"),
        ({"url": "s3://film/a//b"}, "a prefix that no store has: ''"),
        ({"url": "s3://film/../b"}, r"a prefix that no store has: '\.\.'"),
        ({"url": "s3://film/a%20b"}, "a prefix that no store has"),
        ({"url": "az://film/été"}, "a prefix that no store has: 'été'"),
        ({"url": "s3://film", "endpoint": "http://store.example"}, "hosting.endpoint is https://"),
        ({"url": "s3://film", "region": "Frankfurt!"}, "the region 'Frankfurt!' is none"),
        ({"url": "s3://film", "public": "s3://film"}, "hosting.public is https://"),
    ],
)
def test_what_cannot_be_meant_is_refused(table: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        hosting(table, AWS)


def test_a_credential_with_a_line_break_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="AWS_SECRET_ACCESS_KEY has characters that no credential has") as raised:
        hosting({"url": "s3://film"}, {**AWS, "AWS_SECRET_ACCESS_KEY": f"{SECRET}\n"})
    assert SECRET not in str(raised.value)


def test_a_cluster_s_files_go_through_a_bucket_with_signed_links() -> None:
    assert exchange({}, AWS) is None
    found = exchange({"store": "s3://studio/films", "endpoint": "https://minio.studio.example"}, AWS)
    assert found is not None
    assert found.bucket is not None
    assert (found.url, found.public, found.lacks) == ("s3://studio/films/", PRESIGNED, "")
    assert found.bucket.config["endpoint"] == "https://minio.studio.example"


def test_a_session_s_credentials_will_do_for_a_cluster() -> None:
    found = exchange({"store": "s3://studio"}, {**AWS, "AWS_SESSION_TOKEN": "t"})
    assert found is not None
    assert not found.lacks


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"store": "https://farm.example/in"}, "cluster.store is s3://bucket/prefix"),
        ({"store": "farm"}, "cluster.store is s3://bucket/prefix"),
        ({"store": "s3://"}, "cluster.store is like s3://bucket/prefix"),
        ({"store": "s3://studio/../b"}, "cluster.store has a prefix that no store has"),
        ({"store": "s3://studio", "endpoint": "http://store.example"}, "cluster.endpoint is https://"),
        ({"endpoint": "https://store.example"}, "cluster.endpoint is of cluster.store, which is missing"),
    ],
)
def test_a_cluster_s_store_that_cannot_be_meant_is_refused(table: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exchange(table, AWS)
