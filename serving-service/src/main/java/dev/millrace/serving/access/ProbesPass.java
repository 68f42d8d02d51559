package dev.millrace.serving.access;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import java.io.IOException;

/** Asks everybody for a token but the probes. */
record ProbesPass(Filter asking) implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = ((HttpServletRequest) request).getRequestURI();
        if (path.equals("/livez") || path.equals("/readyz")) {
            chain.doFilter(request, response);
        } else {
            asking.doFilter(request, response, chain);
        }
    }
}
