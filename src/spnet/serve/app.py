"""The HTTP interface: what can be asked, of whom it is taken, and what comes back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Form, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from spnet import __version__
from spnet.classic import METHODS
from spnet.errors import SpnetError
from spnet.serve import counters as counting
from spnet.serve.answers import MEDIA_TYPES, accepted_format
from spnet.serve.counters import Counters
from spnet.serve.guard import guarded
from spnet.serve.intake import bounded, busy
from spnet.serve.settings import Settings
from spnet.serve.uploads import ROLES, TooLarge
from spnet.serve.work import NotStarted, Order, Workshop, open_workshop
from spnet.sparsify.patterns import MAX_CHARACTERS

PAGE = Path(__file__).parent / "page"


class CompleteForm(BaseModel):
    """The fields of ``POST /v1/complete``; unknown ones are errors."""

    model_config = ConfigDict(extra="forbid")

    image: Annotated[UploadFile, Field(description="photo: JPEG, PNG, WebP, TIFF, BMP, PPM")]
    depth: Annotated[
        UploadFile | None, Field(description="depth map of the same view: PNG16, npy, npz, EXR, TIFF, PFM")
    ] = None
    cloud: Annotated[UploadFile | None, Field(description="or points: PLY, PCD, KITTI .bin, npy, COLMAP, text")] = None
    calibration: Annotated[UploadFile | None, Field(description="camera of the image; needed with a cloud")] = None
    extrinsics: Annotated[UploadFile | None, Field(description="4x4 or 3x4 numbers, cloud to camera")] = None
    unit: Annotated[str | None, Field(max_length=40, description="of integer depth: mm, kitti, tum, max-depth:N")] = (
        None
    )
    model: Annotated[str | None, Field(max_length=200, description="one of /v1/models")] = None
    pattern: Annotated[str | None, Field(max_length=MAX_CHARACTERS, description="thin the depth first: lines:16")] = (
        None
    )
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of the pattern")] = 0
    keep_measured: Annotated[bool, Field(description="return measured pixels exactly as measured")] = False
    format: Annotated[Literal["json", "png", "npy", "ply"] | None, Field(description="else as Accept says")] = None
    out_unit: Annotated[str | None, Field(max_length=40, description="of a PNG: mm, kitti, tum, max-depth:N")] = None


def build(settings: Settings) -> ASGIApp:
    """The service as an ASGI application, its models loaded.

    Raises:
        SpnetError: a model that cannot be loaded.
    """
    counters = Counters()
    workshop = open_workshop(settings)
    app = FastAPI(
        title="spnet",
        version=__version__,
        summary="Depth completion: an image and sparse depth in, dense metric depth out.",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        lifespan=_closing(workshop),
    )
    _add_completion(app, workshop, counters)
    _add_facts(app, workshop, counters)
    _add_errors(app)
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return guarded(bounded(app, settings, counters), settings, counters)


def _closing(workshop: Workshop) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        workshop.close()

    return lifespan


def _add_completion(app: FastAPI, workshop: Workshop, counters: Counters) -> None:
    content: dict[str, Any] = {kind: {} for kind in MEDIA_TYPES.values()}

    @app.post("/v1/complete", response_class=Response, responses={200: {"content": content}})
    async def complete(
        request: Request, form: Annotated[CompleteForm, Form(media_type="multipart/form-data")]
    ) -> Response:
        """Dense depth of an image and what was measured in its view."""
        try:
            answer = await workshop.answer(_order(form, request, workshop), request)
        except NotStarted:
            return busy(counters)
        counters.completed(answer.model, answer.seconds, answer.together)
        return Response(answer.body, media_type=answer.media_type)


def _order(form: CompleteForm, request: Request, workshop: Workshop) -> Order:
    model = form.model or next(iter(workshop.completers))
    if model not in workshop.completers:
        raise SpnetError(f"model {model!r}: expected one of {', '.join(workshop.completers)}")
    chosen = form.format or accepted_format(request.headers.get("accept", "*/*"))
    if chosen is None:
        raise HTTPException(
            406, f"expected to accept one of {', '.join(MEDIA_TYPES.values())}; or send the field format"
        )
    files = {role: getattr(form, role) for role in ROLES}
    return Order(
        files={role: (file.file, file.filename or "") for role, file in files.items() if file is not None},
        model=model,
        form=chosen,
        unit=form.unit or None,
        out_unit=form.out_unit or None,
        pattern=form.pattern or None,
        seed=form.seed,
        keep_measured=form.keep_measured,
    )


def _add_facts(app: FastAPI, workshop: Workshop, counters: Counters) -> None:
    @app.get("/v1/models")
    async def models() -> list[dict[str, str | bool]]:
        """What can complete; the first is the default."""
        return [
            {"name": name, "learned": name not in METHODS, "engine": completer.engine}
            for name, completer in workshop.completers.items()
        ]

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        """Whether the service answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """What was counted, as Prometheus reads it."""
        return Response(counters.as_text(), media_type=counting.CONTENT_TYPE)


def _add_errors(app: FastAPI) -> None:
    """Every error as ``{"error": one line}``."""

    @app.exception_handler(SpnetError)
    async def unusable(request: Request, error: SpnetError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 413 if isinstance(error, TooLarge) else 400)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"error": _in_words(error.errors()[0])}, 400)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": "internal error; the service's own output says more"}, 500)


def _in_words(finding: dict[str, Any]) -> str:
    """What pydantic found wrong with one field, as a line like those of this package."""
    field = ".".join(str(part) for part in finding["loc"][1:])[:80] or "the form"
    if finding["type"] == "extra_forbidden":
        return f"{field}: is no field of this form; expected {', '.join(CompleteForm.model_fields)}"
    if finding["type"] == "missing":
        return f"{field}: missing; expected a form as multipart/form-data that has it"
    if field in ROLES:
        return f"{field}: found text, expected a file"
    return f"{field}: {finding['msg'][:200]}"
