package dev.millrace.transform.landing;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

/** A database of which some commits break the connection. */
final class BreakingDatabase extends DelegatingDataSource {

    private final Breaks where;
    private final AtomicInteger spared;
    private final AtomicInteger left;

    enum Breaks {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private BreakingDatabase(DataSource real, Breaks where, int spared, int times) {
        super(real);
        this.where = where;
        this.spared = new AtomicInteger(spared);
        this.left = new AtomicInteger(times);
    }

    /** Breaks so many commits, after some that go well. */
    static DataSource over(DataSource real, Breaks where, int spared, int times) {
        return new BreakingDatabase(real, where, spared, times);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection)
                Proxy.newProxyInstance(
                        Connection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            boolean breaks =
                                    method.getName().equals("commit")
                                            && spared.getAndDecrement() <= 0
                                            && left.getAndDecrement() > 0;
                            if (breaks && where == Breaks.BEFORE_COMMIT) {
                                connection.rollback();
                                throw new SQLException("connection lost", "08006");
                            }
                            Object result;
                            try {
                                result = method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                            if (breaks) {
                                throw new SQLException("connection lost", "08006");
                            }
                            return result;
                        });
    }
}
