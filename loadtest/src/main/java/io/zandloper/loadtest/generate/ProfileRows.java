package io.zandloper.loadtest.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Writes profiles as JSON objects, row by row. For one thread; reuses everything but the strings of identities. */
final class ProfileRows {
    private static final long DOMAIN = 0x9E05;
    private static final double SEGMENT_EXPONENT = 0.9;
    private static final double OFFER_EXPONENT = 0.6;
    private static final int MEMBERSHIPS_MAX = 14;
    private static final int SCORES_MAX = 6;
    private static final double EXPIRING_SHARE = 0.15;
    /** Of those that expire: long ago, whatever the clock of the one who uses the data. */
    private static final double EXPIRED_SHARE = 0.1;

    private static final int[] ALL_PURPOSES = {1, 2, 3, 4, 7, 9, 10};
    private static final int[] SOME_PURPOSES = {1, 3, 4};
    private static final int[] NECESSARY_PURPOSES = {1};

    private final CounterRandom random;
    private final Person person;
    private final List<String> listed;
    private final Zipf listedPopularity;
    private final List<String> offerIds;
    private final double[] propensities;
    private final Zipf offerPopularity;
    private final int[] memberships = new int[MEMBERSHIPS_MAX];
    private final int[] scored = new int[SCORES_MAX];

    ProfileRows(long seed, Segments segments, Offers offers) {
        random = new CounterRandom(seed, DOMAIN);
        person = new Person(random);
        listed = segments.listedIds();
        listedPopularity = new Zipf(Math.max(1, listed.size()), SEGMENT_EXPONENT);
        offerIds = offers.all().stream().map(o -> o.path("id").textValue()).toList();
        propensities = offers.all().stream()
                .mapToDouble(o -> o.path("propensity").doubleValue())
                .toArray();
        offerPopularity = new Zipf(Math.max(1, offerIds.size()), OFFER_EXPONENT);
    }

    /** One object, without a line end. */
    void write(long index, JsonGenerator json) throws IOException {
        random.seek(index);
        person.draw();
        json.writeStartObject();
        writeIdentities(index, json);
        person.writeAttributes(json, random.nextInt(Words.CITIES.length));
        writeSegments(json);
        writeScores(json);
        writeConsent(json);
        json.writeEndObject();
    }

    private void writeIdentities(long index, JsonGenerator json) throws IOException {
        final String crm = DataSet.crm(index);
        json.writeStringField("id", crm);
        json.writeArrayFieldStart("identities");
        json.writeString(crm);
        if (random.chance(0.5)) {
            json.writeString("cookie:" + hex(random.nextLong()));
        }
        if (random.chance(0.3)) {
            json.writeString("email_sha256:"
                    + hex(random.nextLong())
                    + hex(random.nextLong())
                    + hex(random.nextLong())
                    + hex(random.nextLong()));
        }
        json.writeEndArray();
    }

    private void writeSegments(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("segments");
        int count = 0;
        if (!listed.isEmpty()) {
            count = distinct(memberships, coreMemberships(), 2 + random.nextInt(8), listedPopularity);
        }
        for (int i = 0; i < count; i++) {
            final String id = listed.get(memberships[i]);
            if (random.chance(EXPIRING_SHARE)) {
                json.writeStartObject();
                json.writeStringField("id", id);
                json.writeStringField("expires", expiry());
                json.writeEndObject();
            } else {
                json.writeString(id);
            }
        }
        json.writeEndArray();
    }

    /** Memberships that follow from the person, as far as the segment is in the set: returns how many. */
    private int coreMemberships() {
        int count = 0;
        count = add(count, Segments.HIGH_VALUE, person.isVip());
        count = add(count, Segments.CART_ABANDONER, person.sessions30d > 10 && random.chance(0.15));
        count = add(count, Segments.DEBT_CARE, person.balanceEuros < -1_500);
        count = add(count, Segments.CHURN_RISK, person.churn > 0.55);
        count = add(count, Segments.NEW_CUSTOMER, person.tenureMonths < 12);
        return add(count, Segments.MORTGAGE_LEAD, !person.mortgage && person.age < 45 && random.chance(0.05));
    }

    private int add(int count, String id, boolean isMember) {
        final int index = listed.subList(0, Math.min(listed.size(), 6)).indexOf(id);
        if (!isMember || index < 0) {
            return count;
        }
        memberships[count] = index;
        return count + 1;
    }

    /** Fills {@code into} from {@code count} on with ranks not yet in it; the first six segments stay with those above. */
    private int distinct(int[] into, int count, int wanted, Zipf popularity) {
        final boolean ofSegments = into == memberships;
        int filled = count;
        for (int tries = wanted; tries > 0 && filled < into.length; tries--) {
            final int rank = (int) popularity.next(random);
            if ((ofSegments && rank < 6) || contains(into, filled, rank)) {
                continue;
            }
            into[filled++] = rank;
        }
        return filled;
    }

    private static boolean contains(int[] values, int count, int wanted) {
        for (int i = 0; i < count; i++) {
            if (values[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    private String expiry() {
        final int year = random.chance(EXPIRED_SHARE) ? 2024 + random.nextInt(2) : 2030 + random.nextInt(10);
        final int month = 1 + random.nextInt(12);
        final int day = 1 + random.nextInt(28);
        return year + (month < 10 ? "-0" : "-") + month + (day < 10 ? "-0" : "-") + day + "T00:00:00Z";
    }

    private void writeScores(JsonGenerator json) throws IOException {
        if (offerIds.isEmpty() || random.chance(0.15)) {
            return;
        }
        final int count = distinct(scored, 0, 1 + random.nextInt(SCORES_MAX), offerPopularity);
        Arrays.sort(scored, 0, count);
        json.writeObjectFieldStart("scores");
        for (int i = 0; i < count; i++) {
            final double affinity = StrictMath.exp(0.8 * random.nextGaussian());
            final double score = Math.min(0.95, propensities[scored[i]] * affinity);
            json.writeNumberField(offerIds.get(scored[i]), Offers.rounded(score, 5));
        }
        json.writeEndObject();
    }

    private void writeConsent(JsonGenerator json) throws IOException {
        final double mood = random.nextDouble();
        if (mood < 0.06) {
            return;
        }
        json.writeObjectFieldStart("consent");
        if (mood > 0.12) {
            final int[] granted = mood > 0.3 ? ALL_PURPOSES : mood > 0.18 ? SOME_PURPOSES : NECESSARY_PURPOSES;
            json.writeFieldName("purposes");
            json.writeArray(granted, 0, granted.length);
        }
        json.writeEndObject();
    }

    private static String hex(long value) {
        final String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
