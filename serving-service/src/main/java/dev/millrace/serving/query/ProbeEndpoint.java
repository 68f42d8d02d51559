package dev.millrace.serving.query;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.Map;

/** Cube's probes. */
@RestController
class ProbeEndpoint {

    private final WarehouseHealth warehouse;

    ProbeEndpoint(WarehouseHealth warehouse) {
        this.warehouse = warehouse;
    }

    @GetMapping("/livez")
    Map<String, String> live() {
        return Map.of("health", "HEALTH");
    }

    @GetMapping("/readyz")
    ResponseEntity<Map<String, String>> ready() {
        return warehouse.isUp()
                ? ResponseEntity.ok(Map.of("health", "HEALTH"))
                : ResponseEntity.status(HttpStatus.INTERNAL_SERVER_ERROR)
                        .body(Map.of("health", "DOWN"));
    }
}
