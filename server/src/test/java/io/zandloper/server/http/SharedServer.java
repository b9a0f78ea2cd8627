package io.zandloper.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One server for all tests that only need some server, with the catalog below; each test uses identities of its own. It
 * ends with the last test.
 */
final class SharedServer implements ParameterResolver {
    static final String CATALOG = """
            {"segments":[{"id":"vip","name":"Very important"},{"id":"cart"},{"id":"ads","purposes":[2,4]},
                         {"id":"senior","rule":"profile.age >= 60"},
                         {"id":"senior-vip","rule":"'senior' in segments && 'vip' in segments"}],
             "offers":[{"id":"loan","group":"credit","value":120.0,"propensity":0.02,"placements":["hero"],
                        "eligibility":"profile.age >= 21","payload":{"title":"Loan ☂","terms":[1,2.0,1e-7]}},
                       {"id":"card","group":"credit","value":30,"propensity":0.5,"placements":["list"],
                        "contextWeights":[{"when":"context.device == 'mobile'","weight":25}]},
                       {"id":"news","eligibility":"profile.subscriber"}],
             "placements":[{"id":"hero","count":1,"fallback":["news"]},{"id":"list","count":3,"maxPerGroup":1}],
             "policies":{"consentDefault":"grant"}}
            """;

    private static final Namespace NAMESPACE = Namespace.create(SharedServer.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("server", key -> new Holder(), Holder.class)
                .server;
    }

    private static final class Holder implements AutoCloseable {
        private final Path folder;
        final RunningServer server;

        Holder() {
            try {
                folder = Files.createTempDirectory("zandloper-http-test");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server = new RunningServer(
                    folder, io.zandloper.storage.MicrosClock.system(), List.of("https://shop.example"));
            final RunningServer.Answer answer = server.put("/v1/catalog", CATALOG);
            if (answer.status() != 200) {
                throw new IllegalStateException(answer.toString());
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
