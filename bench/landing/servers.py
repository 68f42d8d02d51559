"""The programs that the benchmark runs, each alone with the broker and the database."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

KAFKA_PORT = 29092
CONTROLLER_PORT = 29093
POSTGRES_PORT = 25432
INGESTION_PORT = 28081
TRANSFORM_PORT = 28082
CONNECT_PORT = 28083
SINK_VERSION = "3.6.0.Final"

PASSWORD = "bench"
JWT_SECRET = "a secret of the benchmark, of which nobody needs to know more"


class Failed(Exception):
    """The benchmark cannot go on; the message says why."""


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    if done.returncode != 0:
        raise Failed(f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def jdk():
    return Path(run(ROOT / ".ci" / "jdk").strip())


def wait(what, is_ready, process, log, patience=120):
    deadline = time.monotonic() + patience
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"{what} did not become ready; see {log}")
        time.sleep(0.1)


class Program:
    """A process that ends with the benchmark."""

    def __init__(self, command, log, environment=None, cwd=None):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                cwd=cwd,
                start_new_session=True,
            )

    def stop(self, how=signal.SIGTERM, patience=60):
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def rss(self):
        """Resident bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1]) * 1024


class Postgres(Program):
    """The PostgreSQL that Millrace brings along, as `./millrace up` sets it up; durable."""

    def __init__(self, work, more=None):
        found = sorted((Path.home() / ".cache/millrace").glob("postgresql-*/bin/postgres"))
        if not found:
            raise Failed("run ./millrace up once, which unpacks PostgreSQL")
        home = work / found[-1].parent.parent.name
        if not home.exists():
            # Nobody else may enter root's cache.
            shutil.copytree(found[-1].parent.parent, home, symlinks=True)
        programs = home / "bin"
        data = work / "postgres"
        self.drop = []
        if os.getuid() == 0:
            self.drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if not data.exists():
            data.mkdir()
            if self.drop:
                os.chown(data, 65534, 65534)
            run(
                *self.drop,
                programs / "initdb",
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "postgres",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
            )
        settings = {
            "port": POSTGRES_PORT,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "max_wal_size": "2GB",
            "shared_buffers": "256MB",
            "maintenance_work_mem": "128MB",
            "timezone": "UTC",
            "shared_preload_libraries": "pg_stat_statements",
            **(more or {}),
        }
        command = [*self.drop, programs / "postgres", "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        super().__init__(command, work / "postgres.log")
        wait("PostgreSQL", self.answers, self.process, self.log)

    def answers(self):
        try:
            self.one("select 1")
            return True
        except Failed:
            return False

    def one(self, sql, database="postgres"):
        return run("psql", self.uri(database), "-XAtqc", sql).strip()

    def session(self, database):
        return Session(self.uri(database))

    def script(self, sql, database):
        run("psql", self.uri(database), "-XAtq", "-v", "ON_ERROR_STOP=1", input=sql)

    @staticmethod
    def uri(database="postgres", user="postgres"):
        return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{POSTGRES_PORT}/{database}"

    def warehouse(self, name):
        """A database as an administrator prepares it for Millrace."""
        self.one(f"create database {name}")
        roles = ROOT / "contracts/src/main/resources/dev/millrace/contracts/warehouse/roles.sql"
        self.script(roles.read_text(), name)
        return name

    def stop(self, how=signal.SIGINT, patience=60):
        super().stop(how, patience)


class Session:
    """One psql that stays: a new one for each question would take time from who is measured."""

    END = "--end--"

    def __init__(self, uri):
        self.psql = subprocess.Popen(
            ["psql", uri, "-XAtq"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def number(self, sql):
        """What a query answers, or None if it fails, as there is no such table yet."""
        self.psql.stdin.write(f"{sql};\n\\echo {self.END}\n")
        self.psql.stdin.flush()
        answer = None
        for line in self.psql.stdout:
            if line.strip() == self.END:
                return answer
            answer = int(line)
        raise Failed("psql ended")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.psql.communicate()


class Broker(Program):
    """A Kafka broker, as `./millrace up` sets it up."""

    def __init__(self, work, java, libraries):
        data = work / "kafka"
        settings = work / "broker.properties"
        settings.write_text(
            f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{CONTROLLER_PORT}
listeners=PLAINTEXT://127.0.0.1:{KAFKA_PORT},CONTROLLER://127.0.0.1:{CONTROLLER_PORT}
advertised.listeners=PLAINTEXT://127.0.0.1:{KAFKA_PORT}
controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.partitions=4
log.flush.interval.ms=1000
log.segment.bytes=134217728
""".lstrip()
        )
        classpath = f"{libraries}/*"
        if not data.exists():
            run(
                java,
                "-cp",
                classpath,
                "kafka.tools.StorageTool",
                "format",
                "-t",
                "nLUruhqLSJ-eAqXbtyfgFw",
                "-c",
                settings,
            )
        super().__init__(
            [java, "-Xmx512m", "-cp", classpath, "kafka.Kafka", settings], work / "broker.log"
        )
        self.java = java
        self.classpath = classpath
        wait("Kafka", self.answers, self.process, self.log)

    @staticmethod
    def address():
        return f"127.0.0.1:{KAFKA_PORT}"

    def answers(self):
        done = subprocess.run(
            ["kcat", "-b", self.address(), "-L", "-m", "2"], capture_output=True, check=False
        )
        return done.returncode == 0

    def topics(self):
        listed = run("kcat", "-b", self.address(), "-L", "-m", "5")
        return {line.split('"')[1] for line in listed.splitlines() if line.startswith('  topic "')}

    def create(self, topic, partitions=4):
        self.command("--create", "--topic", topic, "--partitions", partitions)

    def delete(self, topic):
        if topic in self.topics():
            self.command("--delete", "--topic", topic)

    def command(self, *arguments):
        run(self.java, "-cp", self.classpath, "org.apache.kafka.tools.TopicCommand",
            "--bootstrap-server", self.address(), *arguments)  # fmt: skip

    def produce(self, topic, lines, keyed=False, partition=None):
        """Each line a record, lz4; `key|value` if keyed."""
        command = ["kcat", "-P", "-b", self.address(), "-t", topic, "-l", lines]
        command += ["-X", "compression.codec=lz4", "-X", "acks=all", "-X", "linger.ms=50"]
        # Or else whole seconds of records go to one partition.
        command += ["-X", "sticky.partitioning.linger.ms=0"]
        if keyed:
            command += ["-K", "|"]
        if partition is not None:
            command += ["-p", str(partition)]
        run(*command)


class Connect(Program):
    """Kafka Connect with Debezium's JDBC sink: two tasks, large batches, unnest inserts."""

    FIELDS = [
        ("order_id", "int64"),
        ("customer_id", "string"),
        ("restaurant", "string"),
        ("city", "string"),
        ("status", "string"),
        ("amount", "double"),
        ("currency", "string"),
        ("created_at", "string"),
        ("event_id", "string"),
    ]

    def __init__(self, work, java, libraries, name, topic, database, mode, key):
        fields = ",".join(f'{{"field":"{f}","type":"{t}"}}' for f, t in self.FIELDS)
        worker = work / "worker.properties"
        worker.write_text(
            f"""
bootstrap.servers=127.0.0.1:{KAFKA_PORT}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
offset.storage.file.filename={work}/connect.offsets
plugin.path={work}/plugins
listeners=http://127.0.0.1:{CONNECT_PORT}
consumer.max.poll.records=10000
consumer.fetch.min.bytes=1000000
consumer.max.partition.fetch.bytes=10000000
""".lstrip()
        )
        sink = work / "sink.properties"
        sink.write_text(
            f"""
name={name}
connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
tasks.max=2
topics={topic}
connection.url=jdbc:postgresql://127.0.0.1:{POSTGRES_PORT}/{database}
connection.username=postgres
connection.password={PASSWORD}
insert.mode={mode}
primary.key.mode=record_value
primary.key.fields={key}
schema.evolution=basic
collection.name.format=landed
batch.size=5000
use.reduction.buffer={"true" if mode == "upsert" else "false"}
dialect.postgres.unnest.insert.enabled=true
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=true
value.converter.schema.content={{"type":"struct","name":"orders","fields":[{fields}]}}
""".lstrip()
        )
        super().__init__(
            [
                java,
                "-Xmx2g",
                "-cp",
                f"{libraries}/*",
                "org.apache.kafka.connect.cli.ConnectStandalone",
                worker,
                sink,
            ],
            work / "connect.log",
        )

    def stop(self, how=signal.SIGKILL, patience=60):
        super().stop(how, patience)


def service_jar(work, java, service):
    """What the build made of a service, its libraries beside it, as it is deployed."""
    jars = sorted((ROOT / f"{service}-service/target").glob(f"{service}-service-*-exec.jar"))
    if not jars:
        raise Failed("build first: mvn -B package -DskipTests")
    packed = jars[0]
    with open(packed, "rb") as built:
        directory = work / f"{service}-{hashlib.file_digest(built, 'sha256').hexdigest()[:16]}"
    if not directory.exists():
        run(java, "-Djarmode=tools", "-jar", packed, "extract", "--destination", directory)
    return directory / packed.name


class Service(Program):
    """A service of Millrace on its own, with the heap that it is promised to need."""

    def __init__(self, work, java, name, port, database, project, program=None, settings=None):
        self.port = port
        environment = {
            "SERVER_PORT": str(port),
            "SERVER_ADDRESS": "127.0.0.1",
            "MILLRACE_PROJECT_DIR": str(project),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS": Broker.address(),
            "MILLRACE_ACCESS_JWT_SECRET": JWT_SECRET,
            "MILLRACE_PII_KEY": "a key of the benchmark, used for nothing",
            "SPRING_DATASOURCE_URL": f"jdbc:postgresql://127.0.0.1:{POSTGRES_PORT}/{database}",
            "SPRING_DATASOURCE_USERNAME": f"millrace_{name}",
            "SPRING_DATASOURCE_PASSWORD": PASSWORD,
            **(settings or {}),
        }
        super().__init__(
            [
                java,
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:NewRatio=1",
                "-XX:SurvivorRatio=4",
                "-XX:MetaspaceSize=128m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                *(program or ["-jar", service_jar(work, java, name)]),
            ],
            work / f"{name}.log",
            environment,
        )

    def is_ready(self):
        try:
            address = f"http://127.0.0.1:{self.port}/actuator/health/readiness"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


class Ingestion(Service):
    """ingestion-service."""

    def __init__(self, work, java, database, project):
        super().__init__(work, java, "ingestion", INGESTION_PORT, database, project)


class Transform(Service):
    """transform-service."""

    def __init__(self, work, java, database, project, program=None):
        settings = {
            "MILLRACE_MODELS_URL": f"jdbc:postgresql://127.0.0.1:{POSTGRES_PORT}/{database}",
            "MILLRACE_MODELS_USERNAME": "millrace_models",
            "MILLRACE_MODELS_PASSWORD": PASSWORD,
            "MILLRACE_LANDING_GROUP": database,
        }
        super().__init__(
            work, java, "transform", TRANSFORM_PORT, database, project, program, settings
        )
