"""A quiet bed under a shot: the weather and things that its words name, and a murmur where somebody speaks.

It tells an editor where sound will be; it does not pretend to be it. Mono, about -32 dBFS, silent at both ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from storyboard.media.animatic.captions import line_times
from storyboard.media.animatic.reading import Reading, number, read
from storyboard.media.animatic.spec import Says, Spec

Wave = NDArray[np.float32]
LOUDNESS = 10 ** (-32 / 20)
"""Root mean square of the bed, before speech."""
FADE_S = 0.08


def bed(spec: Spec, rate: int) -> Wave:
    """The sound of the whole clip: float32, [samples], -1 to 1, `rate` samples a second, as long as the picture."""
    samples = round(spec.frames * rate / spec.rate)
    generator = np.random.default_rng(spec.seed ^ 0x50)
    reading = read(spec)
    heard = f"{spec.sounds or ''} {reading.weather or ''} {reading.text if not spec.sounds else ''}".lower()
    layers = [voice(samples, rate, generator) for pattern, voice in VOICES if re.search(pattern, heard)]
    layers.append(0.35 * _tone_of(reading)(samples, rate, generator))
    mixed = np.zeros(samples)
    for layer in layers:
        mixed += layer
    mixed *= LOUDNESS / max(1e-9, float(np.sqrt(np.mean(mixed**2))))
    for line, at in line_times(spec):
        _speak(mixed, line, round(at / spec.rate * rate), rate)
    ramp = min(samples // 2, round(FADE_S * rate))
    if ramp:
        curve = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, ramp))
        mixed[:ramp] *= curve
        mixed[-ramp:] *= curve[::-1]
    return np.asarray(np.clip(mixed, -0.5, 0.5), np.float32)


def _noise(
    samples: int, rate: int, generator: np.random.Generator, shape: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Wave:
    """Noise whose spectrum is `shape` of the frequencies in Hz; root mean square 1."""
    spectrum = np.fft.rfft(generator.standard_normal(samples))
    shaped = np.fft.irfft(spectrum * shape(np.asarray(np.fft.rfftfreq(samples, 1 / rate), np.float64)), samples)
    return np.asarray(shaped / max(1e-9, float(np.sqrt(np.mean(shaped**2)))), np.float32)


def _slow(samples: int, rate: int, period_s: float, generator: np.random.Generator) -> Wave:
    """A slow swell between 0.3 and 1."""
    t = np.arange(samples) / rate
    a, b = generator.uniform(0, 2 * np.pi, 2)
    swell = 0.65 + 0.22 * np.sin(2 * np.pi * t / period_s + a) + 0.13 * np.sin(2 * np.pi * t / (period_s * 0.37) + b)
    return np.asarray(swell, np.float32)


def _band(low: float, high: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A band with gentle sides."""
    return lambda f: 1 / (1 + (low / np.maximum(f, 1)) ** 4) / (1 + (f / high) ** 3)


def _room(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _noise(samples, rate, generator, _band(40, 260))


def _open_air(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _noise(samples, rate, generator, _band(90, 900)) * _slow(samples, rate, 5.0, generator)


def _wind(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _noise(samples, rate, generator, _band(160, 620)) * _slow(samples, rate, 3.4, generator) ** 2


def _rain(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return 0.8 * _noise(samples, rate, generator, _band(1400, 7500))


def _sea(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _noise(samples, rate, generator, _band(120, 1100)) * _slow(samples, rate, 4.2, generator) ** 3


def _engine(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return 0.9 * _noise(samples, rate, generator, _band(34, 110)) * (0.8 + 0.2 * _slow(samples, rate, 0.9, generator))


def _hum(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    t = np.arange(samples) / rate
    tones = sum(np.sin(2 * np.pi * 50 * k * t) / k**1.3 for k in (1, 2, 3, 4, 6))
    return np.asarray(0.5 * np.asarray(tones) * _slow(samples, rate, 2.7, generator), np.float32)


def _fire(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _struck(samples, rate, generator, 0.09, 0.012, 2600, 0.9) + 0.3 * _room(samples, rate, generator)


def _steps(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return _struck(samples, rate, generator, 0.56, 0.060, 170, 0.06)


def _clicks(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return 0.6 * _struck(samples, rate, generator, 0.21, 0.010, 2100, 0.7)


def _clock(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    return 0.6 * _struck(samples, rate, generator, 1.0, 0.014, 1500, 0.0)


def _horn(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    t = np.arange(samples) / rate
    swell = np.clip(np.minimum(t - 0.5, 2.6 - t) / 0.5, 0, 1)
    return np.asarray(1.6 * swell * sum(np.sin(2 * np.pi * 98 * k * t) / k for k in (1, 2, 3)), np.float32)


def _gulls(samples: int, rate: int, generator: np.random.Generator) -> Wave:
    out = np.zeros(samples, np.float32)
    long = min(samples, round(0.34 * rate))
    t = np.arange(long) / rate
    cry = np.sin(2 * np.pi * (1500 * t - 1100 * t**2)) * np.sin(np.pi * np.arange(long) / max(1, long)) ** 2
    for begin in generator.uniform(0, max(1, samples - long), 3):
        out[int(begin) : int(begin) + long] += np.asarray(0.7 * cry, np.float32)
    return out


def _struck(
    samples: int, rate: int, generator: np.random.Generator, every_s: float, decay_s: float, hz: float, loose: float
) -> Wave:
    """Short strokes at a beat; `loose` scatters them around it."""
    out = np.zeros(samples, np.float32)
    long = min(samples, round(decay_s * 6 * rate))
    t = np.arange(long) / rate
    attack = np.minimum(1, t / 0.002)
    for beat in np.arange(0.25, samples / rate, every_s):
        begin = round((beat + loose * every_s * float(generator.uniform(-0.5, 0.5))) * rate)
        if 0 <= begin < samples - long:
            body = np.sin(2 * np.pi * hz * t) + 0.5 * generator.standard_normal(long)
            out[begin : begin + long] += np.asarray(
                2.2 * attack * np.exp(-t / decay_s) * body * generator.uniform(0.6, 1), np.float32
            )
    return out


VOICES: tuple[tuple[str, Callable[[int, int, np.random.Generator], Wave]], ...] = (
    (r"\bwind|breeze|gust|storm|风", _wind),
    (r"\brain|drizzl|downpour|雨", _rain),
    (r"\bsea\b|ocean|waves|water|ferry|harbou?r|海|浪", _sea),
    (r"\bengine|traffic|motor|machine|mechanical|generator|taxi|\bcar\b|\btruck|引擎", _engine),
    (r"\bhum|electric|fluorescent|buzz|底噪|嗡", _hum),
    (r"\bfire\b|crackl|candle|火", _fire),
    (r"footstep|\bsteps\b|walk|脚步", _steps),
    (r"keyboard|typing|mouse|click|键盘|鼠标", _clicks),
    (r"\bclock|tick|timer|钟", _clock),
    (r"\bhorn\b|siren|foghorn|汽笛", _horn),
    (r"\bgulls?\b|seagull|海鸥", _gulls),
)
"""Words and what is heard for them."""


def _tone_of(reading: Reading) -> Callable[[int, int, np.random.Generator], Wave]:
    return _room if reading.inside else _open_air


def _speak(into: NDArray[np.float64], line: Says, begin: int, rate: int) -> None:
    """A wordless voice: a pitch of the speaker's own, as many syllables as the line has."""
    pitch = 105 + number(*line.who) % 110
    count = max(2, round(len(line.says) / (2.9 if line.says.isascii() else 1.2)))
    level = 0.048 if line.offscreen else 0.075
    generator = np.random.default_rng(number(line.says, *line.who))
    at = float(begin)
    for k in range(count):
        long = round(rate * float(generator.uniform(0.10, 0.19)))
        first, last = int(at), min(len(into), int(at) + long)
        if last - first < 8:
            return
        t = np.arange(last - first) / rate
        hz = pitch * (1.08 - 0.16 * k / count) * float(generator.uniform(0.94, 1.06))
        vowel = sum(np.sin(2 * np.pi * hz * n * t) / n ** float(generator.uniform(1.1, 2.0)) for n in range(1, 7))
        into[first:last] += level * vowel * np.sin(np.pi * np.arange(last - first) / (last - first)) ** 1.5
        at += long * float(generator.uniform(0.92, 1.25))
