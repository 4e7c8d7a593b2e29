"""Content Credentials (C2PA): a signed copy of a cut film that says what made it, by the library c2pa-python.

Laws.
- The film itself stays as it is: a signature has a date, and would change its bytes from cut to cut.
- Only what `film.json` tells of that very film is claimed. Prompts are not in it; they stay with the production.
- Nothing is fetched and nobody is asked: the signature has no time stamp of an authority.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import ADOPTED
from storyboard.finishing import sidecars
from storyboard.version import VERSION

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's words for how a picture came about."""
FORMATS = {".mp4": "video/mp4", ".mov": "video/quicktime"}


class Signing(Struct, frozen=True):
    """Whose signature it is: the chain of certificates, its own first, and the key, both PEM files; `algorithm` is that
    of the key, as C2PA calls it.
    """

    certificates: Path
    key: Path
    algorithm: str = "es256"


def sign(film: Path, target: Path, signing: Signing, trained: Collection[str]) -> None:
    """Write a signed copy of a cut film to `target`. `trained` are the providers whose pictures a model makes.

    Raises Refused: 2 `needs-extra` and `cannot-sign`, 3 `not-rendered` where there is no such film, 14.
    """
    try:
        import c2pa
    except ImportError:
        hint = "pip install 'storyboard-render[c2pa]'"
        raise Refused([Diagnostic("needs-extra", "signing needs c2pa-python", hint=hint)], 2) from None
    claimed = manifest(_told(film), film.suffix, trained)
    part = target.with_name(f".{target.stem}.part{film.suffix}")
    try:
        texts = (signing.certificates.read_bytes(), signing.key.read_bytes())
        with (
            c2pa.Signer.from_info(c2pa.C2paSignerInfo(signing.algorithm, *texts, None)) as signer,
            c2pa.Builder(claimed) as builder,
        ):
            builder.sign_file(film, part, signer)
        part.replace(target)
    except c2pa.C2paError as error:
        hint = (
            "C2PA takes a certificate that an authority has issued for signing, its chain, and the key of --algorithm"
        )
        raise Refused([Diagnostic("cannot-sign", f"{film.name} cannot be signed: {error}", hint=hint)], 2) from error
    except OSError as error:
        named = Path(error.filename or target)
        raise Refused([Diagnostic("cannot-sign", f"{named} cannot be used: {error.strerror}")], 2) from error
    finally:
        part.unlink(missing_ok=True)


def _told(film: Path) -> Mapping[str, Any]:
    """What `film.json` says of that film. Raises Refused (3) where the film is another one, or not there."""
    try:
        told: dict[str, Any] = json.loads(sidecars.provenance(film).read_text(encoding="utf-8"))
        with film.open("rb") as file:
            same = told["film"]["sha256"] == hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        same, told = False, {}
    if not same:
        message = f"{film.name} is not there as it was cut"
        raise Refused([Diagnostic("not-rendered", message, hint="storyboard cut makes it again")], 3)
    return told


def manifest(told: Mapping[str, Any], suffix: str, trained: Collection[str]) -> dict[str, Any]:
    """What is claimed of the film that `told`, the data of its `film.json`, is about."""
    makers = Counter(shot["made"]["provider"] for shot in told["shots"] if shot["made"] is not None)
    agent = {"name": "storyboard", "version": VERSION}
    counts = ", ".join(f"{count} by {name}" for name, count in sorted(makers.items()))
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCES + _source(set(makers), {*trained, ADOPTED}),
        "softwareAgent": agent,
        "description": f"a film of {len(told['shots'])} shots: {counts}",
    }
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}}
    return {
        "claim_generator_info": [agent],
        "title": told["title"],
        "format": FORMATS[suffix],
        "assertions": [actions],
    }


def _source(makers: Collection[str], trained: Collection[str]) -> str:
    """IPTC's word for a film of these makers. A clip that somebody has brought in is taken for a model's."""
    by_model = set(makers) & set(trained)
    if by_model:
        return "trainedAlgorithmicMedia" if by_model == set(makers) else "compositeWithTrainedAlgorithmicMedia"
    return "composite" if "footage" in makers else "algorithmicMedia"
