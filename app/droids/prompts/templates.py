"""Prompt templates: found beside the handlers, and filled in.

https://jinja.palletsprojects.com/en/stable/templates/
"""

import difflib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.droids.prompts.inserting import insertable
from app.errors import ReactorError

FOLDER = "prompts"
SUFFIX = ".md.j2"


class PromptError(ReactorError):
    """A prompt template is missing or cannot be filled in as it is written."""


@dataclass(frozen=True)
class Prompts:
    """The templates that one handler file sees: those of its own folder first, then those of the other folders."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, handler_file: str, folders: Sequence[Path] = ()) -> "Prompts":
        """Look from a handler file at its own folder and at these."""
        own = Path(handler_file).resolve().parent
        return cls(tuple(dict.fromkeys((own, *(folder.resolve() for folder in folders)))))

    def render(self, name: str, project: str, values: Mapping[str, Any]) -> str:
        """Fill in the project's own template of this name, or else everybody's; raises PromptError.

        The texts in `values` are taken for data: what is inserted cannot pass for more.
        """
        try:
            template = self.environment.select_template([f"{project}/{name}{SUFFIX}", f"{name}{SUFFIX}"])
            return template.render(insertable(values)).strip()
        except TemplateNotFound as error:
            raise self.missing((error.name or name).removesuffix(SUFFIX)) from None
        except TemplateSyntaxError as error:
            raise unreadable(error) from None
        except Exception as error:
            raise _unfilled(name, error) from error

    @cached_property
    def environment(self) -> ImmutableSandboxedEnvironment:
        """Jinja as prompts use it: no name may be missing, and no template can reach beyond what it is given."""
        loader = FileSystemLoader([folder / FOLDER for folder in self.folders])
        return ImmutableSandboxedEnvironment(
            loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def missing(self, name: str) -> PromptError:
        """Say that there is no such template, and which there are."""
        places = " or ".join(str(folder / FOLDER) for folder in self.folders)
        known = sorted({path.name.removesuffix(SUFFIX) for path in self._files()})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Write {name}{SUFFIX} there."
        return PromptError(f"There is no prompt {name} in {places}.", hint)

    def _files(self) -> list[Path]:
        return [path for folder in self.folders for path in (folder / FOLDER).glob(f"*{SUFFIX}")]


def unreadable(error: TemplateSyntaxError) -> PromptError:
    """Say where a template is not written as Jinja reads it."""
    return PromptError(f"{error.filename}:{error.lineno}: {error.message}", "Correct the template.")


def _unfilled(name: str, error: Exception) -> PromptError:
    """Say in which line a template could not be filled in; Jinja puts its files into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(SUFFIX)]
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else f"{name}{SUFFIX}"
    said = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
    cure = "Name what there is: issue, comment, event, project, and what the handler gives to ctx.prompt."
    return PromptError(f"{place}: {said}", cure)
