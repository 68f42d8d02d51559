package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one channel. */
final class ChannelReader {

    private static final Map<String, Channel.Format> FORMATS =
            Map.of(
                    "alertmanager", Channel.Format.ALERTMANAGER,
                    "slack", Channel.Format.SLACK,
                    "standard-webhooks", Channel.Format.STANDARD_WEBHOOKS);

    private ChannelReader() {}

    static Optional<Channel> read(YamlMapping mapping) {
        String name = AlertKeys.name(mapping);
        String type = mapping.requiredText("type");
        if (!type.isEmpty() && !type.equals("webhook")) {
            mapping.reject("type", "'%s' is not one of webhook".formatted(type));
        }
        Channel.Format format = format(mapping);
        @Nullable SigningSecret secret = secret(mapping, format);
        @Nullable URI url = url(mapping);
        return url == null
                ? Optional.empty()
                : Optional.of(new Channel(name, mapping.position(), format, url, secret));
    }

    private static Channel.Format format(YamlMapping mapping) {
        Optional<YamlValue> found = mapping.take("format");
        String text = found.flatMap(YamlValue::text).orElse("alertmanager");
        Channel.Format format = FORMATS.get(text);
        if (format == null) {
            found.ifPresent(
                    value ->
                            value.reject(
                                    "'%s' is not one of alertmanager, slack, standard-webhooks%s"
                                            .formatted(
                                                    text,
                                                    NearestName.hint(text, FORMATS.keySet()))));
            return Channel.Format.ALERTMANAGER;
        }
        return format;
    }

    private static @Nullable SigningSecret secret(YamlMapping mapping, Channel.Format format) {
        @Nullable String text = mapping.text("secret");
        if (text == null) {
            if (format == Channel.Format.STANDARD_WEBHOOKS) {
                mapping.reject(
                        "format", "the format standard-webhooks needs a 'secret' to sign with");
            }
            return null;
        }
        Optional<SigningSecret> secret = SigningSecret.of(text);
        // The value itself is not for a log.
        if (secret.isEmpty() && !text.isEmpty()) {
            mapping.reject(
                    "secret",
                    "the secret is no base64 of 24 to 64 bytes, with or without whsec_; make one"
                            + " with: openssl rand -base64 32");
        }
        return secret.orElse(null);
    }

    private static @Nullable URI url(YamlMapping mapping) {
        String text = mapping.requiredText("url");
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI url = new URI(text);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https"))
                    && url.getHost() != null
                    && url.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Told below, without the address: it is often a secret.
        }
        mapping.reject("url", "the url is no address such as https://hooks.example/path");
        return null;
    }
}
