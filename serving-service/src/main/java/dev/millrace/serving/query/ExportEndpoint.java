package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.budget.Budgets;
import dev.millrace.serving.query.export.ExportFormat;
import dev.millrace.serving.query.export.RowForm;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryException;

import io.micrometer.core.instrument.MeterRegistry;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Answers a query with rows in the form of a file, as the warehouse hands them out. */
@Component
class ExportEndpoint {

    private static final Logger log = LoggerFactory.getLogger(ExportEndpoint.class);

    private static final int MOST_FETCHED = 5_000;
    private static final long FETCHED_BYTES = 1 << 21;
    private static final long LOOK_UP_MILLIS = 250;

    private final ServedModel model;
    private final QueryDesk desk;
    private final Exports exports;
    private final Budgets budgets;
    private final TenantTokens tokens;
    private final JsonMapper json;
    private final QueryReader reader;
    private final MeterRegistry meters;

    ExportEndpoint(
            ServedModel model,
            QueryDesk desk,
            Exports exports,
            Budgets budgets,
            ExportSettings settings,
            TenantTokens tokens,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters) {
        this.model = model;
        this.desk = desk;
        this.exports = exports;
        this.budgets = budgets;
        this.tokens = tokens;
        this.json = json;
        this.reader = new QueryReader(json, clock, settings.exportLimit());
        this.meters = meters;
    }

    void answer(
            ExportFormat format,
            CubeRequest asked,
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Caller caller = visit.caller();
        ServedModel.Revision revision = model.current();
        CallerLine line = CallerLineConfiguration.of(request);
        Head head = new Head(format, asked, request, response);
        try {
            desk.count(
                    asked.requestId(),
                    visit,
                    entry -> {
                        entry.format(format.wireName());
                        export(revision, format, asked, caller, entry, line, head);
                        return format;
                    });
        } catch (CallerLeftException e) {
            line.cut();
        } catch (RuntimeException | Error e) {
            if (!head.begun) {
                throw e;
            }
            // There is no other way left to say that this is not all.
            line.cut();
            meters.counter("millrace.serving.exports.broken", "format", format.wireName())
                    .increment();
            if (e instanceof WarehouseException warehouse) {
                // Its words may hold a value of the rows.
                log.warn(
                        "An export broke off: category={} requestId={}",
                        warehouse.category(),
                        asked.requestId());
            } else {
                log.error("An export broke off: requestId={}", asked.requestId(), e);
            }
        }
    }

    /** The head of an answer, which is written when the first bytes of its body are. */
    private static final class Head implements ExportBody.Answer {

        private final ExportFormat format;
        private final CubeRequest asked;
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private @Nullable Long total;
        private boolean begun;

        Head(
                ExportFormat format,
                CubeRequest asked,
                HttpServletRequest request,
                HttpServletResponse response) {
            this.format = format;
            this.asked = asked;
            this.request = request;
            this.response = response;
        }

        @Override
        public OutputStream begin(OptionalLong length) throws IOException {
            if (length.isEmpty() && request.getProtocol().equals("HTTP/1.0")) {
                // Its bodies end with their connection: one that breaks off would look whole.
                throw QueryException.format(
                        "A file of this size needs HTTP/1.1; if there is a proxy between, let it"
                                + " speak that to this service");
            }
            begun = true;
            response.setContentType(format.contentType());
            response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
            response.setHeader("X-Request-Id", asked.requestId());
            if (total != null) {
                response.setHeader("X-Total-Count", total.toString());
            }
            if (ResultFormRequest.isNamed(request)) {
                response.setHeader(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"result." + format.fileEnding() + "\"");
            }
            length.ifPresent(response::setContentLengthLong);
            return response.getOutputStream();
        }
    }

    private void export(
            ServedModel.Revision revision,
            ExportFormat format,
            CubeRequest asked,
            Caller caller,
            QueryDesk.Entry entry,
            CallerLine line,
            Head head) {
        QuerySet set = QuerySet.read(CubeRequest.parse(asked.query(), json), reader);
        entry.asks(AskedMembers.of(set));
        if (set.type() != QuerySet.Type.REGULAR) {
            throw QueryException.format(
                    "A %s has several results, which only JSON can hold; ask for each by a request of its own"
                            .formatted(set.type().wireName()));
        }
        CompiledQuery compiled = revision.compile(set, Viewers.of(caller)).getFirst();
        Answers.checkShown(compiled);
        Tenants tenants = tokens.of(caller);
        Supplier<String> token = () -> tokens.sign(tenants);
        try (Exports.Place place = exports.begin(budgets.share(caller))) {
            ExportRun run = place.run();
            ExportRun.Rows rows = opened(run, compiled, token, line);
            head.total = rows.total();
            ExportBody body = new ExportBody(head, run::checkTime);
            try {
                ExportColumns columns =
                        new ExportColumns(
                                compiled.columns(),
                                set.queries().getFirst().query().dimensions(),
                                revision.annotations(),
                                rows.result().getMetaData());
                RowForm form = format.open(body, columns.columns());
                write(rows.result(), columns, form, entry, line);
                form.end();
                // The rows are there: whoever waits for the connection need not wait for the
                // reader.
                run.close();
                body.finish();
            } catch (SQLException e) {
                throw run.failure(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Waits for the first rows, as long as somebody else waits for them. */
    private static ExportRun.Rows opened(
            ExportRun run, CompiledQuery compiled, Supplier<String> token, CallerLine line) {
        FutureTask<ExportRun.Rows> opening =
                new FutureTask<>(() -> run.open(compiled, token.get()));
        Thread.ofVirtual().name("export").start(opening);
        try {
            while (true) {
                try {
                    return opening.get(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (line.isGone()) {
                        run.end();
                        throw new CallerLeftException();
                    }
                }
            }
        } catch (InterruptedException e) {
            run.end();
            Thread.currentThread().interrupt();
            throw new WarehouseException(new SQLException("interrupted", "57014", e));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException sql -> throw run.failure(sql);
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static void write(
            ResultSet rows,
            ExportColumns columns,
            RowForm form,
            QueryDesk.Entry entry,
            CallerLine line)
            throws SQLException, IOException {
        long count = 0;
        long characters = 0;
        long nextLook = RowWriter.FIRST_FETCH;
        while (rows.next()) {
            @Nullable String[] row = columns.row(rows);
            for (String value : row) {
                characters += value == null ? 0 : value.length();
            }
            form.write(row);
            count++;
            entry.rows(count);
            if (count == nextLook) {
                if (line.isGone()) {
                    throw new CallerLeftException();
                }
                // The driver is to read ahead only as many as memory is for.
                int fetched =
                        Math.clamp(
                                FETCHED_BYTES / Math.max(1, characters / count), 1, MOST_FETCHED);
                rows.setFetchSize(fetched);
                nextLook += fetched;
            }
        }
    }
}
