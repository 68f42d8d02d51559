"""Serving, alone on a database of its own, for benchmarks that need no other service."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "only-for-this-run"


class Failed(Exception):
    """The comparison cannot be made; the message says why."""


def psql(url, *arguments):
    done = subprocess.run(
        ["psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Failed(f"psql: {done.stderr.strip()[-2000:]}")
    return done.stdout


def make_database(server, database, dump=None):
    """An empty database with Millrace's roles and the rows of the dump; the URL for its owner."""
    psql(server, "-c", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", "-c", f"CREATE DATABASE {database}")
    owner = urllib.parse.urlsplit(server)._replace(path="/" + database).geturl()
    psql(owner, "-f", str(ROOT / "contracts/src/main/resources/dev/millrace/contracts/warehouse/roles.sql"))
    for role in ("serving", "reader"):
        psql(owner, "-c", f"ALTER ROLE millrace_{role} PASSWORD '{PASSWORD}'")
    if dump:
        # Of old versions of pg_dump; PostgreSQL knows it no more.
        text = Path(dump).read_text(encoding="utf-8").replace("SET default_with_oids = false;", "")
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as mended:
            mended.write(text)
            mended.flush()
            psql(owner, "-f", mended.name)
    for schema in psql(owner, "-c", "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|serving|transform|ingestion|millrace)'").split():
        psql(owner, "-c", f'GRANT USAGE ON SCHEMA "{schema}" TO millrace_reader; GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO millrace_reader')
    return owner


class Serving:
    """The service on that database, with a model: a directory with *.yml, or with model/."""

    def __init__(self, owner, recorded, place, port, settings=None, heap="512m"):
        self.port, self.place = port, place
        self.secret = secrets.token_hex(32)
        project = place / "project"
        (project / "model").mkdir(parents=True)
        if (recorded / "model").is_dir():
            shutil.copytree(recorded / "model", project / "model", dirs_exist_ok=True)
        for file in recorded.glob("*.yml"):
            shutil.copy(file, project / "model" / file.name)
        parts = urllib.parse.urlsplit(owner)
        jdbc = f"jdbc:postgresql://{parts.hostname}:{parts.port or 5432}{parts.path}"
        jars = list((ROOT / "serving-service/target").glob("serving-service-*-exec.jar"))
        if not jars:
            raise Failed("serving is not built: mvn -B -q package -DskipTests -pl serving-service -am")
        java = subprocess.run([ROOT / ".ci/jdk"], capture_output=True, text=True, check=True).stdout.strip()
        known = {
            "SERVER_PORT": str(port),
            "SPRING_DATASOURCE_URL": jdbc,
            "SPRING_DATASOURCE_USERNAME": "millrace_serving",
            "SPRING_DATASOURCE_PASSWORD": PASSWORD,
            "MILLRACE_WAREHOUSE_URL": jdbc,
            "MILLRACE_WAREHOUSE_USERNAME": "millrace_reader",
            "MILLRACE_WAREHOUSE_PASSWORD": PASSWORD,
            "MILLRACE_PROJECT_DIR": str(project),
            "MILLRACE_SERVING_APISECRET": self.secret,
            "MILLRACE_ACCESS_JWTSECRET": secrets.token_hex(32),
        }
        self.log = place / "serving.log"
        self.process = subprocess.Popen(
            [f"{java}/bin/java", f"-Xmx{heap}", "-jar", jars[0]],
            env={**os.environ, **known, **(settings or {})},
            stdout=open(self.log, "w", encoding="utf-8"),
            stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        deadline = time.monotonic() + 120
        while True:
            try:
                if self.get("/readyz", None)[0] == 200:
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise Failed(f"serving did not start; see {self.log}")
            time.sleep(0.3)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def token(self, claims=None):
        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

        signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"exp": int(time.time()) + 3600, **(claims or {})})
        seal = hmac.new(self.secret.encode(), signed, hashlib.sha256).digest()
        return (signed + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()

    def get(self, path, token, body=None):
        headers = {} if token is None else {"Authorization": token}
        data = None
        if body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def ask(self, door, query, multi):
        parameters = {"query": json.dumps(query)}
        if multi:
            parameters["queryType"] = "multi"
        path = f"/cubejs-api/v1/{door}?{urllib.parse.urlencode(parameters)}"
        while True:
            status, body = self.get(path, self.token())
            if status != 200 or body.get("error") != "Continue wait":
                return status, body
