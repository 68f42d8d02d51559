package dev.millrace.ingestion.tracking;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What analytics.js asks its CDN for before it sends anything: that there is one integration,
 * Segment's own, and where it is.
 */
@RestController
class SettingsEndpoint {

    private final TrackingDoor door;

    SettingsEndpoint(TrackingDoor door) {
        this.door = door;
    }

    record Settings(
            Map<String, Integration> integrations,
            Map<String, Map<String, PlanEntry>> plan,
            Map<String, Object> edgeFunction,
            boolean analyticsNextEnabled,
            Map<String, Object> middlewareSettings,
            Map<String, Object> enabledMiddleware,
            Metrics metrics,
            boolean legacyVideoPluginsEnabled,
            List<Object> remotePlugins) {}

    record Integration(
            String apiKey,
            String apiHost,
            String protocol,
            List<String> unbundledIntegrations,
            boolean addBundledMetadata) {}

    record PlanEntry(boolean enabled) {}

    /** The SDK's own telemetry goes nowhere. */
    record Metrics(int sampleRate) {}

    @GetMapping("/v1/projects/{writeKey}/settings")
    ResponseEntity<Settings> settings(@PathVariable String writeKey, HttpServletRequest request) {
        if (!door.knows(writeKey)) {
            return ResponseEntity.notFound().build();
        }
        Map<String, PlanEntry> all = Map.of("__default", new PlanEntry(true));
        Integration segment =
                new Integration(
                        writeKey, authority(request) + "/v1", request.getScheme(), List.of(), true);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(5)).cachePrivate())
                .body(
                        new Settings(
                                Map.of("Segment.io", segment),
                                Map.of("track", all, "identify", all, "group", all),
                                Map.of(),
                                true,
                                Map.of(),
                                Map.of(),
                                new Metrics(0),
                                false,
                                List.of()));
    }

    /** Host and port as the page knows them, which a proxy may have told. */
    private static String authority(HttpServletRequest request) {
        int port = request.getServerPort();
        boolean isDefault = port == (request.isSecure() ? 443 : 80);
        String host = request.getServerName();
        return isDefault ? host : host + ":" + port;
    }
}
