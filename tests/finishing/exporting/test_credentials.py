"""A signed copy is what its certificate says, shows the same film, and any change of it is noticed."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from storyboard.diagnostics import Refused
from storyboard.finishing import sidecars
from storyboard.finishing.exporting.credentials import Signing, manifest, sign
from storyboard.finishing.provenance import sidecar
from storyboard.media.reading.verify import verify
from tests.media import footage

CLAIMED = "http://cv.iptc.org/newscodes/digitalsourcetype/"
YEAR = timedelta(days=365)


def named(words: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Films"), x509.NameAttribute(NameOID.COMMON_NAME, words)]
    )


def issued(words: str, key: ec.EllipticCurvePublicKey, began: datetime, authority: bool) -> x509.CertificateBuilder:
    """A certificate of the house's own authority, not signed yet."""
    return (
        x509.CertificateBuilder(named("Authority"), named(words), key, x509.random_serial_number(), began, began + YEAR)
        .add_extension(x509.BasicConstraints(authority, None), True)
        .add_extension(
            x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False), True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    )


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    """A key, and the chain of its certificate."""
    folder, began = tmp_path_factory.mktemp("signing"), datetime.now(UTC) - timedelta(days=1)
    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = issued("Authority", above.public_key(), began, True).sign(above, hashes.SHA256())
    leaf = issued("Night Ferry Films", own.public_key(), began, False)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), False)
    chain = [leaf.sign(above, hashes.SHA256()), authority]
    (folder / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    (folder / "key.pem").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Signing(folder / "chain.pem", folder / "key.pem")


def told(*makers: str) -> dict[str, Any]:
    return {"title": "Fog", "shots": [{"shot": "A", "made": {"provider": maker}} for maker in makers]}


def film(path: Path) -> Path:
    """A film with what stands beside it."""
    whole = verify(footage.film(path, frames=24, sound_s=1.0), footage.silent)
    shots: list[dict[str, Any]] = [
        {"shot": "1A", "made": {"provider": "seedance2ai", "ask": {"prompt": "a secret"}}},
        {"shot": "1B", "made": None},
    ]
    sidecars.write(sidecars.provenance(path), sidecar(whole, "Fog", "h264", "00:00:00:00", shots))
    return path


def state(path: Path) -> tuple[str, dict[str, Any]]:
    """Whether a signature holds, and what it claims."""
    with c2pa.Reader(path) as reader:
        said = json.loads(reader.json())
        return str(reader.get_validation_state()), said["manifests"][said["active_manifest"]]


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_signed_copy_holds_and_shows_the_same_film(suffix: str, tmp_path: Path, signing: Signing) -> None:
    made, target = film(tmp_path / f"film{suffix}"), tmp_path / f"signed{suffix}"
    before = made.read_bytes()
    sign(made, target, signing, ["seedance2ai"])
    assert made.read_bytes() == before
    held, claimed = state(target)
    assert held == "Valid"
    assert claimed["title"] == "Fog"
    (created,) = next(one["data"]["actions"] for one in claimed["assertions"] if one["label"] == "c2pa.actions.v2")
    assert created["digitalSourceType"] == f"{CLAIMED}trainedAlgorithmicMedia"
    assert b"a secret" not in target.read_bytes()
    assert verify(target, footage.silent).fps == Fraction(24)
    assert all(map(np.array_equal, footage.all_pictures(made), footage.all_pictures(target)))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted([suffix, suffix, ".json"])


def test_a_change_after_signing_is_noticed(tmp_path: Path, signing: Signing) -> None:
    made, target = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    sign(made, target, signing, [])
    data = bytearray(target.read_bytes())
    data[-100] ^= 1
    target.write_bytes(data)
    assert state(target)[0] == "Invalid"


@pytest.mark.parametrize(
    ("makers", "source"),
    [
        (("seedance2ai", "ark"), "trainedAlgorithmicMedia"),
        (("seedance2ai", "footage"), "compositeWithTrainedAlgorithmicMedia"),
        (("adopted",), "trainedAlgorithmicMedia"),
        (("footage", "card"), "composite"),
        (("animatic", "card"), "algorithmicMedia"),
    ],
)
def test_it_is_claimed_who_made_the_pictures(makers: tuple[str, ...], source: str) -> None:
    (assertion,) = manifest(told(*makers), ".mp4", ["seedance2ai", "ark"])["assertions"]
    assert assertion["data"]["actions"][0]["digitalSourceType"] == CLAIMED + source


def test_another_film_than_was_cut_is_not_signed(tmp_path: Path, signing: Signing) -> None:
    made = film(tmp_path / "film.mp4")
    made.write_bytes(made.read_bytes() + b"\0")
    with pytest.raises(Refused) as refused:
        sign(made, tmp_path / "signed.mp4", signing, [])
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (3, "not-rendered")


@pytest.mark.parametrize("spoilt", ["certificates", "key", "algorithm"])
def test_what_is_no_signature_is_told(spoilt: str, tmp_path: Path, signing: Signing) -> None:
    made = film(tmp_path / "film.mp4")
    (tmp_path / "bad.pem").write_text("no certificate", encoding="utf-8")
    given = {"certificates": signing.certificates, "key": signing.key, "algorithm": "es256"}
    given[spoilt] = "ed25519" if spoilt == "algorithm" else tmp_path / ("bad.pem" if spoilt == "key" else "missing.pem")
    with pytest.raises(Refused) as refused:
        sign(made, tmp_path / "signed.mp4", Signing(**given), [])  # type: ignore[arg-type]  # two kinds in one mapping
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (2, "cannot-sign")
    assert not (tmp_path / "signed.mp4").exists()
