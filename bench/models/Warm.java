import dev.millrace.standalone.Millrace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Gives the same command once for each line of its input: what it takes a JVM that knows it. */
final class Warm {

    private Warm() {}

    public static void main(String[] command) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int code = 0;
        while (code == 0 && lines.readLine() != null) {
            code = Millrace.commandLine().execute(command);
            System.out.println("ended " + code);
            System.out.flush();
        }
        System.exit(code);
    }
}
