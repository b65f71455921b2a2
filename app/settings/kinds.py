"""How the text of a setting is read and checked, kind by kind."""

import base64
import binascii
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError
from marshmallow import fields as read


class Words(read.Field[tuple[str, ...]]):
    """Words as a shell would split them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        try:
            return tuple(shlex.split(value))
        except ValueError as error:
            raise ValidationError(f"cannot be split into words ({error})") from None


class Place(read.Field[Path]):
    """An absolute path, because the processes of an installation do not all start in the same folder."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        place = Path(value).expanduser()
        if not place.is_absolute():
            raise ValidationError(f"is {value!r}, not an absolute path")
        return place.resolve()


class Folder(Place):
    """A folder that is there."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        folder = super()._deserialize(value, attr, data, **kwargs)
        if not folder.is_dir():
            raise ValidationError(f"names {folder}, which is not a folder")
        return folder


class Folders(read.Field[tuple[Path, ...]]):
    """Folders, separated as in PATH."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Path, ...]:
        return tuple(Folder().deserialize(part) for part in value.split(":") if part)


class Address(read.Field[str]):
    """HOST:PORT to listen on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValidationError(f"is {value!r}, not HOST:PORT such as 127.0.0.1:8420")
        return str(value)


class PlainUrl(read.Field[str]):
    """A URL without query or credentials."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            parts = urlsplit(str(value))
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or "@" in parts.netloc:
            raise ValidationError("must be a plain URL such as https://reactor.example.com")
        return str(value)


class HomeUrl(PlainUrl):
    """A URL that paths are put behind: a slash at its end goes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).rstrip("/")


class SigningSecret(read.Field[str]):
    """A secret as Standard Webhooks writes it: "whsec_" and 24 to 64 bytes in base64.

    https://www.standardwebhooks.com/
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        prefix, _, encoded = str(value).partition("_")
        try:
            key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except binascii.Error:
            key = b""
        if prefix != "whsec" or not 24 <= len(key) <= 64:
            raise ValidationError("must be whsec_ and 24 to 64 random bytes in base64")
        return str(value)


class DatabaseUrl(read.Field[str]):
    """A SQLAlchemy URL of SQLite or PostgreSQL; PostgreSQL always goes through psycopg."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        scheme, separator, rest = str(value).partition("://")
        if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            return f"postgresql+psycopg://{rest}"
        if separator and scheme == "sqlite" and rest.startswith("//") and rest.strip("/"):
            return str(value)
        raise ValidationError("must be sqlite:////ABSOLUTE/FILE or postgresql://USER:PASSWORD@HOST/NAME")


class Vocabulary(read.Field[tuple[tuple[str, str], ...]]):
    """Pairs of words, as in "halt=stop again=retry": the left one is to mean what the right one means."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[tuple[str, str], ...]:
        pairs = [pair.partition("=") for pair in str(value).split()]
        for word, sign, meaning in pairs:
            if not (word and sign and meaning):
                raise ValidationError(f"holds {word!r}, not WORD=COMMAND such as halt=stop")
        return tuple((word.casefold(), meaning.casefold()) for word, _, meaning in pairs)
