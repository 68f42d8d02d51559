package dev.millrace.serving.query;

import dev.millrace.serving.query.export.ExportFormat;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** In which form a request wants its result: by its parameter {@code format}, or by Accept. */
final class ResultFormRequest {

    private static final List<Form> FORMS = forms();

    /** A form that can be had; JSON if it has no format. */
    private record Form(MediaType type, Optional<ExportFormat> format) {}

    /** How much a form is wanted, and by which of the ranges that were sent. */
    private record Wish(Form form, double quality, int precision, int position) {}

    /** What most clients send; all of it means JSON. */
    private static final Set<String> USUAL =
            Set.of("*/*", "application/json", "application/json, text/plain, */*");

    private ResultFormRequest() {}

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        forms.add(new Form(MediaType.APPLICATION_JSON, Optional.empty()));
        for (ExportFormat format : ExportFormat.values()) {
            forms.add(new Form(MediaType.parseMediaType(format.mediaType()), Optional.of(format)));
        }
        return List.copyOf(forms);
    }

    /** Whether a person may have followed a link, to whom a file is to be given. */
    static boolean isNamed(HttpServletRequest request) {
        return request.getParameter("format") != null;
    }

    /** The form; empty for JSON. */
    static Optional<ExportFormat> of(HttpServletRequest request)
            throws HttpMediaTypeNotAcceptableException {
        String named = request.getParameter("format");
        if (named != null) {
            Optional<ExportFormat> format = ExportFormat.named(named);
            if (format.isEmpty() && !named.equals("json")) {
                throw QueryException.format("\"format\" must be one of csv, arrow, parquet, json");
            }
            return format;
        }
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
        return headers.size() == 1 && USUAL.contains(headers.getFirst())
                ? Optional.empty()
                : accepted(headers);
    }

    /** The form that is wanted most; among equals the one asked for by name, then by order. */
    static Optional<ExportFormat> accepted(List<String> headers)
            throws HttpMediaTypeNotAcceptableException {
        List<MediaType> ranges;
        try {
            ranges =
                    headers.stream()
                            .map(MimeTypeUtils::tokenize)
                            .flatMap(List::stream)
                            .map(MediaType::parseMediaType)
                            .toList();
        } catch (InvalidMediaTypeException e) {
            throw new HttpMediaTypeNotAcceptableException(
                    "Accept cannot be read: " + e.getMessage());
        }
        if (ranges.isEmpty()) {
            return Optional.empty();
        }
        return FORMS.stream()
                .map(form -> wish(form, ranges))
                .flatMap(Optional::stream)
                .filter(wish -> wish.quality() > 0)
                .max(
                        Comparator.comparingDouble(Wish::quality)
                                .thenComparingInt(Wish::precision)
                                .thenComparing(Wish::position, Comparator.reverseOrder())
                                .thenComparing(
                                        wish -> FORMS.indexOf(wish.form()),
                                        Comparator.reverseOrder()))
                .orElseThrow(
                        () ->
                                new HttpMediaTypeNotAcceptableException(
                                        FORMS.stream().map(Form::type).toList()))
                .form()
                .format();
    }

    /** What the most precise range that a form falls under says of it. */
    private static Optional<Wish> wish(Form form, List<MediaType> ranges) {
        Wish best = null;
        for (int i = 0; i < ranges.size(); i++) {
            MediaType range = ranges.get(i);
            if (range.isCompatibleWith(form.type())) {
                int precision = range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
                if (best == null || precision > best.precision()) {
                    best = new Wish(form, range.getQualityValue(), precision, i);
                }
            }
        }
        return Optional.ofNullable(best);
    }
}
