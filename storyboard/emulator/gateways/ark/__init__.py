"""Ark, emulated."""

from storyboard.emulator.gateways.ark.gateway import GATEWAY

__all__ = ["GATEWAY"]
