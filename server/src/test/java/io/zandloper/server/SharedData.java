package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data beside the project, which a user's machine does not have: tests that want it are skipped without it. */
public final class SharedData {
    private SharedData() {}

    /** The file or folder; ends the test as skipped where it is absent. */
    public static Path require(String relative) {
        final String root = System.getProperty("zandloper.root");
        assertThat(root).as("zandloper.root").isNotNull();
        final Path path =
                Path.of(root).resolve("../shared/data").resolve(relative).normalize();
        assumeTrue(Files.exists(path), "no " + path);
        return path;
    }
}
