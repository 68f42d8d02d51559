package dev.millrace.transform.command;

import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.model.deps.InstallRequest;
import dev.millrace.transform.model.deps.InstalledPackage;
import dev.millrace.transform.model.deps.PackageInstaller;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;

/** Installs the packages that the project lists. */
@picocli.CommandLine.Command(
        name = "deps",
        mixinStandardHelpOptions = true,
        description = "Install the packages of packages.yml or dependencies.yml.")
final class DepsCommand extends ProjectCommand {

    @Option(names = "--upgrade", description = "look for newer versions than those of the lock")
    private boolean upgrade;

    @Option(names = "--lock", description = "write package-lock.yml only")
    private boolean lock;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "how long git may take for one package")
    private long timeout = 300;

    DepsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException {
        Problems problems = new Problems();
        InstallRequest.Mode mode =
                lock
                        ? InstallRequest.Mode.LOCK
                        : upgrade ? InstallRequest.Mode.UPGRADE : InstallRequest.Mode.INSTALL;
        List<InstalledPackage> installed =
                new PackageInstaller(
                                surroundings().environment(),
                                OpenProject.vars(options().vars()),
                                problems)
                        .install(
                                new InstallRequest(
                                        options().project(), mode, Duration.ofSeconds(timeout)));
        if (!problems.isEmpty()) {
            throw new CommandFailedException(Mistakes.text(problems.list()));
        }
        installed.forEach(
                each ->
                        console.tell(
                                (lock ? "Locked " : "Installed ")
                                        + each.name()
                                        + " "
                                        + each.version()
                                        + " from "
                                        + each.source()));
        if (installed.isEmpty()) {
            console.tell("The project lists no packages.");
        }
        return 0;
    }
}
