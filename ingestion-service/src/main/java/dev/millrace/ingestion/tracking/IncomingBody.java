package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.source.BodyReader;
import dev.millrace.ingestion.source.OutletUnavailableException;

import java.io.IOException;

/** The body of a request, which is only read once it is known to be worth its memory. */
@FunctionalInterface
interface IncomingBody {

    /**
     * Reads it.
     *
     * @throws IOException if the caller stops sending
     * @throws OutletUnavailableException if no memory is left for it
     */
    BodyReader.Body read() throws IOException, OutletUnavailableException;
}
