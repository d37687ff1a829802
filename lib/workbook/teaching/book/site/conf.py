"""What Sphinx is told of the book. It runs in an environment of its own, and runs no cell.

The title, the address of the repository and the view (learner, teacher) come from the command.
"""

extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_merge_streams = True
nb_number_source_lines = False
# Dollars are money here, and no mathematics; colons fence the notes for teachers.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# An IPython cell has magics and lines for a shell, which are no Python.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options = {
    "article_header_end": ["view.html", "article-header-buttons.html"],
    "home_page_in_toc": False,
    "path_to_docs": "notebooks",
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navigation_with_keys": False,
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    # Both have a contrast of at least 4.5 to their ground: WCAG 2.2, 1.4.3.
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
