package dev.millrace.standalone.stack;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;
import dev.millrace.embedded.process.DirectoryInUseException;
import dev.millrace.embedded.process.DirectoryLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * PostgreSQL, Kafka and the three services on one machine, each a process of its own that is
 * started again when it ends. One stack at a time uses a data directory.
 */
public final class Stack implements AutoCloseable {

    private final StackSettings settings;
    private final Progress progress;
    private final DataDirectory data;
    private final DirectoryLock lock;
    private final Secrets secrets;

    /** In the order in which they start; they stop the other way round. */
    private final List<List<Supervised>> stages = new ArrayList<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable StartTraining training;
    private boolean closing;

    private Stack(StackSettings settings, Progress progress, DataDirectory data, DirectoryLock lock)
            throws IOException {
        this.settings = settings;
        this.progress = progress;
        this.data = data;
        this.lock = lock;
        this.secrets = Secrets.loadOrCreate(data.secrets());
    }

    /**
     * Takes the data directory; {@link #start} does the rest.
     *
     * @throws IOException when another stack uses it
     */
    public static Stack open(StackSettings settings, Progress progress) throws IOException {
        DataDirectory data = DataDirectory.prepare(settings.data());
        DirectoryLock lock;
        try {
            lock = DirectoryLock.acquire(data.root());
        } catch (DirectoryInUseException e) {
            throw new IOException(
                    "another stack (process %s) uses the data directory %s.\n"
                                    .formatted(e.holder(), data.root())
                            + "Stop that one, or give this one its own: ./millrace up --data DIR"
                            + " --port-offset 100",
                    e);
        }
        try {
            return new Stack(settings, progress, data, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Starts everything and returns when all of it can be used; else stops what had started. */
    public void start() throws IOException, InterruptedException {
        try {
            Leftovers.end(data, progress);
            settings.ports().checkFree();
            HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
            startStage(
                    new PostgresComponent(data, settings.ports(), secrets),
                    new BrokerComponent(data, settings.ports()));
            ServiceComponent ingestion =
                    service("ingestion", settings.ports().ingestion(), "512m", http);
            ServiceComponent transform =
                    service("transform", settings.ports().transform(), "1g", http);
            ServiceComponent serving = service("serving", settings.ports().serving(), "512m", http);
            startStage(ingestion, transform, serving);
            RunningStack.announce(data, settings.ports());
            train(List.of(ingestion.lesson(), transform.lesson(), serving.lesson()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void startStage(Component... components) throws IOException, InterruptedException {
        List<Supervised> stage = new ArrayList<>();
        synchronized (stages) {
            if (closing) {
                throw new InterruptedException("the stack was closed while it started");
            }
            for (Component component : components) {
                Supervised supervised =
                        new Supervised(component, data.pidFile(component.name()), progress);
                stage.add(supervised);
                supervised.start();
            }
            stages.add(stage);
        }
        for (Supervised supervised : stage) {
            supervised.awaitFirstStart();
        }
    }

    private void train(List<StartTraining.Lesson> lessons) {
        synchronized (stages) {
            if (!closing) {
                training = new StartTraining(lessons, data, progress);
                training.start();
            }
        }
    }

    private ServiceComponent service(String name, int port, String heap, HttpClient http) {
        return new ServiceComponent(
                name, data, settings.home(), port, heap, environment(name, port), http);
    }

    private Map<String, String> environment(String service, int port) {
        Map<String, String> environment = new HashMap<>(settings.environment());
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("SERVER_ADDRESS", "127.0.0.1");
        environment.put("MILLRACE_PROJECT_DIR", settings.project().toString());
        environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + settings.ports().kafka());
        environment.put("MILLRACE_ACCESS_JWT_SECRET", secrets.operatorsJwt());
        switch (service) {
            case "ingestion" -> {
                database(environment, "SPRING_DATASOURCE", Role.INGESTION);
                environment.put("MILLRACE_PII_KEY", secrets.piiKey());
            }
            case "transform" -> {
                database(environment, "SPRING_DATASOURCE", Role.TRANSFORM);
                database(environment, "MILLRACE_MODELS", Role.MODELS);
                environment.put("MILLRACE_PII_KEY", secrets.piiKey());
            }
            case "serving" -> {
                database(environment, "SPRING_DATASOURCE", Role.SERVING);
                database(environment, "MILLRACE_WAREHOUSE", Role.READER);
                environment.put("MILLRACE_WAREHOUSE_USERNAME", WarehouseRoles.ANSWERS);
                environment.put("MILLRACE_SERVING_API_SECRET", secrets.servingApi());
                environment.put("MILLRACE_SERVING_TENANT_SECRET", secrets.tenants());
            }
            default -> throw new IllegalArgumentException("no such service: " + service);
        }
        return environment;
    }

    private void database(Map<String, String> environment, String prefix, Role role) {
        environment.put(prefix + "_URL", StackAccess.jdbcUrl(settings.ports()));
        environment.put(prefix + "_USERNAME", role.roleName());
        environment.put(prefix + "_PASSWORD", secrets.password(role));
    }

    /** Addresses and tokens of this stack. */
    public StackAccess access() {
        return new StackAccess(data, settings.ports(), secrets, Clock.systemUTC());
    }

    /** Returns when somebody has closed the stack. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /** Whether nobody has closed it yet. */
    public boolean isOpen() {
        synchronized (stages) {
            return !closing;
        }
    }

    /** Stops the services, which drain, then Kafka, then PostgreSQL. May be called twice. */
    @Override
    public void close() throws IOException {
        synchronized (stages) {
            if (closing) {
                return;
            }
            closing = true;
        }
        RunningStack.withdraw(data);
        if (training != null) {
            training.close();
        }
        List<List<Supervised>> order = new ArrayList<>(stages.reversed());
        for (List<Supervised> stage : order) {
            stopTogether(stage);
        }
        lock.close();
        closed.countDown();
    }

    private static void stopTogether(List<Supervised> stage) {
        // What was started must be stopped, whoever is impatient: join() is not interrupted.
        CompletableFuture.allOf(
                        stage.stream()
                                .map(
                                        s ->
                                                CompletableFuture.runAsync(
                                                        s::stop, Thread::startVirtualThread))
                                .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}
