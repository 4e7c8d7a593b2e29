"""How the films of each codec are coded, in FFmpeg's words. Pure, and light to import.

Laws.
- H.264 is for people to watch: an MP4, 8 bits, 4:2:0, AAC.
- A master is for editors: a QuickTime movie, 10 bits, 4:2:2, sound as PCM of 24 bits; each picture is coded by itself,
  so that it is found at once and pieces are joined as they are. `prores` is ProRes 422 HQ, `dnxhr` is DNxHR HQX.
- Every master has a track of timecode: editors conform by it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from storyboard.delivery import Codec

PLAIN, DEEP = "yuv420p", "yuv422p10le"
"""FFmpeg's names for how pictures are stored: 8 bits and 4:2:0, 10 bits and 4:2:2."""


class Coding(Struct, frozen=True):
    """FFmpeg's names of the encoders of pictures and sound, of how pictures are stored, and of the container;
    `options` are the picture encoder's own, `muxer` the container's.
    """

    encoder: str
    pixels: str
    container: str
    sound: str
    options: Mapping[str, str] = field(default_factory=dict)
    muxer: Mapping[str, str] = field(default_factory=dict)

    @property
    def master(self) -> bool:
        """Whether it is for editors."""
        return self.pixels == DEEP


H264 = Coding("libx264", PLAIN, "mp4", "aac", muxer={"movflags": "+faststart"})
ALIKE = {"flags": "+bitexact", "field_order": "progressive"}
PRORES = Coding("prores_ks", DEEP, "mov", "pcm_s24le", {"profile": "hq", "vendor": "apl0", **ALIKE})
DNXHR = Coding("dnxhd", DEEP, "mov", "pcm_s24le", {"profile": "dnxhr_hqx", **ALIKE})
CODINGS: Mapping[Codec, Coding] = {"h264": H264, "prores": PRORES, "dnxhr": DNXHR}
