"""Which host a run gets from the settings."""

from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.network.hosting import PutHost
from storyboard.network.settings import read
from storyboard.providers.seedance2ai import CAPABILITIES
from storyboard.rendering.outside import Outside, open_outside

KNOWN = {CAPABILITIES.name: CAPABILITIES}
SECRET = "canary-secret-51c0"


async def outside(folder: Path, table: str, **environment: str) -> Outside:
    given = read(table, "config.toml", {"SEEDANCE2AI_API_KEY": "sk_live_1", **environment}, KNOWN)
    async with open_outside(given, KNOWN, folder) as opened:
        return opened


@pytest.mark.parametrize(
    ("table", "environment"),
    [
        ('[hosting]\nurl = "https://a.example"\npublic = "https://b.example"\n', {}),
        ('[hosting]\nurl = "s3://film"\n', {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": SECRET}),
    ],
)
async def test_a_folder_and_a_bucket_are_hosts(tmp_path: Path, table: str, environment: dict[str, str]) -> None:
    opened = await outside(tmp_path, table, **environment)
    assert isinstance(opened.host, PutHost)
    assert not opened.unhosted


@pytest.mark.parametrize(
    ("table", "said"), [("", "set url and public"), ('[hosting]\nurl = "s3://film"\n', "set AWS_")]
)
async def test_what_lacks_something_is_no_host_and_says_so(tmp_path: Path, table: str, said: str) -> None:
    opened = await outside(tmp_path, table)
    assert opened.host is None
    assert opened.unhosted.startswith(said)


async def test_credentials_that_cannot_sign_are_wrong_settings(tmp_path: Path) -> None:
    given = {"AZURE_STORAGE_ACCOUNT": "films", "AZURE_STORAGE_KEY": SECRET}
    with pytest.raises(Refused, match="AZURE_STORAGE_ACCOUNT_KEY cannot sign for az://film") as refused:
        await outside(tmp_path, '[hosting]\nurl = "az://film"\n', **given)
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (2, "bad-settings")
    assert SECRET not in str(refused.value)
