package dev.millrace.transform.landing.contract;

import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.transform.schema.Tables;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.sql.SQLException;

/** Tells operators what contracts the project has, and which of their rules are enforced. */
@RestController
class ContractEndpoint {

    private final ProjectRevisions projects;
    private final ContractReport report;

    ContractEndpoint(ProjectRevisions projects, Tables tables) {
        this.projects = projects;
        this.report = new ContractReport(tables);
    }

    @GetMapping("/operator/contracts")
    ContractReport.Contracts contracts() throws SQLException {
        return report.of(projects.current());
    }
}
