"""How the documentation is built."""

from importlib.metadata import version as installed_version

project = "leadqual"
author = "The leadqual maintainers"
project_copyright = "2026, the leadqual maintainers"
version = release = installed_version(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.intersphinx"]
intersphinx_mapping: dict[str, tuple[str, None]] = {}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "leadqual"
html_static_path = ["_static"]
html_css_files = ["wide-tables.css"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_class_signature = "mixed"
autoclass_content = "class"
napoleon_use_ivar = True
nitpicky = False
