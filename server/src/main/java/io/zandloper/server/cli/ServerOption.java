package io.zandloper.server.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --to}: the server that a command talks to. */
final class ServerOption {
    @Option(
            names = "--to",
            paramLabel = "URL",
            converter = BaseUri.class,
            defaultValue = "http://127.0.0.1:7480",
            description = "The server's HTTP address. Default: ${DEFAULT-VALUE}.")
    private URI to = URI.create("http://127.0.0.1:7480");

    ServerClient connect() {
        return new ServerClient(to);
    }

    /** An address of a server, without a trailing slash. */
    static final class BaseUri implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            final String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
            try {
                final URI uri = new URI(trimmed);
                final boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (isHttp && uri.getHost() != null && uri.getRawPath().isEmpty() && uri.getRawQuery() == null) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                throw new TypeConversionException("'" + text + "' is no address; write http://HOST:PORT");
            }
            throw new TypeConversionException("'" + text + "' is no address of a server; write http://HOST:PORT");
        }
    }
}
