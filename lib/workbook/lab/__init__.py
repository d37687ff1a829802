"""The learner's desk: JupyterLab, the doctor, the page, the shared database."""
