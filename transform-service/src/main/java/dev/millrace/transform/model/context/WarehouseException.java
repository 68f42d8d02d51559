package dev.millrace.transform.model.context;

import java.sql.SQLException;

/** A statement of a template that failed in the warehouse, on its way through the template. */
public final class WarehouseException extends RuntimeException {

    private final transient SQLException failure;

    WarehouseException(SQLException failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
    }

    public SQLException failure() {
        return failure;
    }
}
