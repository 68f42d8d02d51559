package dev.millrace.transform.landing.identity;

import dev.millrace.transform.landing.identity.KnownIdentities.Answer;
import dev.millrace.transform.landing.identity.KnownIdentities.Suspect;
import dev.millrace.transform.schema.Relation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import javax.sql.DataSource;

/**
 * Which identities each appended table has. Rows are taken for new if no batch of identities before
 * theirs has them; batches of a table are numbered, one transaction after the other, in the
 * transaction that adds the rows. That holds however many landers add to the table, however long
 * ago the identity came first, and without an index on the table.
 *
 * <p>This process keeps filters of all of them and the latest ones themselves, so that it asks the
 * database of few: of those that are there, and of one in a thousand others.
 */
public final class IdentityLedger {

    private static final Logger log = LoggerFactory.getLogger(IdentityLedger.class);

    private final DataSource database;
    private final Clock clock;
    private final IdentityStore store;
    private final IdentitySealing sealing;
    private final Consumer<Relation> grown;
    private final Map<Relation, KnownIdentities> known = new ConcurrentHashMap<>();
    private final IdentityClaims claims = new IdentityClaims();
    private final Map<Relation, Object> loading = new ConcurrentHashMap<>();

    /**
     * @param grown hears of tables whose latest identities are worth a segment
     */
    IdentityLedger(
            DataSource database,
            Clock clock,
            IdentityStore store,
            IdentitySealing sealing,
            Consumer<Relation> grown) {
        this.database = database;
        this.clock = clock;
        this.store = store;
        this.sealing = sealing;
        this.grown = grown;
    }

    /**
     * Which of some identities a table has.
     *
     * @param known their places
     * @param seen what they were looked for in
     */
    public record Found(Relation relation, Fingerprints asked, BitSet known, Seen seen) {

        /** The same, if more of them are known. */
        public Found with(BitSet more) {
            BitSet all = (BitSet) known.clone();
            all.or(more);
            return new Found(relation, asked, all, seen);
        }

        /** Those that the table does not have, as a transaction may add them. */
        public Added fresh() {
            Fingerprints fresh = known.isEmpty() ? asked : asked.where(i -> !known.get(i));
            return new Added(relation, fresh, seen);
        }
    }

    /** Identities that a table did not have in what was seen of it, each once. */
    public record Added(Relation relation, Fingerprints fingerprints, Seen seen) {}

    /**
     * What somebody looked at.
     *
     * @param tableOid the table, as another one of the same name has other rows
     * @param layout its segments: those of an earlier layout may be gone, and then nothing is found
     *     in them
     * @param asOf the batch up to which is known what is there
     */
    public record Seen(long tableOid, long layout, long asOf) {}

    /** Reads what there is of a table's identities, unless this process knows of them. */
    public void prepare(Relation relation) throws SQLException {
        KnownIdentities here = known.get(relation);
        if (here == null) {
            synchronized (loading(relation)) {
                if (!known.containsKey(relation)) {
                    sealing.catchUp(relation);
                    load(relation);
                    // There may be much to merge, and to remove.
                    grown.accept(relation);
                }
            }
        } else if (here.recentSize() > sealing.backlog()) {
            sealing.catchUp(relation);
            renew(relation);
        }
    }

    /** What landers of this process are just adding. */
    public IdentityClaims claims() {
        return claims;
    }

    /** Forgets what was known of a table, as it is not what it was. */
    public void forget(Relation relation) {
        known.remove(relation);
    }

    /**
     * Which of the identities a prepared table has by now.
     *
     * @param asked each once
     */
    public Found find(Connection connection, Relation relation, Fingerprints asked)
            throws SQLException, StaleIdentitiesException {
        Answer answer = known(relation).look(asked);
        BitSet found = answer.known();
        if (!answer.suspects().isEmpty()) {
            confirm(connection, asked, answer.suspects(), found);
        }
        return new Found(relation, asked, found, answer.seen());
    }

    /**
     * The same, with what was added meanwhile of some places.
     *
     * @throws StaleIdentitiesException if the table is another one by now
     */
    public Found findAgain(Connection connection, Found before, BitSet places)
            throws SQLException, StaleIdentitiesException {
        Found now = find(connection, before.relation, before.asked.where(places::get));
        if (now.seen.tableOid() != before.seen.tableOid()) {
            throw new StaleIdentitiesException(before.relation);
        }
        int[] asPlace = places.stream().toArray();
        BitSet more = new BitSet();
        now.known.stream().forEach(i -> more.set(asPlace[i]));
        return before.with(more);
    }

    /** Whether the table is still the one in which identities were found. */
    public boolean isOfTable(Connection connection, Found found) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT to_regclass(?)::oid = ?::oid")) {
            select.setString(1, found.relation().quoted());
            select.setLong(2, found.seen().tableOid());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private KnownIdentities known(Relation relation) throws StaleIdentitiesException {
        KnownIdentities there = known.get(relation);
        if (there == null) {
            throw new StaleIdentitiesException(relation);
        }
        return there;
    }

    private static void confirm(
            Connection connection, Fingerprints asked, List<Suspect> suspects, BitSet found)
            throws SQLException {
        int size = suspects.size();
        Long[] segments = new Long[size];
        Integer[] buckets = new Integer[size];
        byte[][] fingerprints = new byte[size][];
        for (int i = 0; i < size; i++) {
            Suspect suspect = suspects.get(i);
            segments[i] = suspect.segment().id();
            buckets[i] = suspect.segment().bucket(asked.first(suspect.index()));
            fingerprints[i] = asked.bytes(suspect.index());
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT q.n FROM unnest(?::bigint[], ?::int[], ?::bytea[])
                          WITH ORDINALITY AS q (segment, bucket, fingerprint, n)
                        JOIN transform.identity_bucket b
                          ON b.segment = q.segment AND b.bucket = q.bucket
                        WHERE position(q.fingerprint IN b.fingerprints) > 0
                        """)) {
            select.setArray(1, connection.createArrayOf("bigint", segments));
            select.setArray(2, connection.createArrayOf("int4", buckets));
            select.setArray(3, connection.createArrayOf("bytea", fingerprints));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.set(suspects.get(rows.getInt(1) - 1).index());
                }
            }
        }
    }

    /**
     * Adds identities in the connection's transaction. From here to its end, nobody else adds to
     * the same tables: so it should be near.
     *
     * @return what to do once the transaction is committed, and places of identities that others
     *     have added since they were looked for: if there are any, nothing was added
     * @throws StaleIdentitiesException if a table is to be prepared anew
     */
    public Admission admit(Connection connection, List<Added> added)
            throws SQLException, StaleIdentitiesException {
        if (added.isEmpty()) {
            return new Admission(Map.of(), () -> {});
        }
        Map<Relation, Long> numbers = new HashMap<>();
        Map<Relation, BitSet> taken = new HashMap<>();
        Map<String, IdentityStore.Head> heads =
                store.lock(connection, added.stream().map(Added::relation).toList());
        for (Added some : added) {
            Relation relation = some.relation();
            KnownIdentities here = known(relation);
            IdentityStore.Head head = heads.get(relation.qualified());
            if (head == null || !head.isOf(some.seen()) || !head.isOf(here.seen())) {
                throw new StaleIdentitiesException(relation);
            }
            catchUp(connection, relation, here, head);
            BitSet others = here.inRecent(some.fingerprints());
            if (!others.isEmpty()) {
                taken.put(relation, others);
            }
            numbers.put(relation, head.nextBatch());
        }
        if (!taken.isEmpty()) {
            return new Admission(taken, () -> {});
        }
        store.append(
                connection,
                added,
                numbers,
                OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
        return new Admission(Map.of(), () -> added.forEach(some -> learn(some, numbers, heads)));
    }

    /**
     * What became of identities that were to be added.
     *
     * @param taken by table, the places of those that it has by now
     * @param whenCommitted to be run once the transaction is committed
     */
    public record Admission(Map<Relation, BitSet> taken, Runnable whenCommitted) {

        /** Whether the identities were added. */
        public boolean isGranted() {
            return taken.isEmpty();
        }
    }

    /** Learns of what others added, in this process or another one. */
    private void catchUp(
            Connection connection, Relation relation, KnownIdentities here, IdentityStore.Head head)
            throws SQLException, StaleIdentitiesException {
        long next = here.seen().asOf() + 1;
        if (next == head.nextBatch()) {
            return;
        }
        Map<Long, Fingerprints> batches =
                store.batches(connection, relation, next, head.nextBatch() - 1);
        for (long batch = next; batch < head.nextBatch(); batch++) {
            Fingerprints others = batches.get(batch);
            if (others == null) {
                // In a segment for long.
                throw new StaleIdentitiesException(relation);
            }
            here.learn(batch, others);
        }
    }

    private void learn(
            Added added, Map<Relation, Long> numbers, Map<String, IdentityStore.Head> heads) {
        KnownIdentities here = known.get(added.relation());
        if (here == null) {
            return;
        }
        long number = Objects.requireNonNull(numbers.get(added.relation()));
        here.learn(number, added.fingerprints());
        IdentityStore.Head head = Objects.requireNonNull(heads.get(added.relation().qualified()));
        if (sealing.isWorthASegment(here.recentSize(), number - head.sealedBatch())) {
            grown.accept(added.relation());
        }
    }

    /** Reads anew what there is of a table, but for the segments that are known already. */
    public void renew(Relation relation) throws SQLException {
        synchronized (loading(relation)) {
            load(relation);
        }
    }

    /**
     * Held while a table's identities are read, so that nobody puts an older reading over a newer.
     */
    private Object loading(Relation relation) {
        return loading.computeIfAbsent(relation, _ -> new Object());
    }

    private void load(Relation relation) throws SQLException {
        KnownIdentities here = known.get(relation);
        try (Connection connection = database.getConnection()) {
            KnownIdentities now =
                    store.load(connection, relation, here == null ? List.of() : here.segments());
            known.put(relation, now);
            log.debug("{} has {} segments of identities", relation, now.segments().size());
        }
    }

    /** The same where this process has to do with the table. */
    void refresh(Relation relation) throws SQLException {
        if (known.containsKey(relation)) {
            renew(relation);
        }
    }

    /**
     * Bytes that this process keeps of identities: of segments beside the heap, of others in it.
     */
    public long bytes() {
        return known.values().stream().mapToLong(KnownIdentities::bytes).sum();
    }
}
