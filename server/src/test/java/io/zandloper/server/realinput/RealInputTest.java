package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.SharedData;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two real files, imported into a running server that is then restarted. Every profile and its segments, and the
 * decisions of a thousand people, are compared with what the files, {@link ExpectedBank} and {@link ExpectedDecider}
 * say. The expected values come from no class of the server or the storage.
 */
final class RealInputTest {
    private static final long SEED = 20261122;
    private static final int BANK_CUSTOMERS = 41_188;
    private static final int TELECOM_CUSTOMERS = 7_043;
    private static final int BLANK_TOTALS = 11;
    /** One person in so many has additions. */
    private static final int ADDITIONS_EVERY = 16;

    private static final int DECISIONS = 1_000;
    private static final int STRANGERS = 40;

    private final ObjectMapper json = new ObjectMapper();
    private final Random random = new Random(SEED);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    Path folder;

    @Test
    @Timeout(600)
    void importsRestartsAndDecidesAsTheFilesSay() throws Exception {
        final Path bankFile = SharedData.require("bank-marketing/bank-additional-full.csv");
        final Path telecomFile = SharedData.require("telco-churn/Telco-Customer-Churn.csv");
        final Path taxonomy = SharedData.require("iab-taxonomies/Audience_Taxonomies/Audience_Taxonomy_1.1.tsv");
        final long startedNanos = System.nanoTime();

        final ObjectNode catalog = (ObjectNode)
                json.readTree(Path.of(System.getProperty("zandloper.root"), "deploy/examples/bank/catalog.json")
                        .toFile());
        IabAudiences.addTo(catalog, taxonomy);
        final Path catalogFile = folder.resolve("catalog.json");
        json.writeValue(catalogFile.toFile(), catalog);
        final List<Customer> customers = customers(bankFile, telecomFile);
        final List<Customer> chosen = new ArrayList<>();
        for (int i = random.nextInt(ADDITIONS_EVERY); i < customers.size(); i += ADDITIONS_EVERY) {
            chosen.add(customers.get(i));
        }
        final Additions additions = new Additions(random.nextLong(), now, catalog);
        final Path addedProfiles = folder.resolve("added.jsonl");
        final Path addedEvents = folder.resolve("events.jsonl");
        additions.addTo(chosen, addedProfiles, addedEvents);

        final Installation zandloper = new Installation(folder.resolve("zandloper"));
        final Path data = folder.resolve("data");
        try (Installation.Server server = zandloper.serve(data, "--catalog", catalogFile.toString())) {
            final String to = server.url();
            accepted(
                    BANK_CUSTOMERS,
                    zandloper.run(
                            "import", "--to", to, "--delimiter", ";", "--id", "customer:{row}", bankFile.toString()));
            accepted(
                    TELECOM_CUSTOMERS + chosen.size(),
                    zandloper.run(
                            "import",
                            "--to",
                            to,
                            "--id",
                            "telco:{customerID}",
                            telecomFile.toString(),
                            addedProfiles.toString()));
            accepted(additions.events(), zandloper.run("import", "--to", to, "--events", addedEvents.toString()));
            server.terminate();
        }

        final ExpectedDecider expected = new ExpectedDecider(catalog);
        try (Installation.Server server = zandloper.serve(data);
                PipelinedHttp http = new PipelinedHttp(server.http)) {
            verifyCounts(server, customers);
            final Map<String, Integer> members = verifyProfiles(http, customers, expected);
            verifyNobodyElse(http);
            final Map<String, Integer> codes = verifyDecisions(http, people(customers, chosen), expected);
            server.terminate();
            System.out.println("real input, seed " + SEED + ": " + customers.size()
                    + " profiles with every attribute and segment; computed segments " + members
                    + "; decisions with reasons and codes " + codes + "; "
                    + Duration.ofNanos(System.nanoTime() - startedNanos).toSeconds() + " s");
        }
    }

    private static List<Customer> customers(Path bankFile, Path telecomFile) throws IOException {
        final List<Customer> customers = new ArrayList<>();
        for (Map<String, Object> row : CsvRows.read(bankFile, ";")) {
            customers.add(new Customer("customer:" + (customers.size() + 1), row));
        }
        assertThat(customers).hasSize(BANK_CUSTOMERS);
        final List<Map<String, Object>> telecom = CsvRows.read(telecomFile, ",");
        telecom.forEach(row -> customers.add(new Customer("telco:" + row.get("customerID"), row)));
        assertThat(telecom).hasSize(TELECOM_CUSTOMERS);
        assertThat(telecom.stream().filter(row -> !row.containsKey("TotalCharges")))
                .hasSize(BLANK_TOTALS);
        return customers;
    }

    private static void accepted(int count, Installation.Finished imported) {
        assertThat(imported.succeeded().out())
                .startsWith("accepted " + count + ",")
                .contains("rejected 0");
    }

    private void verifyCounts(Installation.Server server, List<Customer> customers) throws IOException {
        try (PipelinedHttp admin = new PipelinedHttp(server.admin)) {
            final JsonNode counts =
                    json.readTree(admin.get("/admin/status").body()).get("counts");
            assertThat(counts.get("profiles").intValue())
                    .isEqualTo(BANK_CUSTOMERS + TELECOM_CUSTOMERS)
                    .isEqualTo(customers.size());
            assertThat(counts.get("identities").intValue())
                    .isEqualTo(customers.stream()
                            .mapToInt(customer -> 1 + customer.aliases.size())
                            .sum());
        }
    }

    /** Returns how many are in each computed segment. */
    private Map<String, Integer> verifyProfiles(PipelinedHttp http, List<Customer> customers, ExpectedDecider expected)
            throws IOException {
        final Map<String, Integer> members = new TreeMap<>();
        final Map<String, Integer> expectedMembers = new TreeMap<>();
        final List<PipelinedHttp.Request> requests = customers.stream()
                .map(customer -> PipelinedHttp.Request.get(profilePath(identity(customer))))
                .toList();
        http.exchange(requests, (index, answer) -> {
            final Customer customer = customers.get(index);
            final String who = customer.id;
            assertThat(answer.status()).as(who).isEqualTo(200);
            final JsonNode profile = json.readTree(answer.body());
            assertThat(profile.get("id").textValue()).isEqualTo(who);
            assertThat(attributes(profile)).as(who).isEqualTo(customer.attributes);
            assertThat(scores(profile)).as(who).isEqualTo(customer.scores);
            final ExpectedBank bank = expected.bank(customer, now);
            assertThat(ids(profile.path("segments")))
                    .as("listed segments of %s", who)
                    .containsExactlyInAnyOrderElementsOf(bank.visibleListed());
            final List<String> computed = ids(profile.path("computed"));
            computed.forEach(segment -> members.merge(segment, 1, Integer::sum));
            bank.visibleComputed().forEach(segment -> expectedMembers.merge(segment, 1, Integer::sum));
            assertThat(computed)
                    .as("computed segments of %s %s", who, customer.attributes)
                    .containsExactlyInAnyOrderElementsOf(bank.visibleComputed());
        });
        assertThat(members).isEqualTo(expectedMembers).hasSizeGreaterThan(20);
        assertThat(members).containsEntry("new-subscriber", BLANK_TOTALS);
        return members;
    }

    private void verifyNobodyElse(PipelinedHttp http) throws IOException {
        for (String identity : List.of(
                "customer:0",
                "customer:" + (BANK_CUSTOMERS + 1),
                "telco:",
                "telco:7590-VHVEX",
                "customer:7590-VHVEG")) {
            assertThat(http.get(profilePath(identity)).status()).as(identity).isIn(404, 400, 422);
        }
        assertThat(http.get(profilePath("customer:" + (BANK_CUSTOMERS + 1))).status())
                .isEqualTo(404);
    }

    /** Returns how often each reason and each code was given. */
    private Map<String, Integer> verifyDecisions(PipelinedHttp http, List<Customer> people, ExpectedDecider expected)
            throws IOException {
        final List<String> offers = new ArrayList<>();
        json.readTree(http.get("/v1/catalog").body())
                .get("offers")
                .forEach(offer -> offers.add(offer.get("id").textValue()));
        final Requests drawn = new Requests(random.nextLong(), now, offers);
        final List<DecisionRequest> asked = new ArrayList<>();
        final List<PipelinedHttp.Request> requests = new ArrayList<>();
        for (Customer customer : people) {
            final DecisionRequest request = drawn.draw(customer.id == null ? null : identity(customer));
            asked.add(request);
            requests.add(new PipelinedHttp.Request("POST", "/v1/decisions", Requests.render(request, json)));
        }
        final Map<String, Integer> codes = new TreeMap<>();
        http.exchange(requests, (index, answer) -> {
            final String body = new String(answer.body(), UTF_8);
            final String asks = requests.get(index).body();
            assertThat(answer.status()).as("%s: %s", asks, body).isEqualTo(200);
            final Decision decision = Decision.read(json.readTree(body));
            final Customer customer = people.get(index);
            final boolean known = !customer.attributes.isEmpty();
            assertThat(decision)
                    .as("%s of %s%nanswered %s", asks, customer.attributes, body)
                    .isEqualTo(expected.decide(known ? customer : null, asked.get(index), now));
            codes.merge(decision.reason(), 1, Integer::sum);
            for (Decision.Placement placement : decision.placements()) {
                placement
                        .explained()
                        .forEach(offer -> offer.codes().forEach(code -> codes.merge(code, 1, Integer::sum)));
            }
        });
        assertThat(codes.keySet())
                .as("codes and reasons seen")
                .containsAll(List.of(
                        "DISABLED",
                        "NOT_ACTIVE",
                        "PLACEMENT",
                        "CONSENT",
                        "ELIGIBILITY",
                        "APPLICABILITY",
                        "SUITABILITY",
                        "SUPPRESSED",
                        "CAPPED",
                        "HOLDOUT",
                        "ALREADY_PLACED",
                        "OUTRANKED",
                        "GROUP_LIMIT",
                        "UNKNOWN_PROFILE",
                        "SPLIT",
                        "TARGETING_MATCH",
                        "DEFAULT"));
        return codes;
    }

    /** The people to decide for: half of them with additions; strangers and visitors without any identity last. */
    private List<Customer> people(List<Customer> customers, List<Customer> added) {
        final List<Customer> people = new ArrayList<>(added);
        Collections.shuffle(people, random);
        people.subList(DECISIONS / 2, people.size()).clear();
        // Chance would leave out the few with blank numbers.
        customers.stream()
                .filter(customer -> customer.has("tenure") && !customer.has("TotalCharges"))
                .forEach(people::add);
        while (people.size() < DECISIONS) {
            people.add(customers.get(random.nextInt(customers.size())));
        }
        for (int i = 0; i < STRANGERS; i++) {
            people.add(i % 2 == 0 ? Customer.NOBODY : new Customer("cookie:stranger-" + i, Map.of()));
        }
        return people;
    }

    /** Any of the person's identities. */
    private String identity(Customer customer) {
        return customer.aliases.isEmpty() || random.nextBoolean() ? customer.id : customer.aliases.get(0);
    }

    private static String profilePath(String identity) {
        return "/v1/profiles/" + URLEncoder.encode(identity, UTF_8);
    }

    private static Map<String, Object> attributes(JsonNode profile) {
        final Map<String, Object> attributes = new HashMap<>();
        profile.get("attributes").properties().forEach(attribute -> {
            final JsonNode value = attribute.getValue();
            final Object plain;
            if (value.isIntegralNumber()) {
                plain = value.longValue();
            } else {
                plain = value.isNumber() ? (Object) value.doubleValue() : value.textValue();
            }
            attributes.put(attribute.getKey(), plain);
        });
        return attributes;
    }

    private static Map<String, Double> scores(JsonNode profile) {
        final Map<String, Double> scores = new HashMap<>();
        profile.path("scores")
                .properties()
                .forEach(score -> scores.put(score.getKey(), score.getValue().doubleValue()));
        return scores;
    }

    /** Segments with an expiry are objects. */
    private static List<String> ids(JsonNode segments) {
        final List<String> ids = new ArrayList<>();
        segments.forEach(segment -> ids.add(
                segment.isTextual() ? segment.textValue() : segment.get("id").textValue()));
        return ids;
    }
}
