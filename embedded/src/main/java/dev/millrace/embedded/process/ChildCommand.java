package dev.millrace.embedded.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What to run as a child process.
 *
 * @param name what people call it
 * @param arguments the program and its arguments
 * @param environment variables on top of this JVM's own
 * @param directory where it runs; this JVM's own when empty
 * @param log the file that its output is appended to
 * @param atParentsDeath the signal that it gets when this JVM dies
 * @param account the account that it runs as; this JVM's own when empty
 */
public record ChildCommand(
        String name,
        List<String> arguments,
        Map<String, String> environment,
        Optional<Path> directory,
        Path log,
        Signal atParentsDeath,
        Optional<UnprivilegedAccount> account) {

    public ChildCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** A command with this JVM's environment, directory and account. */
    public static ChildCommand of(String name, List<String> arguments, Path log) {
        return new ChildCommand(
                name, arguments, Map.of(), Optional.empty(), log, Signal.TERM, Optional.empty());
    }

    public ChildCommand withEnvironment(Map<String, String> variables) {
        return new ChildCommand(
                name, arguments, variables, directory, log, atParentsDeath, account);
    }

    public ChildCommand in(Path workingDirectory) {
        return new ChildCommand(
                name,
                arguments,
                environment,
                Optional.of(workingDirectory),
                log,
                atParentsDeath,
                account);
    }

    public ChildCommand signalledAtParentsDeath(Signal signal) {
        return new ChildCommand(name, arguments, environment, directory, log, signal, account);
    }

    public ChildCommand as(Optional<UnprivilegedAccount> runAs) {
        return new ChildCommand(
                name, arguments, environment, directory, log, atParentsDeath, runAs);
    }

    /** The command behind the small programs of util-linux that give it its session and end. */
    List<String> wrapped() {
        List<String> command = new ArrayList<>();
        find("setsid").ifPresent(command::add);
        Optional<String> setpriv = find("setpriv");
        if (setpriv.isPresent()) {
            command.add(setpriv.get());
            command.add("--pdeathsig=" + atParentsDeath.name());
            account.ifPresent(a -> command.addAll(a.setprivArguments()));
        } else if (account.isPresent()) {
            throw new IllegalStateException(
                    name
                            + " must not run as root, and changing the account needs setpriv"
                            + " (package util-linux). Install it, or run as an ordinary user.");
        }
        if (command.isEmpty()) {
            // macOS: neither exists, but a Perl does. Its children outlive a killed parent.
            find("perl")
                    .ifPresent(
                            perl ->
                                    command.addAll(
                                            List.of(
                                                    perl,
                                                    "-MPOSIX",
                                                    "-e",
                                                    "setsid(); exec @ARGV",
                                                    "--")));
        }
        command.addAll(arguments);
        return command;
    }

    private static Optional<String> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/bin", "/bin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
