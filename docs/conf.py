"""How the documentation is built."""

import re
from importlib.metadata import version as installed_version
from inspect import signature
from typing import Any

import attrs
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import leadqual
from leadqual import frames, strategies

project = "leadqual"
author = "The leadqual maintainers"
project_copyright = "2026, the leadqual maintainers"
version = release = installed_version(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.intersphinx"]
intersphinx_mapping: dict[str, tuple[str, None]] = {}
exclude_patterns = ["_build"]
smartquotes = False  # options are copied from the pages
html_theme = "furo"
html_title = "leadqual"
html_static_path = ["_static"]
html_css_files = ["wide-tables.css"]
html_js_files = ["accessible.js"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "all"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
autoclass_content = "class"
python_maximum_signature_line_length = 90
python_use_unqualified_type_names = True
add_module_names = False
napoleon_use_ivar = True
nitpicky = False

DEFAULT = re.compile(r"attr_dict\['(\w+)'\]\.default")
NAMED = {"<Policy standard 1>": "STANDARD", "<enum 'Fact'>": "Fact", "_AS_PUBLISHED": "..."}
LONGEST = 30  # characters of a default; of longer ones, dots are shown


def shorten(_app: Sphinx, kind: str, *rest: Any) -> tuple[str, str | None] | None:  # noqa: ANN401 (Sphinx)
    """Show the defaults of a class as they are, or dots where they are long, and name those that have names."""
    _name, value, _options, arguments, returns = rest
    for shown, name in NAMED.items():
        arguments = arguments and arguments.replace(shown, name)
    if kind == "function" and arguments:
        return arguments, returns
    if kind not in ("class", "exception") or not arguments or not attrs.has(value):
        return None
    fields = {(field.alias or field.name): field.default for field in attrs.fields(value)}

    def default(found: re.Match[str]) -> str:
        name = found[1]
        shown = repr(fields.get(name, fields.get(name.lstrip("_"), ...)))
        return shown if len(shown) <= LONGEST else "..."

    return DEFAULT.sub(default, arguments), returns


def as_parameters(
    _app: Sphinx, kind: str, _name: str, value: type[object], _options: object, lines: list[str]
) -> None:
    """Show the attributes of a class that are arguments too as its parameters, once and with their types."""
    if kind in ("class", "exception"):
        try:
            arguments = signature(value).parameters
        except ValueError:
            return
        for number, line in enumerate(lines):
            if (found := re.match(r":ivar (\w+):", line)) and found[1] in arguments:
                lines[number] = line.replace(":ivar", ":param", 1)


HOMES = {name: module.__name__ for module in (strategies, frames, leadqual) for name in module.__all__}


def link(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Node) -> nodes.Node | None:
    """Link a type, named by the module that defines it, to its place under the name that users import."""
    name = node.get("reftarget", "").rpartition(".")[2]
    if node.get("refdomain") != "py" or name not in HOMES:
        return None
    target = f"{HOMES[name]}.{name}"
    domain = env.domains.python_domain
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, shown)


def dashes(_app: Sphinx, page: nodes.document) -> None:
    """Write a dash between a parameter and its meaning."""
    for text in [each for each in page.findall(nodes.Text) if str(each) == " -- "]:
        text.parent.replace(text, nodes.Text(" – "))


def setup(app: Sphinx) -> None:
    """Connect what is above."""
    app.connect("autodoc-process-signature", shorten)
    app.connect("autodoc-process-docstring", as_parameters, priority=600)
    app.connect("missing-reference", link)
    app.connect("doctree-read", dashes)
