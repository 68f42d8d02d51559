package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.ingestion.payload.PersonalData;
import dev.millrace.operations.revision.ProjectCheck;

import org.springframework.stereotype.Component;

import java.util.List;
import java.util.regex.Pattern;

/** Refuses a project that wants hashes while the service has no key to make them with. */
@Component
final class PersonalDataCheck implements ProjectCheck {

    private final PersonalDataSettings settings;

    PersonalDataCheck(PersonalDataSettings settings) {
        this.settings = settings;
    }

    @Override
    public void check(Project project, Problems problems) {
        if (settings.key() != null) {
            return;
        }
        project.sources().stream()
                .filter(SegmentSource.class::isInstance)
                .map(SegmentSource.class::cast)
                .filter(source -> PersonalData.needsKey(source.pii()))
                .forEach(
                        source ->
                                problems.add(
                                        position(project, source.name()),
                                        "the source '"
                                                + source.name()
                                                + "' hashes personal data, and the ingestion"
                                                + " service has no key for that; set"
                                                + " MILLRACE_PII_KEY (millrace.pii.key), for"
                                                + " example to what 'openssl rand -hex 32' prints,"
                                                + " or write drop or mask"));
    }

    private static Position position(Project project, String source) {
        Pattern name = Pattern.compile("\\bname:\\s*[\"']?" + Pattern.quote(source) + "\\b");
        for (String file : project.files().below("sources", "yml", "yaml")) {
            List<String> lines = project.files().text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (name.matcher(lines.get(i)).find()) {
                    return new Position(file, i + 1, 1);
                }
            }
        }
        return new Position("sources", 1, 1);
    }
}
