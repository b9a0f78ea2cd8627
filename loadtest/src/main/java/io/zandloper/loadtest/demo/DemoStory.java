package io.zandloper.loadtest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.loadtest.generate.DataSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Three decisions about three customers that differ: one who gets a list of offers, one who has just bought what was
 * on offer, one who consented to nothing. They are looked up among the first customers, so every seed has its own.
 */
final class DemoStory {
    private static final int CUSTOMERS_LOOKED_AT = 2_000;

    private final DataSet data;
    private final DemoClient client;
    private final PrintWriter out;
    private final DecisionPrinter printer;

    DemoStory(DataSet data, DemoClient client, PrintWriter out) {
        this.data = data;
        this.client = client;
        this.out = out;
        this.printer = new DecisionPrinter(out);
    }

    void tell() throws IOException, InterruptedException {
        final String first = tellOfAList();
        tellOfAPurchase(first);
        tellOfNoConsent();
    }

    private String tellOfAList() throws IOException, InterruptedException {
        for (long row = 0; row < customers(); row++) {
            final String customer = DataSet.crm(row);
            if (offers(decide(customer, "web-list", false)).size() > 2) {
                title("Decision 1: three offers on a web page, in the evening, on a mobile");
                printer.printCustomer(client.profile(customer));
                printer.printDecision(decide(customer, "web-list", true));
                return customer;
            }
        }
        throw new IOException("no customer of the generated ones gets three offers");
    }

    private void tellOfAPurchase(String otherThan) throws IOException, InterruptedException {
        final Set<String> suppressible = suppressibleOffers();
        for (long row = 0; row < customers(); row++) {
            final String customer = DataSet.crm(row);
            final JsonNode best = offers(decide(customer, "web-hero", false)).path(0);
            final String offer = best.path("id").asText();
            if (!customer.equals(otherThan) && suppressible.contains(offer)) {
                title("Decision 2: a customer buys what is on offer");
                printer.printCustomer(client.profile(customer));
                out.printf(
                        Locale.ROOT,
                        "  web-hero shows %s (priority %.3f), and the customer buys it%n",
                        offer,
                        best.path("priority").asDouble());
                buy(customer, offer);
                final JsonNode after = decide(customer, "web-hero", true);
                out.printf(Locale.ROOT, "  bought %s → no longer offered: %s%n", offer, suppression(after, offer));
                printer.printDecision(after);
                return;
            }
        }
        throw new IOException("no customer of the generated ones has an offer that a purchase suppresses");
    }

    private void tellOfNoConsent() throws IOException, InterruptedException {
        for (long row = 0; row < customers(); row++) {
            final JsonNode profile = client.profile(DataSet.crm(row));
            if (profile.has("consent")
                    && profile.path("consent").path("purposes").isEmpty()) {
                title("Decision 3: a customer who consented to nothing, in an e-mail");
                printer.printCustomer(profile);
                printer.printDecision(decide(DataSet.crm(row), "email", true));
                return;
            }
        }
        throw new IOException("no customer of the generated ones refuses consent");
    }

    private void title(String text) {
        out.println();
        out.println(text);
    }

    private long customers() {
        return Math.min(data.profiles(), CUSTOMERS_LOOKED_AT);
    }

    private JsonNode decide(String customer, String placement, boolean explain)
            throws IOException, InterruptedException {
        final ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("profile", customer).put("explain", explain);
        body.putArray("placements").addObject().put("id", placement);
        body.putObject("context")
                .put("channel", placement.equals("email") ? "email" : "web")
                .put("device", "mobile")
                .put("hour", 20);
        return client.decide(body);
    }

    private static JsonNode offers(JsonNode decision) {
        return decision.path("placements").path(0).path("offers");
    }

    private void buy(String customer, String offer) throws IOException, InterruptedException {
        final ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("profile", customer)
                .put("type", "convert")
                .put("offer", offer)
                .put("placement", "web-hero");
        event.putObject("context").put("channel", "web");
        client.event(event);
    }

    private static String suppression(JsonNode decision, String offerId) throws IOException {
        for (final JsonNode offer : decision.path("explain").path(0).path("offers")) {
            if (offer.path("id").asText().equals(offerId)) {
                for (final JsonNode reason : offer.path("reasons")) {
                    if (reason.path("code").asText().equals("SUPPRESSED")) {
                        return "SUPPRESSED, " + reason.path("detail").asText();
                    }
                }
            }
        }
        throw new IOException("the server still offers what has been bought: " + offerId);
    }

    /** Offers that are not made again after they were taken. */
    private Set<String> suppressibleOffers() throws IOException {
        final ByteArrayOutputStream catalog = new ByteArrayOutputStream();
        data.writeCatalog(catalog);
        final Set<String> ids = new HashSet<>();
        for (final JsonNode offer :
                new ObjectMapper().readTree(catalog.toByteArray()).path("offers")) {
            if (offer.has("suppressAfterConversion")) {
                ids.add(offer.path("id").asText());
            }
        }
        return ids;
    }
}
