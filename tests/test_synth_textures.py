"""The bank's textures: drawn ones are seamless and repeatable, photographs come only from what the user has."""

import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.synth.assets import packages as packages_module
from spnet.synth.assets.bank import TEXTURE_ROLES
from spnet.synth.assets.drawn import catalogue
from spnet.synth.assets.drawn.drawing import SIZE
from spnet.synth.assets.drawn.noise import bend, clouds, level, soften, specks, step
from spnet.synth.assets.drawn.pieces import Pieces, bonded, courses, herringbone, nearest_to, scattered, shuffled
from spnet.synth.assets.packages import files_of_package
from spnet.synth.assets.photographs import Photograph, photographs, table
from spnet.synth.assets.seamless import blended, evenly_lit, seam
from spnet.synth.assets.textures import textures

BY_NAME = {drawing.name: drawing for drawing in catalogue.DRAWINGS}
NOT_REPEATED = ("picture", "panorama", "foliage")

REPEATED = (  # of every module some, the quick ones
    "paint white",
    "plaster cream",
    "damask teal",
    "ceiling panels drilled",
    "planks oak",
    "parquet mosaic",
    "herringbone oak",
    "tiles hexagon white",
    "cement tiles blue",
    "marble rose",
    "linen natural",
    "tartan red",
    "rug red",
    "steel brushed",
    "corrugated zinc",
    "brick red",
    "slate dry",
    "weatherboards blue",
    "panels white",
    "pantiles red",
    "asphalt worn",
    "cobbles grey",
    "block paving red",
    "sand rippled",
)


def border(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The outermost pixels."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


class TestCatalogue:
    def test_names_are_unique(self) -> None:
        assert len(BY_NAME) == len(catalogue.DRAWINGS) > 200

    def test_every_role_but_the_models_own_has_several(self) -> None:
        roles = [drawing.role for drawing in catalogue.DRAWINGS]
        assert set(roles) == set(TEXTURE_ROLES) - {"model"}
        assert min(roles.count(role) for role in set(roles)) >= 4

    def test_metres_are_those_of_real_surfaces_and_zero_where_nothing_repeats(self) -> None:
        for drawing in catalogue.DRAWINGS:
            if drawing.role in NOT_REPEATED:
                assert drawing.metres == 0.0, drawing.name
            else:
                assert 0.1 <= drawing.metres <= 5.0, drawing.name


class TestDrawn:
    @pytest.mark.parametrize("name", REPEATED)
    def test_surface_repeats_without_a_seam_and_looks_like_matter(self, name: str) -> None:
        texture = catalogue.draw(BY_NAME[name])
        assert texture.pixels.shape == (512, 512, 4)
        assert texture.pixels.dtype == np.uint8
        assert (texture.pixels[..., 3] == 255).all()
        colours = texture.pixels[..., :3]
        assert seam(colours) < 1.15
        assert 28 <= colours.min() <= colours.max() <= 240
        assert colours.std(axis=(0, 1)).max() > 1.0
        assert texture.credit.licence == "Apache-2.0"

    @pytest.mark.parametrize("name", ["fern single", "reeds", "branch birch"])
    def test_foliage_is_cut_out_and_clear_of_the_borders(self, name: str) -> None:
        coverage = catalogue.draw(BY_NAME[name]).pixels[..., 3]
        assert border(coverage[..., None]).max() == 0
        assert 0.05 < (coverage > 127).mean() < 0.8
        foot = np.flatnonzero(coverage[-20])
        assert abs(foot.mean() - SIZE / 2) < SIZE / 8

    @pytest.mark.parametrize("name", ["panorama town clear", "panorama winter"])
    def test_panorama_closes_behind_and_has_its_sky_above(self, name: str) -> None:
        pixels = catalogue.draw(BY_NAME[name]).pixels
        assert pixels.shape == (512, 1024, 4)
        sky = pixels[: SIZE // 4, :, :3].astype(float)
        assert np.abs(sky[:, 0] - sky[:, -1]).mean() <= np.abs(np.diff(sky, axis=1)).mean(axis=(0, 2)).max()
        assert sky[..., 2].mean() > sky[..., 0].mean()

    @pytest.mark.parametrize("name", ["spines mixed", "charts", "nebula"])
    def test_picture_fills_its_square(self, name: str) -> None:
        pixels = catalogue.draw(BY_NAME[name]).pixels
        assert pixels.shape == (512, 512, 4)
        assert (pixels[..., 3] == 255).all()
        assert pixels[..., :3].std() > 15.0

    @pytest.mark.parametrize("name", ["brick red", "fern single"])
    def test_same_seed_same_bytes_whatever_was_drawn_before(self, name: str) -> None:
        first = catalogue.draw(BY_NAME[name], seed=3).pixels
        catalogue.draw(BY_NAME["snow"], seed=3)
        assert (catalogue.draw(BY_NAME[name], seed=3).pixels == first).all()
        assert (catalogue.draw(BY_NAME[name], seed=4).pixels != first).mean() > 0.05

    def test_variants_of_one_recipe_are_not_the_same_pattern_in_other_colours(self) -> None:
        oak, walnut = (
            catalogue.draw(BY_NAME[name]).pixels[..., 0].astype(float) for name in ("wood oak", "wood walnut")
        )
        assert abs(np.corrcoef(oak.ravel(), walnut.ravel())[0, 1]) < 0.2


class TestNoise:
    @settings(max_examples=15, deadline=None)
    @given(
        seed=st.integers(0, 2**32 - 1),
        low=st.floats(1.0, 20.0),
        octaves=st.floats(0.5, 4.0),
        slope=st.floats(0.0, 2.5),
        stretch=st.sampled_from([(1.0, 1.0), (1.0, 8.0), (6.0, 1.0)]),
    )
    def test_clouds_have_mean_zero_deviation_one_and_no_seam(
        self, seed: int, low: float, octaves: float, slope: float, stretch: tuple[float, float]
    ) -> None:
        field = clouds(np.random.default_rng(seed), low=low, high=low * 2**octaves, slope=slope, stretch=stretch)
        assert abs(field.mean()) < 1e-9
        assert field.std() == pytest.approx(1.0)
        for axis in (0, 1):
            steps = np.sqrt((np.diff(field, axis=axis) ** 2).mean(axis=1 - axis))
            across = np.sqrt(((field.take(0, axis) - field.take(-1, axis)) ** 2).mean())
            assert across <= 1.3 * steps.max()  # both 0 along a stretch as long as the texture

    def test_coarse_clouds_are_smooth_and_stretched_ones_longer_that_way(self) -> None:
        rng = np.random.default_rng(0)
        coarse, fine = clouds(rng, high=8.0), clouds(rng, low=64.0)
        assert np.abs(np.diff(coarse)).mean() < 0.2 * np.abs(np.diff(fine)).mean()
        long = clouds(rng, low=16.0, stretch=(1.0, 8.0))
        assert np.abs(np.diff(long, axis=1)).mean() < 0.4 * np.abs(np.diff(long, axis=0)).mean()

    @given(
        st.lists(st.floats(-10, 10), min_size=2, max_size=30),
        st.floats(-2, 2),
        st.floats(0.01, 2),
        st.booleans(),
    )
    def test_step_and_level_stay_between_0_and_1_and_never_turn_back(
        self, values: list[float], start: float, width: float, falling: bool
    ) -> None:
        field = np.sort(np.array(values))
        eased = step(field, start, start - width if falling else start + width)
        for result in (eased[::-1] if falling else eased, level(field)):
            assert ((result >= 0.0) & (result <= 1.0)).all()
            assert (np.diff(result) >= -1e-12).all()

    def test_bend_by_whole_pixels_is_a_roll_and_soften_keeps_the_mean(self) -> None:
        field = clouds(np.random.default_rng(1))
        moved = bend(field, np.full((SIZE, SIZE), 3.0), np.full((SIZE, SIZE), -5.0))
        np.testing.assert_allclose(moved, np.roll(field, (-3, 5), axis=(0, 1)), atol=1e-12)
        assert soften(field + 4.0, 6.0).mean() == pytest.approx(4.0, abs=1e-6)

    @pytest.mark.parametrize("share", [0.01, 0.1, 0.4])
    def test_specks_cover_the_share_asked_for(self, share: float) -> None:
        assert (specks(np.random.default_rng(0), share, 4.0) > 0.5).mean() == pytest.approx(share, rel=0.1)


def check_partition(pieces: Pieces) -> None:
    """Every piece is there, every pixel lies on one, and offsets average out at the centres."""
    sizes = np.bincount(pieces.number.ravel(), minlength=pieces.count)
    assert pieces.number.shape == (SIZE, SIZE)
    assert len(sizes) == pieces.count
    assert sizes.min() > 0
    assert pieces.edge.min() > -1e-9


class TestPieces:
    @pytest.mark.parametrize(
        ("make", "count"),
        [
            (lambda: bonded(8, 4), 32),
            (lambda: bonded(3, 5, (0.0, 1 / 3, 2 / 3)), 15),
            (lambda: courses([1.0, 2.0], [[0.0], [0.25, 0.5]]), 3),
            (lambda: herringbone(4, 16), 64),
            (lambda: herringbone(2, 8), 32),
            (lambda: nearest_to(scattered(np.random.default_rng(0), 8, 7, 0.3)), 56),
        ],
        ids=["half bond", "third bond", "uneven courses", "herringbone", "short herringbone", "rubble"],
    )
    def test_pieces_fill_the_texture(self, make: Callable[[], Pieces], count: int) -> None:
        pieces = make()
        check_partition(pieces)
        assert pieces.count == count

    def test_bricks_and_blocks_are_equally_large(self) -> None:
        for pieces in (bonded(8, 4), herringbone(4, 16)):
            sizes = np.bincount(pieces.number.ravel())
            assert sizes.min() == sizes.max()

    def test_blocks_of_a_herringbone_keep_their_shape_across_the_border(self) -> None:
        pieces = herringbone(4, 16)
        for shifted in (np.roll(pieces.number, 100, axis=0), np.roll(pieces.number, 100, axis=1)):
            rows, columns = np.nonzero(shifted == shifted[SIZE // 2, SIZE // 2])
            extent = sorted([np.ptp(rows) + 1, np.ptp(columns) + 1])
            assert extent == [SIZE // 16, SIZE // 4]

    @settings(max_examples=5, deadline=None)
    @given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 4), columns=st.integers(2, 4))
    def test_nearest_point_is_the_nearest_on_the_repeating_texture(self, seed: int, rows: int, columns: int) -> None:
        points = scattered(np.random.default_rng(seed), rows, columns, 0.4)
        pieces = nearest_to(points)
        for row, column in ((0, 0), (0, SIZE - 1), (SIZE - 1, 3), (200, 300)):
            apart = np.abs(points - (row, column))
            distance = np.hypot(*np.minimum(apart, SIZE - apart).T)
            assert distance[pieces.number[row, column]] == pytest.approx(distance.min())

    def test_shuffled_pieces_show_different_parts_of_the_same_field(self) -> None:
        rng = np.random.default_rng(0)
        field, pieces = np.arange(SIZE * SIZE, dtype=float).reshape(SIZE, SIZE), bonded(2, 2)
        moved = shuffled(rng, field, pieces)
        assert len({float((moved - field)[100, 100]), float((moved - field)[400, 400])}) == 2
        assert np.isin(moved, field).all()


def spotted(size: int = 128, slant: float = 0.0) -> NDArray[np.float64]:
    """(size,size,3) spots that do not join at the borders, brighter to the right by `slant`."""
    rng = np.random.default_rng(5)
    noise = soften(rng.standard_normal((SIZE, SIZE)), 3.0)[100 : 100 + size, 37 : 37 + size]
    image = 0.4 + 0.08 * noise / noise.std() + slant * (np.arange(size) / size - 0.5)
    return np.repeat(np.clip(image, 0.0, 1.0)[..., None], 3, axis=-1)


def as_bytes(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.rint(image * 255).astype(np.uint8)


class TestSeamless:
    @pytest.mark.parametrize("slant", [0.0, 0.3])
    def test_blending_joins_the_borders_and_keeps_mean_and_contrast(self, slant: float) -> None:
        image = spotted(slant=slant)
        result = blended(image)
        assert seam(as_bytes(image)) > 1.3
        assert seam(as_bytes(result)) < 1.1
        assert result.mean() == pytest.approx(image.mean(), rel=0.03)
        assert result.std() == pytest.approx(evenly_lit(image).std(), rel=0.15)

    def test_even_lighting_takes_a_gradient_away(self) -> None:
        even = evenly_lit(spotted(slant=0.3))
        left, right = even[:, :32].mean(), even[:, -32:].mean()
        assert right / left == pytest.approx(1.0, abs=0.12)

    def test_seam_of_a_ramp_is_large_and_of_a_wave_is_not(self) -> None:
        ramp = np.broadcast_to(np.arange(128, dtype=np.uint8)[:, None, None], (128, 128, 3))
        wave = as_bytes(np.broadcast_to(0.5 + 0.4 * np.sin(np.arange(128) / 64 * np.pi)[:, None, None], (128, 128, 3)))
        assert seam(ramp) > 50.0
        assert seam(wave) <= 1.0


def png(side: int = 16, value: int = 128) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), value, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def huge_png() -> bytes:
    """81 million pixels in a few kilobytes."""
    stream = io.BytesIO()
    Image.new("1", (9000, 9000)).save(stream, "PNG")
    return stream.getvalue()


def write_wheel(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def ar_member(name: str, content: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


def tar_of(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("./usr/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


def deb_of(files: dict[str, bytes]) -> bytes:
    data = lzma.compress(tar_of(files))
    return b"!<arch>\n" + ar_member("debian-binary", b"2.0\n") + ar_member("data.tar.xz", data)


class TestPackages:
    def test_files_come_out_of_a_wheel_a_deb_and_a_folder_alike(self, tmp_path: Path) -> None:
        files = {"usr/share/a.png": b"first", "usr/share/b.png": b"second"}
        for kind in ("wheel", "deb", "folder"):
            (tmp_path / kind / "usr/share").mkdir(parents=True)
        write_wheel(tmp_path / "wheel" / "some_package-1.0-py3-none-any.whl", files)
        (tmp_path / "deb" / "some-package_1.0-1_all.deb").write_bytes(deb_of(files))
        for name, content in files.items():
            (tmp_path / "folder" / name).write_bytes(content)
        for kind in ("wheel", "deb", "folder"):
            found = files_of_package("some-package", [*files, "usr/share/absent.png"], tmp_path / kind)
            assert found == files, kind

    def test_links_in_a_deb_are_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "some-package_1_all.deb").write_bytes(deb_of({"usr/a.png": b"x"}))
        assert files_of_package("some-package", ["usr/link.png"], tmp_path) == {}

    def test_installed_packages_are_found_without_being_asked_for(self) -> None:
        found = files_of_package("spnet", ["spnet/errors.py", "spnet/absent.py"])
        assert list(found) == ["spnet/errors.py"]
        assert files_of_package("surely_not_installed", ["a.png"]) == {}
        assert files_of_package("surely-not-installed", ["a.png"]) == {}

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("p-1-py3-none-any.whl", b"no zip", "damaged, or not a wheel"),
            ("p_1_all.deb", b"no archive", "expected it to start with '!<arch>'"),
            ("p_1_all.deb", b"!<arch>\n" + ar_member("debian-binary", b"2.0\n"), "holds no data.tar"),
            ("p_1_all.deb", b"!<arch>\n" + ar_member("data.tar.zst", b"x"), "compressed with zstd"),
            ("p_1_all.deb", b"!<arch>\n" + ar_member("data.tar.xz", b"x" * 99), "damaged, or not a Debian package"),
            (
                "p_1_all.deb",
                deb_of({"b": bytes(range(256)) * 99, "a.png": b"x"})[:-150],
                "damaged, or not a Debian package",
            ),
            ("p_1_all.deb", b"!<arch>\n" + b"?" * 60, "damaged, or not a Debian package"),
            ("p_1_all.deb", deb_of({"a.png": b"x" * 2000}), "has 2,000 bytes, at most 1,000 are read"),
            ("a.png", b"x" * 2000, "has 2,000 bytes, at most 1,000 are read"),
        ],
        ids=["wheel", "no ar", "no data", "zstd", "no xz", "cut off", "no header", "large in deb", "large in folder"],
    )
    def test_damaged_and_large_packages_are_named_in_one_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, message: str
    ) -> None:
        monkeypatch.setattr(packages_module, "MAX_FILE_BYTES", 1000)
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SpnetError, match=message) as caught:
            files_of_package("p", ["a.png"], tmp_path)
        assert "\n" not in str(caught.value)

    def test_a_deb_that_unpacks_to_too_much_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(packages_module, "_MAX_DEB_BYTES", 5000)
        (tmp_path / "p_1_all.deb").write_bytes(deb_of({"b": b"\0" * 4000, "c": b"\0" * 4000}))
        with pytest.raises(SpnetError, match="unpacks to more than"):
            files_of_package("p", ["a.png"], tmp_path)

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(SpnetError, match="no such folder"):
            files_of_package("p", ["a.png"], tmp_path / "absent")


def photograph(name: str = "photo", path: str = "p/a.png", seam: str = "kept", exposure: float = 1.0) -> Photograph:
    return Photograph(name, "wall", 1.0, False, seam, exposure, "p", path, "someone", "CC0-1.0")


class TestPhotographs:
    def test_the_table_holds_free_licences_known_roles_and_no_name_twice(self) -> None:
        rows = table()
        assert len({row.name for row in rows} | set(BY_NAME)) == len(rows) + len(BY_NAME)
        assert {row.licence for row in rows} <= {"Apache-2.0", "MIT", "CC-BY-3.0", "CC0-1.0"}
        assert {row.role for row in rows} <= set(TEXTURE_ROLES) - {"model", *NOT_REPEATED}
        assert {row.seam for row in rows} <= {"kept", "blended"}
        for row in rows:
            assert 0.1 <= row.metres <= 5.0, row.name
            assert 1.0 <= row.exposure <= 2.0, row.name
            assert not Path(row.path).is_absolute(), row.name
            assert row.author, row.name

    def test_what_is_there_is_used_and_what_is_not_is_told(self, tmp_path: Path) -> None:
        write_wheel(tmp_path / "p-1-py3-none-any.whl", {"p/a.png": png(value=128)})
        other = Photograph("other", "wall", 1.0, False, "kept", 1.0, "surely_absent", "q.png", "someone", "MIT")
        found, absent = photographs(tmp_path, [photograph(), photograph("lost", "p/b.png"), other])
        assert [texture.name for texture in found] == ["photo"]
        assert found[0].pixels.shape == (512, 512, 4)
        assert (found[0].pixels == (128, 128, 128, 255)).all()
        assert found[0].credit.source == "p: p/a.png"
        assert absent == [
            "p: has no p/b.png, left out",
            "surely_absent: not found, its 1 photographs are left out",
        ]

    @pytest.mark.parametrize(
        ("exposure", "value", "expected"), [(1.0, 100, 100), (2.0, 100, 137), (1.0, 0, 28), (1.0, 255, 240)]
    )
    def test_exposure_is_linear_and_nothing_is_pure_black_or_white(
        self, tmp_path: Path, exposure: float, value: int, expected: int
    ) -> None:
        write_wheel(tmp_path / "p-1-py3-none-any.whl", {"p/a.png": png(value=value)})
        found, _ = photographs(tmp_path, [photograph(exposure=exposure)])
        assert abs(int(found[0].pixels[0, 0, 0]) - expected) <= 1

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"no picture", "p: p/a.png: damaged, or not a JPEG or PNG image"),
            (png()[:60], "p: p/a.png: damaged, or not a JPEG or PNG image"),
            (huge_png(), "p: p/a.png: is 9000x9000, more than the 67,108,864 pixels that are read"),
        ],
        ids=["text", "cut off", "huge"],
    )
    def test_a_damaged_or_huge_picture_is_named(self, tmp_path: Path, content: bytes, message: str) -> None:
        write_wheel(tmp_path / "p-1-py3-none-any.whl", {"p/a.png": content})
        with pytest.raises(SpnetError, match=message):
            photographs(tmp_path, [photograph()])


class TestTextures:
    def test_drawn_ones_come_first_and_both_callbacks_are_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalogue, "DRAWINGS", (BY_NAME["snow"], BY_NAME["charts"]))
        done: list[tuple[int, int]] = []
        missing: list[str] = []
        found = textures(tmp_path, progress=lambda *each: done.append(each), left_out=missing.append)
        assert [texture.name for texture in found[:2]] == ["snow", "charts"]
        assert done == [(1, 2), (2, 2)]
        present = {texture.credit.source.partition(":")[0] for texture in found[2:]}
        assert {line.partition(":")[0] for line in missing} == {row.package for row in table()} - present
