package dev.millrace.serving.query;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.io.IOException;

/** Gives requests a hold on their connection, of which servlets know nothing. */
@Configuration(proxyBeanMethods = false)
public class CallerLineConfiguration {

    /**
     * Most answers are larger than the 8 KiB that Tomcat sends at once, and each part costs as much
     * as all the rest of an answer that is kept; in bytes of the heap for each connection, of which
     * there are thousands that watch.
     */
    private static final String WRITE_BUFFER = String.valueOf(16 << 10);

    private static final String ATTRIBUTE = CallerLine.class.getName();

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> callerLines() {
        return server -> {
            server.addContextValves(new Lines());
            server.addConnectorCustomizers(
                    connector -> connector.setProperty("socket.appWriteBufSize", WRITE_BUFFER));
        };
    }

    /** The line of a request. */
    public static CallerLine of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof CallerLine line) {
            return line;
        }
        throw new IllegalStateException("no line to the caller; does the service run in Tomcat?");
    }

    private static final class Lines extends ValveBase {

        Lines() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response)
                throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, new TomcatLine(request, response));
            getNext().invoke(request, response);
        }
    }

    private record TomcatLine(Request request, Response response) implements CallerLine {

        /**
         * Looks whether there is something to read, without waiting. The request has been read, and
         * no client sends another one before it has the answer: what there is to read is the end.
         */
        @Override
        public boolean isGone() {
            org.apache.coyote.Request connection = request.getCoyoteRequest();
            connection.action(ActionCode.AVAILABLE, true);
            return connection.getAvailable() > 0;
        }

        /** Without the last chunk, or short of the length that was told. */
        @Override
        public void cut() {
            response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
        }
    }
}
