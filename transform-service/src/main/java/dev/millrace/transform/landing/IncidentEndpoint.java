package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Incidents.Incident;
import dev.millrace.transform.landing.Incidents.Scope;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import java.util.List;

/**
 * Shows operators the partitions that stand still or fall behind, and lets them decide where these
 * go on.
 */
@RestController
class IncidentEndpoint {

    private final Incidents incidents;

    IncidentEndpoint(Incidents incidents) {
        this.incidents = incidents;
    }

    /** Where to go on. */
    record Decision(long offset) {}

    @GetMapping("/operator/incidents")
    List<Incident> incidents(@RequestParam(defaultValue = "false") boolean resolved) {
        return incidents.incidents(resolved ? Scope.ALL : Scope.OPEN);
    }

    @PostMapping("/operator/incidents/{id}/resolve")
    Incident resolve(@PathVariable long id, @RequestBody Decision decision) {
        return incidents
                .resolve(id, decision.offset())
                .orElseThrow(
                        () ->
                                new ResponseStatusException(
                                        HttpStatus.NOT_FOUND,
                                        "There is no incident "
                                                + id
                                                + " that waits for a decision. One of the kind"
                                                + " retention ends when landing has caught up."));
    }
}
