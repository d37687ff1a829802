#!/usr/bin/env bash
# REPLACE of a parent on MySQL 9.7 leaves its children alone, ON DELETE CASCADE or not.
#
# Guess: REPLACE deletes the old row and inserts the new one, so ON DELETE CASCADE takes the
#     children along (as on SQLite and MariaDB), and ON DELETE RESTRICT refuses (error 1451).
# Comes: On MySQL 9.7.4 the children stay, and RESTRICT refuses nothing, though two rows are
#     counted and the DELETE trigger fires. With innodb_native_foreign_keys=ON all is as guessed.
# Matters: A load by REPLACE that looks harmless on 9.7 empties the child tables on SQLite,
#     MariaDB and any MySQL with the other setting; a test on one server proves nothing for the
#     others.
# Do: No REPLACE for a row that has children: INSERT ... ON DUPLICATE KEY UPDATE.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q PyMySQL==1.2.4
venv/bin/python - <<'PYTHON'
import os
import subprocess
import time
from pathlib import Path

import pymysql

SERVER = os.environ.get("WORKBOOK_SERVER", "mysqld")
BASE = [SERVER, "--no-defaults", f"--datadir={Path('data').resolve()}", "--secure-file-priv="]
BASE += [f"--user={os.environ.get('USER') or 'root'}", "--mysqlx=OFF", "--skip-log-bin"]
SOCKET = str(Path("s").resolve())


def replaced(native):
    """Start the server; return the version and, for two rules, what REPLACE of a parent does."""
    options = [f"--innodb-native-foreign-keys={native}", f"--socket={SOCKET}", "--skip-networking"]
    server = subprocess.Popen([*BASE, *options], stderr=log)
    try:
        for _ in range(300):
            try:
                connection = pymysql.connect(unix_socket=SOCKET, user="root", autocommit=True)
                break
            except pymysql.OperationalError:
                time.sleep(0.1)
        found = {}
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT version()")
            [(version,)] = cursor.fetchall()
            for rule in ("CASCADE", "RESTRICT"):
                for statement in (
                    "DROP DATABASE IF EXISTS d",
                    "CREATE DATABASE d",
                    "USE d",
                    "CREATE TABLE parent (k INT PRIMARY KEY, v INT)",
                    "CREATE TABLE child (k INT, FOREIGN KEY (k) REFERENCES parent (k) "
                    f"ON DELETE {rule})",
                    "INSERT INTO parent VALUES (1, 5)",
                    "INSERT INTO child VALUES (1)",
                ):
                    cursor.execute(statement)
                try:
                    cursor.execute("REPLACE INTO parent VALUES (1, 6)")
                except pymysql.IntegrityError as error:
                    found[rule] = f"refused ({error.args[0]})"
                else:
                    cursor.execute("SELECT count(*) FROM child")
                    found[rule] = f"{cursor.fetchone()[0]} children left"
        return version, found
    finally:
        server.terminate()
        server.wait()


with open("log", "wb") as log:
    subprocess.run([*BASE, "--initialize-insecure"], check=True, stderr=log)
    version, as_it_comes = replaced("OFF")
    _, native = replaced("ON")
print(f"MySQL {version}, innodb_native_foreign_keys OFF, as it comes: {as_it_comes}; ON: {native}")
assert as_it_comes == {"CASCADE": "1 children left", "RESTRICT": "1 children left"}
assert native == {"CASCADE": "0 children left", "RESTRICT": "refused (1451)"}

print("As described.")
PYTHON
