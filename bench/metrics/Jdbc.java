import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Arrays;

/** The same SQL by plain JDBC, one after the other: {@code java Jdbc URL USER PASSWORD SQL SECONDS}. Prints p50 in microseconds. */
public class Jdbc {

    public static void main(String[] arguments) throws Exception {
        int[] micros = new int[2_000_000];
        int n = 0;
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2]);
                PreparedStatement statement = connection.prepareStatement(arguments[3])) {
            connection.setReadOnly(true);
            long end = System.nanoTime() + Long.parseLong(arguments[4]) * 1_000_000_000L;
            long rows = 0;
            while (System.nanoTime() < end) {
                long began = System.nanoTime();
                try (ResultSet result = statement.executeQuery()) {
                    int columns = result.getMetaData().getColumnCount();
                    while (result.next()) {
                        for (int i = 1; i <= columns; i++) {
                            rows += String.valueOf(result.getString(i)).length();
                        }
                    }
                }
                micros[n++] = (int) ((System.nanoTime() - began) / 1_000);
            }
            if (rows < 0) {
                throw new IllegalStateException();
            }
        }
        Arrays.sort(micros, 0, n);
        System.out.printf("{\"p50\": %d, \"runs\": %d}%n", micros[n / 2], n);
    }
}
