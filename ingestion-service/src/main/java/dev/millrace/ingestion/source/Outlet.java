package dev.millrace.ingestion.source;

import java.util.List;

/** Where a door puts what it took. */
public interface Outlet {

    /**
     * Stores records, and returns when each of them is safe. If it throws, some of them may be
     * stored: the caller sends the request again, and the records' identities make it count once.
     *
     * @return those that are too large to be ever stored; none of them is
     * @throws OutletUnavailableException if they cannot be stored now
     */
    List<OutgoingRecord> store(List<OutgoingRecord> records) throws OutletUnavailableException;

    /**
     * The {@linkplain OutgoingRecord#weight() weight} of the largest record that this topic takes,
     * as far as that is known: what is heavier need not be tried.
     */
    long largest(String topic);
}
