package io.zandloper.loadtest.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What a bank knows of one made-up customer. Attributes hang together (age, job, income, savings, products), so that
 * segments overlap as they do in life. One instance is refilled for row after row.
 */
final class Person {
    private final CounterRandom random;

    int age;
    int job;
    int education;
    int children;
    int incomeEuros;
    double balanceEuros;
    boolean ownsHome;
    boolean mortgage;
    boolean loan;
    int tenureMonths;
    int sessions30d;
    int channel;
    double riskTolerance;
    double churn;
    /** 0: the bank has none. */
    int creditScore;
    /** One bit for each of {@link Words#INTERESTS}. */
    int interests;

    /** @param random the row's stream; drawn from in the order of the methods below */
    Person(CounterRandom random) {
        this.random = random;
    }

    void draw() {
        drawLife();
        drawMoney();
        drawHabits();
    }

    private void drawLife() {
        final double mood = random.nextGaussian();
        age = Math.clamp((long) (random.chance(0.75) ? 42 + 13 * mood : 67 + 8 * mood), 18, 97);
        if (age < 26 && random.chance(0.6)) {
            job = Words.JOBS_DRAWN;
        } else if (age >= 64 && random.chance(0.9)) {
            job = Words.JOBS_DRAWN + 1;
        } else {
            job = random.nextInt(Words.JOBS_DRAWN);
        }
        final int schooling = (Words.JOB_INCOMES[job] - 15_000) / 12_000 + random.nextInt(3) - 1;
        education = Math.clamp(schooling, 0, Words.EDUCATIONS.length - 1);
        children = age > 24 && random.chance(0.55) ? 1 + random.nextInt(3) : 0;
    }

    private void drawMoney() {
        final int yearsOfWork = Math.clamp(age - 25, 0, 30);
        final double income =
                Words.JOB_INCOMES[job] * (1 + 0.018 * yearsOfWork) * StrictMath.exp(0.22 * random.nextGaussian());
        incomeEuros = 100 * (int) (income / 100);
        final double saved = incomeEuros * StrictMath.exp(-2.2 + 0.022 * age + 0.9 * random.nextGaussian());
        balanceEuros = Offers.rounded(random.chance(0.06) ? -saved / 4 : saved, 2);
        ownsHome = random.chance(incomeEuros > 45_000 ? 0.7 : 0.3) && age > 24;
        mortgage = ownsHome && random.chance(age < 62 ? 0.85 : 0.2);
        loan = random.chance(balanceEuros < 2_000 ? 0.3 : 0.1);
        final double score = 640
                + (balanceEuros > 10_000 ? 60 : 0)
                - (balanceEuros < 0 ? 110 : 0)
                - (loan ? 30 : 0)
                + 55 * random.nextGaussian();
        creditScore = random.chance(0.1) ? 0 : Math.clamp((long) score, 300, 850);
    }

    private void drawHabits() {
        tenureMonths = (int) (random.nextDouble() * random.nextDouble() * 12 * (age - 16));
        final double appetite = age < 40 ? 14 : age < 65 ? 8 : 3;
        sessions30d = (int) (-appetite * StrictMath.log(1 - random.nextDouble()));
        channel = random.chance(age < 60 ? 0.75 : 0.35) ? random.nextInt(2) : 2 + random.nextInt(3);
        riskTolerance = StrictMath.rint(1000 * random.nextDouble() * (age < 55 ? 1 : 0.7)) / 1000;
        churn = random.nextDouble() * random.nextDouble();
        interests = 0;
        for (int i = random.nextInt(5); i > 0; i--) {
            interests |= 1 << random.nextInt(Words.INTERESTS.length);
        }
    }

    boolean isVip() {
        return balanceEuros > 75_000 || incomeEuros > 110_000;
    }

    /** @param place also decides the country */
    void writeAttributes(JsonGenerator json, int place) throws IOException {
        json.writeObjectFieldStart("attributes");
        json.writeNumberField("age", age);
        json.writeStringField("job", Words.JOBS[job]);
        json.writeStringField("education", Words.EDUCATIONS[education]);
        json.writeStringField("city", Words.CITIES[place]);
        json.writeStringField("country", Words.COUNTRIES[place]);
        json.writeNumberField("children", children);
        json.writeNumberField("income", incomeEuros);
        json.writeNumberField("balance", balanceEuros);
        json.writeStringField("housing", ownsHome ? "own" : age < 24 ? "parents" : "rent");
        json.writeBooleanField("mortgage", mortgage);
        json.writeBooleanField("loan", loan);
        json.writeBooleanField("vip", isVip());
        if (creditScore > 0) {
            json.writeNumberField("creditScore", creditScore);
        }
        json.writeNumberField("tenureMonths", tenureMonths);
        json.writeNumberField("sessions30d", sessions30d);
        json.writeStringField("channel", Words.CHANNELS[channel]);
        json.writeNumberField("riskTolerance", riskTolerance);
        json.writeArrayFieldStart("interests");
        for (int i = 0; i < Words.INTERESTS.length; i++) {
            if ((interests & 1 << i) != 0) {
                json.writeString(Words.INTERESTS[i]);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
