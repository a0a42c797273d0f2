import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from spnet.errors import SpnetError
from spnet.synth.assets import bankfile
from spnet.synth.assets.archive import opened_archive
from spnet.synth.assets.attribution import attribution
from spnet.synth.assets.bank import LICENCES, MODEL_ROLES, Bank, Credit, Texture
from spnet.synth.assets.furniture import build
from spnet.synth.assets.mtl import Finish, parse_mtl
from spnet.synth.assets.obj import parse_obj
from spnet.synth.assets.packing import packed, unpacked
from spnet.synth.assets.polygons import triangulate
from spnet.synth.assets.records import record_from, value_from
from spnet.synth.assets.roles import role_of, shown_name
from spnet.synth.assets.sh3f import MAX_LIBRARY_BYTES, Entry, licence_stated, read_catalogue
from spnet.synth.assets.simplify import simplified
from spnet.synth.assets.supports import find_supports
from spnet.synth.assets.surfaces import Surface, areas
from spnet.synth.scene import VERTEX, Material, Mesh

DEBIAN = Path("/usr/share/sweethome3d/furniture")
CC0 = "see http://creativecommons.org/publicdomain/zero/1.0/"
CC_BY = "see http://creativecommons.org/licenses/by/3.0/"
CC_BY_SA = "see http://creativecommons.org/licenses/by-sa/3.0/"

CUBE = """mtllib cube.mtl
v 0 0 0\nv 2 0 0\nv 2 2 0\nv 0 2 0\nv 0 0 2\nv 2 0 2\nv 2 2 2\nv 0 2 2
vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1
usemtl paint
f 4/1 3/2 2/3 1/4\nf 5/1 6/2 7/3 8/4\nf 1/1 2/2 6/3 5/4\nf 3/1 4/2 8/3 7/4\nf 1/1 5/2 8/3 4/4
usemtl glass
f 2/1 3/2 7/3 6/4
"""
CUBE_MTL = "newmtl paint\nKd 1 1 1\nmap_Kd wood.png\nnewmtl glass\nKd 0.5 0.5 0.5\nKs 1 1 1\nNs 1000\nd 0.3\n"
ENTRY = {"id": "x#cube", "name": "Table", "category": "Living room", "model": "/lib/cube/cube.obj", "creator": "Ann"}
SIZE = {"width": "100", "depth": "50", "height": "75"}


def picture(colour: tuple[int, ...] = (200, 100, 50), size: tuple[int, int] = (20, 12)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def catalogue(*entries: dict[str, str]) -> str:
    lines = ["id=lib", "name=Lib", "version=1.8", "license=Some licence \xa9 1999 The Holders"]
    for number, entry in enumerate(entries, 1):
        lines += [f"{key}#{number}={value}" for key, value in entry.items()]
    return "\n".join(lines)


def library(folder: Path, *entries: dict[str, str], **members: str | bytes) -> Path:
    """A small .sh3f with the cube in it; `members` replace or add some, None takes one away."""
    content: dict[str, str | bytes | None] = {
        "PluginFurnitureCatalog.properties": catalogue(*(entries or (ENTRY | SIZE,))),
        "LICENSE.TXT": CC_BY,
        "lib/cube/cube.obj": CUBE,
        "lib/cube/cube.mtl": CUBE_MTL,
        "lib/cube/wood.png": picture(),
    }
    content |= members
    path = folder / "tiny.sh3f"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data.encode("latin-1") if isinstance(data, str) else data)
    return path


def built(folder: Path, *entries: dict[str, str], **members: str | bytes) -> tuple[Bank, list[str]]:
    library(folder, *entries, **members)
    return build(folder, [])


def test_a_library_becomes_models_with_metric_size_and_credit(tmp_path: Path) -> None:
    bank, left_out = built(tmp_path)
    (model,) = bank.models
    assert left_out == []
    assert (model.name, model.role, model.size, model.elevation) == ("Table", "table", (1.0, 0.75, 0.5), 0.0)
    assert model.credit == Credit("Ann (© 1999 The Holders)", "CC-BY-3.0", "tiny.sh3f 1.8, cube")
    points = bank.vertices["position"]
    np.testing.assert_allclose(points.min(axis=0), (-0.5, 0, -0.25), atol=1e-6)
    np.testing.assert_allclose(points.max(axis=0), (0.5, 0.75, 0.25), atol=1e-6)
    assert (model.first, model.count, len(bank.triangles)) == (0, 12, 12)
    assert bank.models_of("bed", "table") == [0]
    assert bank.models_of("bed") == []


def test_materials_are_linear_and_glass_is_kept(tmp_path: Path) -> None:
    bank, _ = built(tmp_path)
    paint, glass = bank.models[0].materials
    assert paint.texture == 0
    assert paint.colour == (1.0, 1.0, 1.0)
    assert glass.colour == pytest.approx((0.214, 0.214, 0.214), abs=1e-3)  # sRGB 0.5
    assert glass.opacity == 0.3
    assert glass.gloss > 0.5 > paint.gloss
    assert set(bank.vertices["material"]) == {0, 1}


def test_normals_of_a_cube_point_straight_out(tmp_path: Path) -> None:
    bank, _ = built(tmp_path)
    corners = bank.vertices[bank.triangles]
    flat = np.cross(*(np.diff(corners["position"], axis=1).transpose(1, 0, 2)))
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    np.testing.assert_allclose(corners["normal"], np.repeat(flat[:, np.newaxis], 3, axis=1), atol=1e-6)
    outwards = (flat * (corners["position"].mean(axis=1) - (0, 0.375, 0))).sum(axis=1)
    assert (outwards > 0.2).all()


def test_texture_coordinates_go_down(tmp_path: Path) -> None:
    """On the side z = 2 of the file, uv (0,0) belongs to its lower left corner, which is (0,1) here."""
    bank, _ = built(tmp_path)
    front = bank.vertices[np.isclose(bank.vertices["normal"][:, 2], 1)]
    at = {tuple(np.sign(vertex["position"][:2] - (0, 0.375))): tuple(vertex["uv"]) for vertex in front}
    assert at == {(-1, -1): (0, 1), (1, -1): (1, 1), (1, 1): (1, 0), (-1, 1): (0, 0)}


def test_pictures_become_square_textures_once(tmp_path: Path) -> None:
    twice = [ENTRY | SIZE, ENTRY | SIZE | {"id": "x#again"}]
    bank, _ = built(tmp_path, *twice)
    (texture,) = bank.textures
    assert (texture.role, texture.pixels.shape) == ("model", (32, 32, 4))
    np.testing.assert_allclose(texture.pixels[16, 16], (200, 100, 50, 255), atol=2)
    assert [model.first for model in bank.models] == [0, 12]
    assert bank.triangles[12:].min() == bank.triangles[:12].max() + 1


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("wood.png", True),
        ("C:\\My Pictures\\wood.png", True),
        ("-bm 0.3 wood.png", True),
        ("a/", False),
        ("none.png", False),
    ],
)
def test_pictures_are_found_beside_the_model(tmp_path: Path, written: str, found: bool) -> None:
    bank, _ = built(tmp_path, **{"lib/cube/cube.mtl": f"newmtl paint\nmap_Kd {written}\n"})
    assert len(bank.textures) == found


@pytest.mark.parametrize(("mask", "coverage"), [("wood.png", 1.0), ("mask.png", 0.5)])
def test_a_mask_cuts_out(tmp_path: Path, mask: str, coverage: float) -> None:
    halves = np.zeros((32, 32, 3), np.uint8)
    halves[16:] = 255
    stream = io.BytesIO()
    Image.fromarray(halves).save(stream, "PNG")
    finish = f"newmtl paint\nmap_Kd wood.png\nmap_d {mask}\n"
    bank, _ = built(tmp_path, **{"lib/cube/cube.mtl": finish, "lib/cube/mask.png": stream.getvalue()})
    assert (bank.textures[0].pixels[..., 3] >= 128).mean() == pytest.approx(coverage, abs=0.05)


def test_evenly_translucent_pictures_are_glass_and_cut_outs_keep_their_coverage(tmp_path: Path) -> None:
    bank, _ = built(tmp_path, **{"lib/cube/wood.png": picture((0, 0, 200, 64))})
    assert bank.models[0].materials[0].opacity == pytest.approx(0.25, abs=0.01)
    assert (bank.textures[0].pixels[..., 3] == 255).all()
    rng = np.random.default_rng(0)
    leaves = np.zeros((700, 700, 4), np.uint8)
    leaves[..., :3], leaves[..., 3] = (30, 120, 40), 255 * (rng.random((700, 700)) < 0.4)
    stream = io.BytesIO()
    Image.fromarray(leaves).save(stream, "PNG")
    bank, _ = built(tmp_path, **{"lib/cube/wood.png": stream.getvalue()})
    pixels = bank.textures[0].pixels
    assert pixels.shape == (256, 256, 4)
    assert (pixels[..., 3] >= 128).mean() == pytest.approx(0.4, abs=0.03)
    np.testing.assert_allclose(pixels[..., :3].reshape(-1, 3).mean(axis=0), (30, 120, 40), atol=4)


@pytest.mark.parametrize(
    ("beside", "whole", "licence"),
    [
        (None, CC_BY, "CC-BY-3.0"),
        (CC0, CC_BY, "CC0-1.0"),
        (None, "Creative Commons Zero (Public Domain)", "CC0-1.0"),
        (None, CC_BY + "us/", "CC-BY-3.0-US"),
        (None, "all rights reserved", None),
        (None, CC_BY_SA, None),
        ("free for everyone", CC0, None),
        (CC0 + "\n" + CC_BY, CC0, None),
    ],
)
def test_a_model_needs_one_known_licence(tmp_path: Path, beside: str | None, whole: str, licence: str | None) -> None:
    members = {"LICENSE.TXT": whole} | ({"lib/cube/BLEND_LICENSE.txt": beside} if beside else {})
    bank, left_out = built(tmp_path, **members)
    assert [model.credit.licence for model in bank.models] == ([licence] if licence else [])
    if licence is None:
        assert left_out == ["tiny.sh3f: cube: states no licence that is known, or several"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": "nan"}, "width nan m, expected 0.0001 to 60"),
        ({"width": "-3"}, "width -0.03 m"),
        ({"height": "1e9"}, "height 1e"),
        ({"depth": "wide"}, "could not convert string to float"),
        ({"elevation": "inf"}, "elevation inf m"),
        ({"modelRotation": "1 0 0"}, "expected nine numbers"),
        ({"modelRotation": "2 0 0 0 1 0 0 0 1"}, "is no rotation"),
        ({"modelRotation": "nan 0 0 0 1 0 0 0 1"}, "expected nine numbers"),
        ({"model": "/../../etc/passwd"}, "'../../etc/passwd' is missing in the archive"),
        ({"model": "/lib/other.obj"}, "'lib/other.obj' is missing in the archive"),
    ],
)
def test_one_bad_entry_leaves_the_others(tmp_path: Path, change: dict[str, str], message: str) -> None:
    bank, left_out = built(tmp_path, ENTRY | SIZE | {"id": "x#bad"} | change, ENTRY | SIZE)
    assert len(bank.models) == 1
    assert len(left_out) == 1
    assert message in left_out[0]
    assert "bad" in left_out[0]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"lib/cube/cube.obj": "v 0 0 0\nv 1 0 0\nv 0 1 nan\nf 1 2 3"}, "not finite"),
        ({"lib/cube/cube.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9"}, "a vertex that does not exist"),
        ({"lib/cube/cube.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -9"}, "index -9"),
        ({"lib/cube/cube.obj": "v 0 0 0\nv 1 0\nv 0 1 0\nf 1 2 3"}, "too few numbers"),
        ({"lib/cube/cube.obj": "v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3"}, "is a line or a point"),
        ({"lib/cube/cube.obj": "\x00\xff binary"}, "holds no faces"),
        ({"lib/cube/cube.mtl": "newmtl paint\nKd 1 nan 1"}, "'nan', expected a number"),
        ({"lib/cube/cube.mtl": "newmtl paint\nd 0\nnewmtl glass\nd 0"}, "all of it is transparent"),
        ({"lib/cube/wood.png": b"no picture"}, "damaged, or not a PNG or JPEG"),
        ({"lib/cube/wood.png": picture()[:60]}, "damaged, or not a PNG or JPEG"),
    ],
)
def test_damaged_models_are_left_out_with_a_reason(tmp_path: Path, members: dict[str, str], message: str) -> None:
    bank, left_out = built(tmp_path, **members)
    assert bank.models == ()
    assert message in left_out[0]
    assert "\n" not in left_out[0]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"PluginFurnitureCatalog.properties": None}, "'PluginFurnitureCatalog.properties' is missing"),
        ({"PluginFurnitureCatalog.properties": "#" * (2**22 + 1)}, "at most 4,194,304 are read"),
        ({"PluginFurnitureCatalog.properties": "\n".join(f"id#{i}=x" for i in range(5001))}, "at most 5,000"),
    ],
)
def test_a_library_without_a_sane_catalogue_is_refused(tmp_path: Path, members: dict[str, str], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        built(tmp_path, **members)


def test_an_empty_folder_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(SpnetError, match="install the package sweethome3d-furniture"):
        build(tmp_path, [])


def test_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sh3f").write_bytes(b"PK\x03\x04 but no more")
    with pytest.raises(SpnetError, match="damaged, or not a furniture library"):
        build(tmp_path, [])


# Wavefront files


@pytest.mark.parametrize(
    ("faces", "triangles"),
    [
        ("f 1 2 3", [(0, 1, 2)]),
        ("f -4 -3 -2", [(0, 1, 2)]),
        ("f 1//7 2//7 3//7", [(0, 1, 2)]),
        ("f 1 2 3 4", [(0, 1, 2), (0, 2, 3)]),
        ("f 1 2\nl 1 2\nf 1 2 3", [(0, 1, 2)]),
    ],
)
def test_faces(faces: str, triangles: list[tuple[int, ...]]) -> None:
    wavefront = parse_obj("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n" + faces)
    assert wavefront.corners.tolist() == [list(triangle) for triangle in triangles]
    assert (wavefront.corner_uv == len(wavefront.uv) - 1).all()
    assert wavefront.names == ("",)


@given(st.integers(3, 9), st.integers(0, 2**32 - 1))
def test_polygons_keep_their_area(corners: int, seed: int) -> None:
    """Star-shaped polygons, concave ones among them, lie in one plane: their triangles cover each point once."""
    rng = np.random.default_rng(seed)
    angles = (np.arange(corners) + rng.uniform(0.1, 0.9, corners)) * 2 * np.pi / corners
    flat = rng.uniform(0.3, 1, corners)[:, np.newaxis] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    following = np.roll(flat, -1, axis=0)
    area = (flat[:, 0] * following[:, 1] - flat[:, 1] * following[:, 0]).sum() / 2
    points = flat @ turn[:2]
    places, owner = triangulate(points, np.arange(corners), np.array([corners]))
    cut = points[places]
    assert len(places) == corners - 2
    assert set(owner) == {0}
    sizes = np.linalg.norm(np.cross(cut[:, 1] - cut[:, 0], cut[:, 2] - cut[:, 0]), axis=1) / 2
    assert sizes.sum() == pytest.approx(area, rel=1e-6)


def test_nonsense_texture_coordinates_do_not_matter() -> None:
    wavefront = parse_obj("v 0 0 0\nv 1 0 0\nv 1 1 0\nvt nan 0\nvt 4e9 0\nvt 0.5\nf 1/1 2/2 3/3")
    assert wavefront.uv[wavefront.corner_uv[0]].tolist() == [[0, 0], [0, 0], [0.5, 0]]


def test_materials_of_an_mtl_file() -> None:
    text = "Kd 1 1 1\nnewmtl a b\nKd 0.5\nTr 0.25\nmap_Kd my wood.png\nnewmtl c\nd -halo 0.5\nillum 2\nNs -3\n"
    assert parse_mtl(text) == {
        "a b": Finish(diffuse=(0.5, 0.5, 0.5), opacity=0.75, picture="my wood.png"),
        "c": Finish(opacity=0.5),
    }


@pytest.mark.parametrize("word", ["inf", "nan", "x", "1e999"])
def test_mtl_numbers_are_finite(word: str) -> None:
    with pytest.raises(SpnetError, match="expected a number"):
        parse_mtl(f"newmtl a\nNs {word}")


# Simplification


def grid_surface(side: int, height: Callable[[np.ndarray, np.ndarray], np.ndarray], seam: bool = False) -> Surface:
    """A square of side x side cells over [0, 1]^2; with a seam of skins along its middle."""
    x, z = np.meshgrid(*2 * [np.linspace(0, 1, side + 1)], indexing="ij")
    positions = np.stack([x.ravel(), height(x, z).ravel(), z.ravel()], axis=1)
    place = np.arange((side + 1) ** 2).reshape(side + 1, side + 1)
    around = (place[:-1, :-1], place[:-1, 1:], place[1:, 1:], place[1:, :-1])
    first, second, third, fourth = (part.ravel() for part in around)
    corners = np.concatenate([np.stack([first, second, third], axis=1), np.stack([first, third, fourth], axis=1)])
    skins = corners.copy()
    if seam:
        far = positions[corners][..., 0].mean(axis=1) > 0.5
        skins[far] += (skins[far] // (side + 1) == side // 2) * len(positions)
        skins = np.unique(skins, return_inverse=True)[1].reshape(skins.shape)
    return Surface(positions, corners, skins)


def flat(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    return 0 * x


def test_a_flat_square_needs_few_triangles_and_keeps_its_border() -> None:
    simple = simplified(grid_surface(20, flat), 4000, 1e-3, np.random.default_rng(0))
    assert len(simple.corners) <= 8
    assert areas(simple).sum() == pytest.approx(1, abs=1e-9)


def test_a_seam_stays_where_it_is() -> None:
    simple = simplified(grid_surface(20, flat, seam=True), 4000, 1e-3, np.random.default_rng(0))
    assert len(simple.corners) <= 16
    x = simple.positions[simple.corners][..., 0]
    left = x.max(axis=1) <= 0.5
    assert (left | (x.min(axis=1) >= 0.5)).all()
    assert areas(simple)[left].sum() == pytest.approx(0.5, abs=1e-9)
    for skin in np.unique(simple.skins):
        assert len(np.unique(simple.corners[simple.skins == skin])) == 1


@given(st.integers(0, 2**32 - 1), st.integers(80, 400))
@settings(max_examples=25)
def test_a_bumpy_sheet_is_cut_to_the_limit_and_stays_near(seed: int, limit: int) -> None:
    rng = np.random.default_rng(seed)
    waves = rng.uniform(1, 5, 2)
    surface = grid_surface(16, lambda x, z: 0.02 * np.sin(waves[0] * x) * np.cos(waves[1] * z))
    simple = simplified(surface, limit, 1e-4, rng)
    assert 0 < len(simple.corners) <= limit
    points = simple.positions[np.unique(simple.corners)]
    assert {tuple(point) for point in points} <= {tuple(point) for point in surface.positions}
    shadow = simple.positions[simple.corners][..., [0, 2]]
    edges = shadow[:, 1:] - shadow[:, :1]
    area = np.abs(np.linalg.det(edges)).sum() / 2
    assert area == pytest.approx(1, abs=0.15)  # at the lowest limits the sheet loses some of its corners


def test_leaves_are_thinned_out_and_grow() -> None:
    rng = np.random.default_rng(0)
    centres = rng.uniform(-1, 1, (2000, 1, 3))
    positions = (centres + rng.normal(scale=0.03, size=(2000, 3, 3))).reshape(-1, 3)
    corners = np.arange(6000).reshape(-1, 3)
    leaves = Surface(positions, corners, corners)
    simple = simplified(leaves, 500, 1e-5, rng, leafy=True)
    assert 400 <= len(simple.corners) <= 500
    assert areas(simple).sum() == pytest.approx(areas(leaves).sum(), rel=0.2)


def test_simplification_repeats_itself() -> None:
    surface = grid_surface(16, lambda x, z: 0.1 * np.sin(5 * x * z))
    one, other = (simplified(surface, 100, 1e-3, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.corners, other.corners)


# Places to stand on


def box_mesh(*boxes: tuple[float, float, float, float, float, float]) -> Mesh:
    """Boxes given as left, bottom, back, right, top, front."""
    vertices, triangles = [], []
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    for box in boxes:
        corners = np.array([[box[3 * (i // 4)], box[1 + 3 * (i // 2 % 2)], box[2 + 3 * (i % 2)]] for i in range(8)])
        for face in faces:
            first = 4 * len(vertices)
            vertices.append(corners[list(face)])
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    records = np.zeros(4 * len(vertices), VERTEX)
    records["position"] = np.concatenate(vertices)
    return Mesh(records, np.array(triangles, np.int32))


SHELF = (
    (-0.5, 0, -0.2, -0.48, 1, 0.2),
    (0.48, 0, -0.2, 0.5, 1, 0.2),
    (-0.5, 0, -0.2, 0.5, 1, -0.18),
    *((-0.5, height, -0.2, 0.5, height + 0.02, 0.2) for height in (0.0, 0.48, 0.98)),
)
DOOR = (-0.5, 0.02, 0.2, 0.5, 0.98, 0.22)
INSIDE = pytest.approx((-0.47, 0.47, -0.17, 0.2), abs=0.03)


@pytest.mark.parametrize(
    ("boxes", "opacity", "heights"),
    [
        (SHELF, 1.0, [1.0, 0.5, 0.02]),
        ((*SHELF, DOOR), 1.0, [1.0]),
        ((*SHELF, DOOR), 0.3, [1.0, 0.5, 0.02]),
    ],
)
def test_shelves_have_places_unless_a_door_shuts_them(boxes: tuple, opacity: float, heights: list[float]) -> None:
    mesh = box_mesh(*boxes)
    mesh.vertices["material"][24 * len(SHELF) :] = 1
    supports = find_supports(mesh, "shelf", (Material(), Material(opacity=opacity)))
    assert [support.height for support in supports] == pytest.approx(heights, abs=0.003)
    assert supports[0].clearance == np.inf
    for support in supports[1:]:
        assert support.clearance == pytest.approx(0.47, abs=0.015)
        assert (support.left, support.right, support.back, support.front) == INSIDE


def test_a_round_top_holds_its_rectangle() -> None:
    angles = np.linspace(0, 2 * np.pi, 49)[:-1]
    vertices = np.zeros(49, VERTEX)
    vertices["position"][1:] = np.stack([np.cos(angles), 0 * angles, np.sin(angles)], axis=1)
    triangles = np.array([(0, 1 + (i + 1) % 48, 1 + i) for i in range(48)], np.int32)
    supports = find_supports(Mesh(vertices, triangles), "table", (Material(),))
    largest = max(supports, key=lambda place: (place.right - place.left) * (place.front - place.back))
    assert np.hypot(max(-largest.left, largest.right), max(-largest.back, largest.front)) <= 1.02
    assert (largest.right - largest.left) * (largest.front - largest.back) > 1.8  # a square in the circle has 2


@pytest.mark.parametrize(("role", "expected"), [("table", 1), ("person", 0), ("car", 0)])
def test_nothing_stands_on_people_and_cars(role: str, expected: int) -> None:
    assert len(find_supports(box_mesh((-1, 0, -1, 1, 0.5, 1)), role, (Material(),))) == expected
    slope = box_mesh((-1, 0, -1, 1, 0.5, 1))
    slope.vertices["position"][:, 1] += slope.vertices["position"][:, 0]
    assert find_supports(slope, role, (Material(),)) == ()


# The bank's file


def small_bank(folder: Path) -> Bank:
    """Two cubes, a wall and a leaf texture."""
    bank, _ = built(folder, ENTRY | SIZE, ENTRY | SIZE | {"id": "x#other", "name": "Pine", "elevation": "12"})
    rng = np.random.default_rng(0)
    wall = np.full((64, 64, 4), 255, np.uint8)
    wall[..., :3] = 120 + rng.integers(0, 9, (64, 64, 1))
    leaf = wall.copy()
    leaf[:, :32, 3] = 0
    own = Credit("Bob | Co\nLtd", "MIT", "somewhere 1.0")
    added = (Texture("plaster", "wall", wall, 1.5, False, own), Texture("leaf", "foliage", leaf, 0.0, True, own))
    return replace(bank, textures=(*bank.textures, *added))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the small bank."""
    folder = tmp_path_factory.mktemp("bank")
    bankfile.save(small_bank(folder), folder / "bank.zip")
    return folder / "bank.zip"


def test_a_bank_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    bank = small_bank(tmp_path)
    bankfile.save(bank, tmp_path / "bank.zip")
    loaded = bankfile.load(tmp_path / "bank.zip")
    assert [vars(model) for model in loaded.models] == [vars(model) for model in bank.models]
    np.testing.assert_array_equal(loaded.triangles, bank.triangles)
    assert loaded.triangles.dtype == np.int32
    assert loaded.vertices.dtype == VERTEX
    for name, tolerance in (("position", 2e-5), ("uv", 2e-5), ("normal", 1e-6), ("material", 0)):
        np.testing.assert_allclose(loaded.vertices[name], bank.vertices[name], atol=tolerance)
    for mine, other in zip(loaded.textures, bank.textures, strict=True):
        assert vars(mine) | {"pixels": 0} == vars(other) | {"pixels": 0}
        np.testing.assert_array_equal(mine.pixels[..., 3], other.pixels[..., 3])
        assert np.abs(mine.pixels.astype(int) - other.pixels).mean() < 4


def test_the_same_bank_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "other.zip"):
        bankfile.save(small_bank(tmp_path), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_an_existing_bank_is_not_replaced_unless_asked(tmp_path: Path) -> None:
    bank = small_bank(tmp_path)
    (tmp_path / "bank.zip").write_text("mine")
    with pytest.raises(SpnetError, match="exists already"):
        bankfile.save(bank, tmp_path / "bank.zip")
    bankfile.save(bank, tmp_path / "bank.zip", overwrite=True)
    assert len(bankfile.load(tmp_path / "bank.zip").models) == 2


def test_an_empty_bank_is_a_bank(tmp_path: Path) -> None:
    bankfile.save(Bank((), (), np.empty(0, VERTEX), np.empty((0, 3), np.int32)), tmp_path / "bank.zip")
    assert bankfile.load(tmp_path / "bank.zip").models == ()


def changed(path: Path, change: Callable[[dict], object] | None = None, **members: bytes | None) -> Path:
    """A copy of a bank's file with another index or other members."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    if change is not None:
        index = json.loads(content["bank.json"])
        change(index)
        content["bank.json"] = json.dumps(index).encode()
    content |= {name: data for name, data in members.items() if data is not None}
    for name in (name for name, data in members.items() if data is None):
        del content[name]
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return other


def at(*keys: str | int, value: object) -> Callable[[dict], None]:
    def change(index: dict) -> None:
        for key in keys[:-1]:
            index = index[key]
        index[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at("format", value=2), "is of format 2, expected 1"),
        (at("extra", value=2), "expected an object with format, packing, models, pictures"),
        (at("packing", "vertices", value=10**8), "holds more than any bank"),
        (at("packing", "vertices", value=-1), "expected 0 to"),
        (at("packing", "vertices", value=70), "bytes of geometry, expected"),
        (at("packing", "triangles", value=25), "its models overlap"),
        (at("packing", "starts", value=[24, 0]), "out of order"),
        (at("packing", "starts", value=[0, 10**6]), "begins after the last vertex"),
        (at("packing", "starts", value=[0, 1]), "another model's vertex"),
        (at("packing", "starts", value=[0]), "differ in number"),
        (at("packing", "ranges", 0, value=[1.0]), "not ten numbers"),
        (at("packing", "ranges", 0, 0, value="x"), "expected a finite number"),
        (at("packing", "ranges", 0, 0, value=1e300), "expected a finite number"),
        (at("models", value={}), "expected a list"),
        (at("models", 0, "first", value=3), "its models overlap"),
        (at("models", 0, "role", value="weapon"), "unknown role"),
        (at("models", 0, "name", value="x" * 2000), "a text of 2,000 characters"),
        (at("models", 0, "size", value=[1.0, 2.0]), "expected a list of 3 items"),
        (at("models", 0, "size", 0, value=None), "sizes or materials that cannot be"),
        (at("models", 0, "materials", value=[]), "a material that its model does not have"),
        (at("models", 0, "materials", 0, "texture", value=99), "sizes or materials that cannot be"),
        (at("models", 0, "materials", 0, "texture", value=True), "expected int"),
        (at("models", 0, "materials", 0, "opacity", value=7), "sizes or materials that cannot be"),
        (at("pictures", 0, "role", value="hat"), "unknown role"),
        (at("pictures", 0, "width", value=2**30), "too large"),
        (at("pictures", 0, "width", value=16), "is 32x32"),
    ],
)
def test_a_damaged_index_is_one_clear_line(saved: Path, change: Callable[[dict], None], message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        bankfile.load(changed(saved, change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"bank.json": None}, "'bank.json' is missing"),
        ({"bank.json": b"[" * 100_000}, "is no JSON"),
        ({"bank.json": b"\xff{"}, "is no JSON"),
        ({"geometry.xz": None}, "'geometry.xz' is missing"),
        ({"geometry.xz": b"these bytes are no xz"}, "geometry cannot be decompressed"),
        ({"textures/0000.webp": b"no picture"}, "damaged, or not a WebP"),
        ({"textures/0000.webp": None}, "'textures/0000.webp' is missing"),
    ],
)
def test_damaged_members_are_one_clear_line(saved: Path, members: dict[str, bytes | None], message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        bankfile.load(changed(saved, None, **members))
    assert "\n" not in str(caught.value)


@given(st.data())
@settings(max_examples=60)
def test_flipped_bytes_never_escape(saved: Path, data: st.DataObject) -> None:
    content = bytearray(saved.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    flipped = saved.with_name("flipped.zip")
    flipped.write_bytes(content)
    with suppress(SpnetError):
        bankfile.load(flipped)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_packing_keeps_triangles_and_nearly_everything_else(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    corners = np.unique(rng.integers(0, count, 3 * count), return_inverse=True)[1]
    _, first = np.unique(corners, return_index=True)
    triangles = np.argsort(np.argsort(first))[corners].reshape(-1, 3).astype(np.int32)
    vertices = np.zeros(triangles.max() + 1, VERTEX)
    normals = rng.normal(size=(len(vertices), 3))
    vertices["position"] = rng.normal(size=(len(vertices), 3)) * rng.uniform(0.01, 50)
    vertices["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    vertices["uv"] = rng.uniform(-30, 30, (len(vertices), 2))
    vertices["material"] = rng.integers(0, 900, len(vertices))
    data, packing = packed(vertices, triangles, [0])
    loaded, same = unpacked(data, packing, "bank")
    np.testing.assert_array_equal(same, triangles)
    np.testing.assert_array_equal(loaded["material"], vertices["material"])
    np.testing.assert_allclose(loaded["uv"], vertices["uv"], atol=60 / 65535)
    np.testing.assert_allclose(
        loaded["position"], vertices["position"], atol=np.ptp(vertices["position"], axis=0).max() / 65535
    )
    assert ((loaded["normal"] * vertices["normal"]).sum(axis=1) > np.cos(np.radians(1.2))).all()


@pytest.mark.parametrize("value", [1.5, float("inf"), None, True, "text", ("a", 1)])
def test_records_come_back(value: object) -> None:
    kinds = {bool: bool, float: float, str: str, tuple: tuple[str, int], type(None): int | None}
    assert value_from(kinds[type(value)], json.loads(json.dumps(record_from(value))), "file") == value


# Words about the assets


def test_attribution_names_everyone_in_one_line_each(tmp_path: Path) -> None:
    text = attribution(small_bank(tmp_path))
    assert "| Pine | tree | Ann (© 1999 The Holders) | CC-BY-3.0 | tiny.sh3f 1.8, other |" in text
    assert "| plaster | wall | Bob \\| Co Ltd | MIT | somewhere 1.0 |" in text
    assert "- CC-BY-3.0 (tier A) https://creativecommons.org/licenses/by/3.0/" in text
    assert "wood" not in text  # a model's own picture has the model's author


@pytest.mark.parametrize(
    ("name", "category", "size", "elevation", "role"),
    [
        ("Oak chair", "Living room", 1.0, 0.0, "seat"),
        ("Bamboo", "Living room", 0.3, 0.0, "plant"),
        ("Bamboo", "Exterior", 5.0, 0.0, "tree"),
        ("Lamp", "Lights", 1.4, 0.0, "floor lamp"),
        ("Lamp", "Lights", 0.4, 0.0, "table lamp"),
        ("Lamp", "Lights", 0.6, 1.87, "ceiling lamp"),
        ("Unheard-of", "Kitchen", 0.2, 0.0, "small"),
        ("Unheard-of", "Kitchen", 0.2, 1.2, "wall"),
        ("Unheard-of", "Kitchen", 2.0, 0.0, "large"),
    ],
)
def test_roles(name: str, category: str, size: float, elevation: float, role: str) -> None:
    assert role_of(Entry("x", name, category, "", "", (size,) * 3, elevation, np.eye(3))) == role


def test_brands_are_not_shown() -> None:
    entry = Entry("x", "Apple iBook", "Office", "", "", (1, 1, 1), 0.0, np.eye(3))
    assert shown_name(entry) == "Laptop"


def test_licence_tiers() -> None:
    assert LICENCES["CC0-1.0"] == LICENCES["MIT"] == "A"
    assert {LICENCES[name] for name in LICENCES if "SA" in name or "GPL" in name} == {"B"}
    assert licence_stated("Creative Commons Attribution 3.0 Unported") == ""


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="the Debian package sweethome3d-furniture is not installed")
def test_the_real_libraries_can_be_read() -> None:
    roles = set()
    for path in sorted(DEBIAN.glob("*.sh3f")):
        with opened_archive(path, "a furniture library", max_bytes=MAX_LIBRARY_BYTES) as archive:
            _, entries, left_out = read_catalogue(archive)
        assert left_out == []
        roles |= {role_of(entry) for entry in entries}
    assert roles == set(MODEL_ROLES) - {"picture", "building"}
