package dev.millrace.standalone.demo;

import dev.millrace.standalone.demo.shop.Parcel;

/** Brings parcels to one kind of door. */
interface Carrier extends AutoCloseable {

    /** Sends a parcel once, and waits for the answer. */
    Answer send(Parcel parcel, int attempt) throws InterruptedException;

    @Override
    void close();
}
