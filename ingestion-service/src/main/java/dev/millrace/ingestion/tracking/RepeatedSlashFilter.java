package dev.millrace.ingestion.tracking;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;

/**
 * Takes {@code //v1/import/} for {@code /v1/import/}: SDKs put their path after the host as it was
 * given to them, and people give it with a slash.
 */
final class RepeatedSlashFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        chain.doFilter(
                path.startsWith("//") ? at(path.replaceFirst("^/+", "/"), request) : request,
                response);
    }

    private static HttpServletRequest at(String path, HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public String getRequestURI() {
                return path;
            }
        };
    }
}
