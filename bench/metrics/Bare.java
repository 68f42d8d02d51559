import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.SpringApplication;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What Spring MVC can do at most: an endpoint that returns the bytes of a file, and does nothing else. */
public class Bare {

    @RestController
    static class Endpoint {

        private final byte[] bytes;

        Endpoint() throws java.io.IOException {
            bytes = Files.readAllBytes(Path.of(System.getProperty("bytes")));
        }

        @GetMapping("/cubejs-api/v1/load")
        ResponseEntity<byte[]> load() {
            return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(bytes);
        }
    }

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(Endpoint.class, org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration.class,
                org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration.class,
                org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration.class);
        application.run(arguments);
    }
}
