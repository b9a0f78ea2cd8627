package io.zandloper.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.ExpressionCompiler;
import io.zandloper.storage.program.ProgramCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of {@code deploy/catalog-reference.md} is accepted. */
final class CatalogReferenceTest {
    private static final Pattern FIELD_ROW = Pattern.compile("^\\| `(\\w+)` \\|.*\\| `([^`]*)` \\|$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @ParameterizedTest
    @MethodSource("examples")
    void isAccepted(String catalog) {
        assertThat(CatalogReader.read(catalog.getBytes(StandardCharsets.UTF_8))
                        .compile(Catalog.EMPTY)
                        .errors())
                .isEmpty();
    }

    static Stream<String> examples() throws IOException {
        final List<String> catalogs = new ArrayList<>();
        for (String line : reference()) {
            final Matcher row = FIELD_ROW.matcher(line);
            if (row.matches()) {
                catalogs.add(catalogWith(section(line), "\"" + row.group(1) + "\":" + row.group(2)));
            }
        }
        assertThat(catalogs).hasSizeGreaterThan(30);
        final Matcher cap = Pattern.compile("\\*\\*Caps\\*\\*: `([^`]*)`").matcher(String.join("\n", reference()));
        final Matcher suppress =
                Pattern.compile("\\*\\*Suppress\\*\\*: `([^`]*)`").matcher(String.join("\n", reference()));
        assertThat(cap.find() && suppress.find()).isTrue();
        catalogs.add(catalogWith("Offers", "\"caps\":[" + cap.group(1) + "]"));
        catalogs.add(catalogWith("Offers", "\"suppress\":[" + suppress.group(1) + "]"));
        return catalogs.stream();
    }

    @Test
    void everyExpressionCompilesAndRunsCompiled() throws Exception {
        final List<String> lines = reference();
        final int start = lines.indexOf("| to say | write |");
        assertThat(start).isPositive();
        int compiled = 0;
        for (int i = start + 2; lines.get(i).startsWith("|"); i++) { // to the table's end
            final String line = lines.get(i);
            final Matcher code = CODE.matcher(line.substring(line.indexOf('|', 1)));
            while (code.find()) {
                // `a` stands for any condition; a method alone is short for the one before it.
                final String text = code.group(1)
                        .replace("\\|", "|")
                        .replaceAll("\\b[ab]\\b", "true")
                        .replaceFirst("^\\.(\\w+)$", "profile.city.$1('x')")
                        .replaceFirst("^\\.", "profile.city.");
                final Expression expression = ExpressionCompiler.conditions().compile(text);
                assertThat(new ProgramCompiler(Catalog.EMPTY)
                                .compile(expression)
                                .interpretedBecause())
                        .as(text)
                        .isNull();
                compiled++;
            }
        }
        assertThat(compiled).isGreaterThan(15);
    }

    /** The heading above a line. */
    private static String section(String line) throws IOException {
        String section = "";
        for (String each : reference()) {
            if (each.startsWith("## ")) {
                section = each.substring(3);
            }
            if (each.equals(line)) {
                return section;
            }
        }
        throw new AssertionError("not a line of the reference: " + line);
    }

    private static String catalogWith(String section, String field) {
        final String fields = field.startsWith("\"id\":") ? field : "\"id\":\"x\"," + field;
        final String offers = "{\"id\":\"newsletter\"}" + (section.equals("Offers") ? ",{" + fields + "}" : "");
        final String segments = "{\"id\":\"debt-care\"}"
                + (field.equals("\"id\":\"high-value\"") ? "" : ",{\"id\":\"high-value\"}")
                + (section.equals("Segments") ? ",{" + fields + "}" : "");
        final String placements = (field.equals("\"id\":\"web-hero\"") ? "" : "{\"id\":\"web-hero\"},")
                + (section.equals("Placements") ? "{" + fields + "}" : "{\"id\":\"other\"}");
        return "{\"segments\":[" + segments + "],\"offers\":[" + offers + "],\"placements\":[" + placements
                + "],\"policies\":{" + (section.equals("Policies") ? field : "") + "}}";
    }

    private static List<String> reference() throws IOException {
        return Files.readAllLines(Path.of(System.getProperty("zandloper.root"), "deploy", "catalog-reference.md"));
    }
}
