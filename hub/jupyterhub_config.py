"""JupyterHub 5.5 for a class on one machine. README.md, beside this file, says how it is started.

What differs from class to class stands in variables:

    WORKBOOK_HUB_PASSWORD        the learners' password, 8 characters or more
    WORKBOOK_HUB_ADMIN_PASSWORD  of the user `teacher`, 32 characters or more; without it, no admin
    WORKBOOK_HUB_FOLDER          the hub's database and the homes; here: .workbook/hub
    WORKBOOK_HUB_SOURCE          the repository that learners get; here: the clone of this file
    WORKBOOK_HUB_FIRST_UID       where root runs the hub: the user id of the first learner; 0: none
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub.spawner import SimpleLocalProcessSpawner

if TYPE_CHECKING:
    from traitlets.config import get_config

HERE = Path(__file__).resolve().parent
FOLDER = Path(os.environ.get("WORKBOOK_HUB_FOLDER") or HERE.parent / ".workbook" / "hub").resolve()
SOURCE = os.environ.get("WORKBOOK_HUB_SOURCE") or str(HERE.parent)
FIRST_UID = int(os.environ.get("WORKBOOK_HUB_FIRST_UID") or 64_000)
START_LIMIT_S = 300  # the first start loads the year, and thirty may do so at once


class OneMachineSpawner(SimpleLocalProcessSpawner):  # type: ignore[misc]
    """Gives each learner a home below the hub's folder and, where root runs the hub, a user id.

    No account is made. The simple spawner alone runs all servers as one user, who may read the
    work of all; so does this one where the hub is not root's.
    """

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        home, uid = self.home_dir, FIRST_UID + self.user.id

        def preexec() -> None:
            os.makedirs(home, 0o700, exist_ok=True)
            if os.geteuid() == 0 and FIRST_UID:
                os.chown(home, uid, uid)
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
            os.chdir(home)

        return preexec


if not os.environ.get("WORKBOOK_HUB_PASSWORD"):
    sys.exit("Set WORKBOOK_HUB_PASSWORD, the learners' password: 8 characters or more.")
homes = FOLDER / "homes"
state = FOLDER / "state"
for folder, mode in ((FOLDER, 0o711), (homes, 0o711), (state, 0o700)):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)  # learners pass to their own home, and see no list of the others
c: Any = get_config()

# --- Who may enter ---------------------------------------------------------------------------
# One password for the class, one for the teacher. Whoever knows the learners' can enter as any of
# them: for courses, not for secrets.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["WORKBOOK_HUB_PASSWORD"]
c.Authenticator.allow_all = True
# The name becomes that of a folder.
c.Authenticator.username_pattern = r"^[a-z][a-z0-9._-]{0,31}$"
if os.environ.get("WORKBOOK_HUB_ADMIN_PASSWORD"):
    c.SharedPasswordAuthenticator.admin_password = os.environ["WORKBOOK_HUB_ADMIN_PASSWORD"]
    c.Authenticator.admin_users = {"teacher"}

# --- The hub's own files ---------------------------------------------------------------------
c.JupyterHub.db_url = f"sqlite:///{(state / 'jupyterhub.sqlite').as_posix()}"
c.JupyterHub.cookie_secret_file = str(state / "jupyterhub_cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "jupyterhub-proxy.pid")

# --- What a learner gets ---------------------------------------------------------------------
c.JupyterHub.spawner_class = OneMachineSpawner
c.OneMachineSpawner.home_dir_template = str(homes / "{username}")
# The environment of the hub is the environment of all: start.py makes a clone, and no environment.
c.Spawner.cmd = [sys.executable, str(HERE / "start.py"), SOURCE]
c.Spawner.notebook_dir = str(homes / "{username}" / "course")
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.start_timeout = c.Spawner.http_timeout = START_LIMIT_S
