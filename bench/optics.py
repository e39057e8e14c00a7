"""Lens, hand, sensor and JPEG: what happens to light on its way into a frame."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Luma

    Light = NDArray[np.float32]
    """Brightness by pixel: 0 black, 1 the sensor's white."""


def spread(defocus_px: float, motion_px: float, rng: np.random.Generator) -> Light:
    """Give where the light of one point goes: a disk, drawn along the way of the hand."""
    angle = rng.uniform(0, math.pi)
    radius, ring = np.sqrt(np.linspace(0, 1, 9)), np.linspace(0, 2 * math.pi, 24, endpoint=False)
    way = np.linspace(-motion_px / 2, motion_px / 2, max(2, round(motion_px * 3)))
    r, a, s = np.meshgrid(defocus_px * radius, ring, way)
    x, y = r * np.cos(a) + s * np.cos(angle), r * np.sin(a) + s * np.sin(angle)
    reach = math.ceil(defocus_px + motion_px / 2) + 1
    edges = np.arange(-reach - 0.5, reach + 1)
    # A point falls on the four pixels around it, as on a sensor without gaps.
    total = sum(
        np.histogram2d((y + dy).ravel(), (x + dx).ravel(), (edges, edges))[0]
        for dx in (-0.25, 0.25)
        for dy in (-0.25, 0.25)
    )
    return np.asarray(total / np.sum(total), np.float32)


def blurred(light: Light, point: Light) -> Light:
    """Spread the light of every point like that of one."""
    reach = point.shape[0] // 2
    wide = np.pad(light, reach, mode="edge")
    field = np.fft.irfft2(np.fft.rfft2(wide) * np.fft.rfft2(point, wide.shape), wide.shape)
    return field[2 * reach :, 2 * reach :].astype(np.float32)


def sensed(light: Light, noise: float, rng: np.random.Generator) -> Luma:
    """Expose: what is brighter than white is white; shot noise grows with the root of the light."""
    light = light.clip(0, 1)
    sigma = noise * np.sqrt(0.15 + 0.85 * light)
    grey = 255 * light + sigma * rng.standard_normal(light.shape, np.float32)
    return np.asarray(grey.round().clip(0, 255), np.uint8)


def compressed(luma: Luma, quality: int) -> Luma:
    """Give what is left after JPEG of this quality; 0 leaves it raw."""
    if not quality:
        return luma
    file = io.BytesIO()
    Image.fromarray(luma).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
