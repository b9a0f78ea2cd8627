package io.zandloper.loadtest.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataSetTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Locale localeBefore = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(localeBefore);
    }

    /** Whoever changes the generator changes published numbers: then these two lines change, knowingly. */
    @Test
    void aSeedGivesTheseBytesForEver() throws Exception {
        final DataSet data = new DataSet(1_000, 200, 64, 1);
        assertThat(sha256(catalog(data))).isEqualTo("a24b0a6155b5cb96e5e023e39fd2255e6c30a6ed826249c9872e8a99d4460aa8");
        assertThat(sha256(profiles(data, 0, 1_000)))
                .isEqualTo("b7cac22ac07dff2d07fbba7da6f2306df7123007370d5f5b9712c944fb6ff068");
    }

    @Test
    void theLocaleDoesNotMatter() throws Exception {
        final byte[] before = profiles(new DataSet(50, 20, 20, 7), 0, 50);
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        assertThat(profiles(new DataSet(50, 20, 20, 7), 0, 50)).isEqualTo(before);
    }

    @Test
    void anotherSeedGivesOtherBytes() throws Exception {
        assertThat(profiles(new DataSet(10, 20, 20, 2), 0, 10))
                .isNotEqualTo(profiles(new DataSet(10, 20, 20, 3), 0, 10));
    }

    @Test
    void everyRowCanBeMadeAlone() throws Exception {
        final DataSet data = new DataSet(100, 50, 50, 11);
        final ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int row = 0; row < 100; row++) {
            joined.write(profiles(data, row, row + 1));
        }
        assertThat(joined.toByteArray()).isEqualTo(profiles(data, 0, 100));
    }

    @Test
    void profilesAreWhatTheContractCallsProfiles() throws Exception {
        final DataSet data = new DataSet(2_000, 200, 64, 5);
        final Set<String> identities = new HashSet<>();
        final Set<String> attributeTypes = new HashSet<>();
        int withoutConsent = 0;
        int expiring = 0;
        for (final String line : new String(profiles(data, 0, 2_000), UTF_8).split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            final JsonNode profile = JSON.readTree(line);
            assertThat(profile.path("identities").get(0)).isEqualTo(profile.get("id"));
            profile.path("identities")
                    .forEach(i -> assertThat(identities.add(i.textValue())).isTrue());
            profile.path("attributes")
                    .forEach(a -> attributeTypes.add(
                            a.isArray()
                                    ? "list"
                                    : a.numberType() + a.getNodeType().name()));
            final Set<String> memberships = new HashSet<>();
            for (final JsonNode entry : profile.path("segments")) {
                expiring += entry.isObject() ? 1 : 0;
                final String id = entry.isObject() ? entry.get("id").textValue() : entry.textValue();
                assertThat(memberships.add(id)).isTrue();
                assertThat(data.segmentIds()).contains(id);
            }
            profile.path("scores").forEach(s -> assertThat(s.doubleValue()).isBetween(0.0, 1.0));
            withoutConsent += profile.has("consent") ? 0 : 1;
        }
        assertThat(identities).hasSizeGreaterThan(3_000).contains("crm:1", "crm:2000");
        assertThat(attributeTypes)
                .containsExactlyInAnyOrder("INTNUMBER", "DOUBLENUMBER", "nullSTRING", "nullBOOLEAN", "list");
        assertThat(withoutConsent).isBetween(60, 200);
        assertThat(expiring).isGreaterThan(300);
    }

    @Test
    void filesAppearWholeAndReplaceOlderOnes(@TempDir Path folder) throws Exception {
        final DataSet data = new DataSet(20, 5, 5, 1);
        Files.writeString(folder.resolve(DataSet.PROFILES_FILE), "old");
        final long[] told = {0};
        data.writeTo(folder, rows -> told[0] = rows);
        assertThat(told[0]).isEqualTo(20);
        assertThat(Files.readAllBytes(folder.resolve(DataSet.PROFILES_FILE))).isEqualTo(profiles(data, 0, 20));
        assertThat(Files.readAllBytes(folder.resolve(DataSet.CATALOG_FILE))).isEqualTo(catalog(data));
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void sizesOutsideTheContractAreRefused() {
        assertThatThrownBy(() -> new DataSet(1, 1, 4_097, 1)).hasMessageEndingWith("segments=4097");
        assertThatThrownBy(() -> new DataSet(1, -1, 1, 1)).hasMessageEndingWith("offers=-1");
        assertThatThrownBy(() -> new DataSet(-1, 1, 1, 1)).hasMessageEndingWith("profiles=-1");
    }

    static byte[] catalog(DataSet data) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        data.writeCatalog(out);
        return out.toByteArray();
    }

    private static byte[] profiles(DataSet data, long from, long to) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        data.writeProfiles(out, from, to, rows -> {});
        return out.toByteArray();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
