"""The analyst's desk: JupyterLab with the suite's settings, and new notebooks from templates."""
