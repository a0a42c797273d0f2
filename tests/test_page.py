"""The page in a real browser: from files dropped to files saved, by pointer and by keyboard alone."""

import base64
import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import spnet
from conftest import EXAMPLE, needs
from serving import CUT_SHORT, Client, running
from spnet import show
from spnet.completion import Completer, Filled
from spnet.files.depth import read_depth, write_depth
from spnet.serve import Settings, work

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
pytestmark = [needs(*BROWSERS), pytest.mark.filterwarnings(CUT_SHORT)]

WEBGL_BY_SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
TOKEN = "a-token-of-some-length"
SANDBOX = [] if os.geteuid() else ["--no-sandbox"]  # root cannot have one
LOAD = work.load
DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


@pytest.fixture(scope="module")
def gate() -> threading.Event:
    """The model "slow" waits for this."""
    return threading.Event()


@pytest.fixture(scope="module")
def client(gate: threading.Event) -> Iterator[Client]:
    """A service with a model that says how sure it is, and one that takes as long as a test wants."""

    def load(model: str, **options: Any) -> Completer:
        if model not in ("unsure", "slow"):
            return LOAD(model)

        def fill(frame: spnet.Frame) -> Filled:
            if model == "slow":
                gate.wait(30)
            metres = np.full(frame.depth.shape, 3.0, np.float32)
            return Filled(metres, 1, np.linspace(0.01, 0.5, metres.size, dtype=np.float32).reshape(metres.shape))

        return Completer(model, "stub", "for this test", fill)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "load", load)
        with running(Settings(models=("guided", "unsure", "slow"), port=0)) as client:
            yield client


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), BROWSERS[0])
    browser = driver.chromium.launch(executable_path=chromium, args=[*WEBGL_BY_SOFTWARE, *SANDBOX])
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Any, client: Client) -> Iterator[Any]:
    """The page, opened; whatever it loads has to come from its service, and nothing may complain in its console."""
    yield from opened(browser, client.url)


def opened(browser: Any, url: str, **context: Any) -> Iterator[Any]:
    page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | context))
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    expect(page.locator("#model option, #error:visible").first).to_be_attached()
    yield page
    page.close()
    refusal = "Failed to load resource"  # as the console calls an answer of 400, which a test may ask for
    assert [text for text in complaints if refusal not in text] == []
    assert [one for one in requests if not one.startswith((url.partition("#")[0], "blob:"))] == []


def drop(page: Any, *paths: Path) -> None:
    page.evaluate(DROP, [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths])
    expect(page.locator("#chosen li")).to_have_count(len(paths))


def complete(page: Any) -> None:
    page.click("#complete")
    page.wait_for_selector("#status", state="hidden")
    assert page.is_visible("#result"), page.inner_text("#error")


def pixels(page: Any, selector: str) -> NDArray[np.uint8]:
    """A picture of an element as it stands on the screen, (H,W,3)."""
    return np.asarray(Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("RGB"))


def canvas(page: Any, name: str) -> NDArray[np.uint8]:
    """What a canvas holds, (H,W,3)."""
    url = page.evaluate("(name) => document.getElementById(name).toDataURL()", name)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def saved(page: Any, name: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.click(f"#save-{name}")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The example at a fifth of its size: a photo, depth and a camera."""
    folder = tmp_path_factory.mktemp("small")
    with Image.open(EXAMPLE / "rgb.jpg") as photo:
        photo.resize((148, 100), Image.Resampling.BOX).save(folder / "rgb.png")
    truth = read_depth(EXAMPLE / "truth.png", "mm").metres
    sparse = np.zeros((100, 148), np.float32)
    sparse[::5, ::5] = truth[2:500:25, 2:740:25]
    write_depth(folder / "depth.npy", sparse)
    camera = spnet.Camera.from_file(EXAMPLE / "camera.json").resize(148, 100)
    (folder / "camera.json").write_text(json.dumps(asdict(camera)))
    return folder / "rgb.png", folder / "depth.npy", folder / "camera.json"


@pytest.fixture(scope="module")
def expected() -> spnet.Depth:
    """The library's depth for the example."""
    frame = spnet.Frame.from_files(
        EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm", camera=EXAMPLE / "camera.json"
    )
    return spnet.complete(frame, "guided")


def test_from_files_dropped_to_files_saved(page: Any, expected: spnet.Depth, tmp_path: Path) -> None:
    assert page.is_disabled("#complete")
    drop(page, EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", EXAMPLE / "camera.json")
    roles = page.eval_on_selector_all("#chosen select", "selects => selects.map(select => select.value)")
    assert roles == ["image", "depth", "calibration"]
    complete(page)
    near, far = show.display_range(expected.metres)
    assert np.abs(canvas(page, "over").astype(int) - show.colorize(expected.metres, near, far)).max() <= 2
    assert np.array_equal(canvas(page, "under"), expected.frame.rgb)
    ticks = page.eval_on_selector_all("#ticks span", "spans => spans.map(span => span.textContent)")
    assert ticks == [f"{tick:g} m" for tick in show.ticks(near, far)]
    assert "6,006 points" in page.inner_text("#facts")

    png, npy, ply = (saved(page, name, tmp_path) for name in ("png", "npy", "ply"))
    assert [path.name for path in (png, npy, ply)] == ["dense_mm.png", "dense.npy", "dense.ply"]
    assert np.array_equal(np.load(npy), expected.metres)
    expected.save(tmp_path / "expected.png", unit="mm")
    assert np.array_equal(read_depth(png, "mm").metres, read_depth(tmp_path / "expected.png", "mm").metres)
    expected.save(tmp_path / "expected.ply")
    assert ply.read_bytes() == (tmp_path / "expected.ply").read_bytes()


def test_the_pointer_reads_metres_and_moves_the_divide(page: Any, expected: spnet.Depth) -> None:
    page.click("#example-lidar")
    page.wait_for_selector("#result")
    box = page.locator("#stage").bounding_box()
    page.mouse.move(box["x"] + (400.5 / 741) * box["width"], box["y"] + (250.5 / 500) * box["height"])
    value = f"{expected.metres[250, 400]:.3f} m"
    assert page.inner_text("#chip") == value
    assert page.inner_text("#readout") == f"Column 400, row 250: {value}, not measured"
    row, column = np.argwhere(expected.frame.mask)[3000]
    page.mouse.move(box["x"] + ((column + 0.5) / 741) * box["width"], box["y"] + ((row + 0.5) / 500) * box["height"])
    measured = f"measured {expected.frame.depth[row, column]:.3f} m"
    assert page.inner_text("#readout").endswith(measured)

    photo, depth = canvas(page, "under"), canvas(page, "over")
    for share, shown in ((10, depth), (90, photo)):
        page.mouse.click(box["x"] + share / 100 * box["width"], box["y"] + box["height"] / 2)
        page.mouse.move(0, 0)
        on_screen = pixels(page, "#stage")
        at = (np.array([0.8, 0.5]) * on_screen.shape[:2]).astype(int)
        there = (np.array([0.8, 0.5]) * shown.shape[:2]).astype(int)
        around = shown[there[0] - 3 : there[0] + 4, there[1] - 3 : there[1] + 4].reshape(-1, 3).astype(int)
        assert np.abs(around - on_screen[at[0], at[1]]).sum(axis=1).min() < 60


def test_what_was_measured_lies_over_the_dimmed_photo(page: Any, expected: spnet.Depth) -> None:
    page.click("#example-lidar")
    page.wait_for_selector("#result")
    page.check("input[name=beside][value=measured]")
    drawn = canvas(page, "under").astype(int)
    near, far = show.display_range(expected.metres)
    mask = expected.frame.mask
    colours = show.colorize(expected.frame.depth[mask], near, far).astype(int)
    assert (np.abs(drawn[mask] - colours).max(axis=1) <= 2).mean() > 0.9  # but where a nearer point lies over it
    assert drawn[380:, :300].mean() < 0.5 * expected.frame.rgb[380:, :300].mean()  # where the floor is not measured


def test_the_cloud_can_be_turned(page: Any, small: tuple[Path, ...]) -> None:
    drop(page, *small)
    complete(page)
    page.check("input[name=view][value=space]")
    page.wait_for_selector("#space canvas")
    first = pixels(page, "#space")
    assert len(np.unique(first.reshape(-1, 3), axis=0)) > 1000  # not blank: a photo's colours
    box = page.locator("#space").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 420, box["y"] + 330, steps=3)
    page.mouse.up()
    turned = pixels(page, "#space")
    assert (first != turned).any(axis=2).mean() > 0.3
    page.check("input[name=shown][value=measured]")
    sparse = pixels(page, "#space")
    assert 100 < len(np.unique(sparse.reshape(-1, 3), axis=0)) < len(np.unique(turned.reshape(-1, 3), axis=0))


def test_all_of_it_by_keyboard(page: Any, tmp_path: Path) -> None:
    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id || document.activeElement.value") == name:
                return
        raise AssertionError(f"{name} is not reached by Tab")

    tab_to("files")
    tab_to("example-lidar")
    page.keyboard.press("Enter")
    page.wait_for_selector("#result")
    tab_to("stage")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#readout").startswith("Column 371, row 250: ")
    page.keyboard.press("Shift+ArrowUp")
    assert page.inner_text("#readout").startswith("Column 371, row 240: ")
    tab_to("slider")
    before = page.evaluate("document.querySelector('#edge').style.left")
    page.keyboard.press("End")
    assert page.evaluate("document.querySelector('#edge').style.left") == "100%" != before
    tab_to("save-npy")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "dense.npy")
    assert np.load(tmp_path / "dense.npy").shape == (500, 741)
    page.set_viewport_size({"width": 500, "height": 500})  # software draws the points
    page.focus("input[name=view][value=depth]")
    page.keyboard.press("ArrowLeft")  # the one before the first is the last
    page.wait_for_selector("#space canvas")
    start = pixels(page, "#space")
    page.focus("#space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    assert (pixels(page, "#space") != start).any(axis=2).mean() > 0.3
    page.keyboard.press("0")
    assert (pixels(page, "#space") != start).any(axis=2).mean() < 0.05


def test_confidence_is_shown_where_the_model_tells(page: Any) -> None:
    page.click("#example-lidar")
    page.wait_for_selector("#result")
    assert page.is_hidden("#view-confidence")
    page.select_option("#model", "unsure")
    complete(page)
    page.check("input[name=view][value=confidence]")
    page.focus("#stage")
    page.keyboard.press("ArrowDown")
    assert "confidence" in page.inner_text("#readout")
    assert page.inner_text("#chip").endswith(" %")
    over = canvas(page, "over").astype(int)
    assert over[0, 0].sum() > over[-1, -1].sum() + 200  # sure at the top, unsure at the bottom
    assert page.eval_on_selector_all("#ticks span", "s => s.map(e => e.textContent)") == [
        "0 %", "25 %", "50 %", "75 %", "100 %",
    ]  # fmt: skip


def test_points_of_little_confidence_can_be_left_out(page: Any, small: tuple[Path, ...]) -> None:
    drop(page, *small)
    complete(page)
    page.check("input[name=view][value=space]")
    assert page.is_hidden("#shown-confident")
    page.select_option("#model", "unsure")
    complete(page)
    completed = pixels(page, "#space")
    page.check("input[name=shown][value=confident]")
    confident = pixels(page, "#space")
    drawn = [(picture.astype(int).sum(axis=2) > 150).mean() for picture in (completed, confident)]
    assert 0.05 < drawn[1] < 0.5 * drawn[0]  # it expects errors of 1 to 50 %: few pixels are within 5 % of the truth
    page.select_option("#model", "guided")
    complete(page)
    assert page.is_checked("input[name=shown][value=completed]")


def test_the_models_stand_in_the_order_of_the_service_the_default_first(page: Any) -> None:
    labels = page.eval_on_selector_all("#model option", "options => options.map(option => option.textContent)")
    assert labels == ["guided (not learned)", "unsure", "slow"]
    assert page.input_value("#model") == "guided"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_example_and_its_result_are_seen_without_scrolling(
    browser: Any, client: Client, size: tuple[int, int]
) -> None:
    for page in opened(browser, client.url, viewport={"width": size[0], "height": size[1]}):
        button = page.locator("#example-lidar").bounding_box()
        assert button["y"] + button["height"] <= size[1]
        page.click("#example-lidar")
        page.wait_for_selector("#result")
        boxes = [page.locator(name).bounding_box() for name in ("#views", "#stage", "#readout")]
        assert boxes[0]["y"] >= 0
        assert boxes[1]["width"] / boxes[1]["height"] == pytest.approx(741 / 500, rel=0.01)
        assert boxes[2]["y"] + boxes[2]["height"] <= size[1]


def test_a_cloud_with_a_calibration(page: Any) -> None:
    page.set_input_files("#files", [EXAMPLE / "rgb.jpg", EXAMPLE / "cloud.npy"])
    expect(page.locator("#missing")).to_have_text("Add the calibration of the camera.")
    assert page.is_disabled("#complete")
    page.set_input_files("#files", [EXAMPLE / "camera.json", EXAMPLE / "camera_from_cloud.txt"])
    expect(page.locator("#missing")).to_have_text("")
    complete(page)
    assert "6,006 points" in page.inner_text("#facts")
    page.click("[aria-label='Remove camera.json']")
    assert page.is_disabled("#complete")


def test_dense_depth_is_thinned_and_its_error_told(page: Any) -> None:
    page.click("#example-thinned")
    page.wait_for_selector("#result")
    facts = page.inner_text("#facts")
    assert "Error" in facts
    assert "RMSE over" in facts
    page.select_option("#pattern", "other")
    page.fill("#other", "points:200")
    page.press("#other", "Enter")
    expect(page.locator("#facts")).to_contain_text("200 points")


@pytest.mark.parametrize(
    ("choice", "farthest", "words"),
    [
        ("mm", None, "2.11 to"),
        ("tum", None, "0.42"),
        ("max-depth", "65.535", "2.11 to"),
        ("m", None, "the unit mm"),
    ],
)
def test_the_unit_is_the_users(page: Any, choice: str, farthest: str | None, words: str) -> None:
    drop(page, EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png")
    page.select_option("#unit", choice)
    if farthest:
        page.fill("#farthest", farthest)
    page.click("#complete")
    page.wait_for_selector("#status", state="hidden")
    assert words in page.inner_text("#output")


def test_a_file_that_was_taken_for_another_can_be_moved(page: Any, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "rgb.jpg", tmp_path / "first.jpg")
    shutil.copy(EXAMPLE / "lidar.png", tmp_path / "lidar.jpg")
    page.set_input_files("#files", [tmp_path / "first.jpg"])
    page.wait_for_selector("#chosen li")
    page.select_option("[aria-label='What first.jpg is']", "depth")
    page.set_input_files("#files", [tmp_path / "lidar.jpg"])
    expect(page.locator("#chosen li")).to_have_count(2)
    page.select_option("[aria-label='What first.jpg is']", "image")  # the two change places
    page.select_option("#unit", "mm")
    complete(page)


def test_errors_are_said_in_plain_words(page: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.npy").write_bytes(b"nothing of the kind")
    drop(page, EXAMPLE / "rgb.jpg", tmp_path / "broken.npy")
    page.click("#complete")
    page.wait_for_selector("#error")
    assert page.inner_text("#error") == "broken.npy is none of the depth formats 16-bit PNG, npy, npz, EXR, TIFF, PFM."
    assert page.is_hidden("#result")
    drop(page, EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png")
    complete(page)
    assert page.is_hidden("#error")


def test_a_run_can_be_cancelled(page: Any, gate: threading.Event) -> None:
    drop(page, EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png")
    page.select_option("#model", "slow")
    page.click("#complete")
    expect(page.locator("#phase")).to_contain_text("Completing")
    assert page.is_disabled("#complete")
    page.click("#cancel")
    page.wait_for_selector("#status", state="hidden")
    assert page.is_hidden("#error")
    assert page.is_enabled("#complete")
    gate.set()


def test_a_service_that_is_gone_is_said(browser: Any) -> None:
    with running(Settings(models=("nearest",), port=0)) as gone:
        pages = opened(browser, gone.url)
        page = next(pages)
        drop(page, EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png")
    page.click("#complete")
    page.wait_for_selector("#error")
    assert page.inner_text("#error") == "The service does not answer. Is it still running?"
    page.close()
    pages.close()


def test_the_token_comes_with_the_address_or_is_asked_for(browser: Any) -> None:
    with running(Settings(models=("nearest",), port=0, token=TOKEN)) as client:
        for page in opened(browser, f"{client.url}#token={TOKEN}"):
            assert page.url == client.url
            page.click("#example-lidar")
            page.wait_for_selector("#result")
        for page in opened(browser, client.url):
            assert "token is needed" in page.inner_text("#error")
            page.fill("#token", TOKEN)
            page.press("#token", "Tab")
            expect(page.locator("#model option")).to_have_count(1)
            assert page.is_hidden("#error")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_both_schemes(browser: Any, client: Client, small: tuple[Path, ...], scheme: str) -> None:
    for page in opened(browser, client.url, viewport={"width": 390, "height": 844}, color_scheme=scheme):
        drop(page, *small)
        complete(page)
        for view in ("depth", "space"):
            page.check(f"input[name=view][value={view}]")
            outside = page.evaluate(
                "[...document.querySelectorAll('body *')].filter(e => e.offsetParent && !e.closest('.stage, .unseen') "
                "&& e.getBoundingClientRect().right > 391).map(e => e.outerHTML.slice(0, 80))"
            )
            assert outside == []
            assert page.evaluate("document.documentElement.scrollWidth") == 390
        brightness = pixels(page, "header").mean()
        assert (brightness > 150) == (scheme == "light")


def test_without_webgl_a_sentence_says_so(driver: Any, client: Client) -> None:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), BROWSERS[0])
    browser = driver.chromium.launch(executable_path=chromium, args=["--disable-3d-apis", *SANDBOX])
    page = browser.new_page()
    page.goto(client.url)
    page.click("#example-lidar")
    page.wait_for_selector("#result")
    page.check("input[name=view][value=space]")
    page.wait_for_selector("#no-webgl")
    assert "This browser has no WebGL" in page.inner_text("#no-webgl")
    assert page.is_hidden("#space")
    page.check("input[name=view][value=depth]")
    assert page.is_visible("#stage")
    browser.close()


def test_the_page_says_what_openapi_says(page: Any, client: Client) -> None:
    page.click("footer a")
    assert json.loads(page.inner_text("body"))["info"]["title"] == "spnet"
