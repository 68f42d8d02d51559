package dev.millrace.embedded.kafka;

import java.nio.file.Path;
import java.util.Properties;

/** The server.properties of a single node that is broker and controller in one. */
final class BrokerParameters {

    static final int NODE = 1;

    private BrokerParameters() {}

    static Properties of(Path log, int port, int controllerPort) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(NODE));
        p.setProperty("log.dirs", log.toString());

        p.setProperty(
                "listeners",
                "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "CLIENTS://127.0.0.1:" + port);
        p.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "CLIENTS");
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        // After kill -9 the controller waits for the dead broker's session: 9 s by default.
        p.setProperty("broker.session.timeout.ms", "2000");
        p.setProperty("broker.heartbeat.interval.ms", "500");

        // A mistyped topic is an error, not a new topic.
        p.setProperty("auto.create.topics.enable", "false");

        p.setProperty("default.replication.factor", "1");
        p.setProperty("min.insync.replicas", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("offsets.topic.num.partitions", "4");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("transaction.state.log.num.partitions", "4");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        // One consumer group member starts at a time here: waiting for more only delays it.
        p.setProperty("group.initial.rebalance.delay.ms", "0");

        // What was acknowledged survives any end of the process, as it is in the page cache by
        // then. There is no replica to survive the end of the machine, so force it to disk every
        // second: a power failure loses at most that.
        p.setProperty("log.flush.interval.ms", "1000");
        p.setProperty("log.flush.scheduler.interval.ms", "1000");
        // Smaller than the default of 1 GB, so that retention can free space on a small disk.
        p.setProperty("log.segment.bytes", Integer.toString(128 * 1024 * 1024));
        p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(16 * 1024 * 1024));

        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        return p;
    }
}
