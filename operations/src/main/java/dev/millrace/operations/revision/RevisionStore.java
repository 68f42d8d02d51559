package dev.millrace.operations.revision;

import dev.millrace.contracts.project.ProjectFiles;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The good revisions that the service followed, in its own schema. */
@Component
class RevisionStore {

    private static final int KEPT = 20;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    /**
     * A revision that was in force.
     *
     * @param files its files
     * @param loadedAt since when
     */
    record Stored(ProjectFiles files, Instant loadedAt) {}

    RevisionStore(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    Optional<Stored> newest() {
        return jdbc.sql(
                        """
                        SELECT files, loaded_at FROM project_revision
                        ORDER BY loaded_at DESC, revision LIMIT 1\
                        """)
                .query(RevisionStore::stored)
                .optional();
    }

    /** Keeps a revision as the newest, and forgets the oldest. */
    void save(ProjectFiles files, Instant loadedAt) {
        transactions.executeWithoutResult(
                transaction -> {
                    jdbc.sql(
                                    """
                                    INSERT INTO project_revision (revision, loaded_at, files)
                                    VALUES (:revision, :loadedAt, :files)
                                    ON CONFLICT (revision) DO UPDATE SET loaded_at = :loadedAt\
                                    """)
                            .param("revision", files.revision())
                            .param("loadedAt", loadedAt.atOffset(ZoneOffset.UTC))
                            .param("files", zip(files))
                            .update();
                    jdbc.sql(
                                    """
                                    DELETE FROM project_revision WHERE revision IN (
                                      SELECT revision FROM project_revision
                                      ORDER BY loaded_at DESC, revision OFFSET :kept)\
                                    """)
                            .param("kept", KEPT)
                            .update();
                });
    }

    private static Stored stored(ResultSet row, int number) throws SQLException {
        return new Stored(
                unzip(row.getBytes("files")),
                row.getObject("loaded_at", OffsetDateTime.class).toInstant());
    }

    private static byte[] zip(ProjectFiles files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.contents().entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static ProjectFiles unzip(byte[] bytes) {
        Map<String, byte[]> contents = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                contents.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ProjectFiles.of(contents);
    }
}
