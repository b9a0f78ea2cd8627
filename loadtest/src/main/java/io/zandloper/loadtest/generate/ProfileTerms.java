package io.zandloper.loadtest.generate;

/** One comparison over the attributes that {@link Person} has, as a marketer would write it. */
final class ProfileTerms {
    private ProfileTerms() {}

    static String draw(CounterRandom random) {
        return switch (random.nextInt(14)) {
            case 0 -> "profile.age >= " + (18 + random.nextInt(50));
            case 1 -> "profile.age < " + (25 + random.nextInt(50));
            case 2 -> "profile.income >= " + 5_000 * (4 + random.nextInt(14));
            case 3 -> "profile.balance > " + 500 * (1 + random.nextInt(60)) + ".0";
            case 4 -> "profile.job == '" + random.pick(Words.JOBS) + "'";
            case 5 -> "profile.job in ['" + random.pick(Words.JOBS) + "', '" + random.pick(Words.JOBS) + "']";
            case 6 -> "'" + random.pick(Words.INTERESTS) + "' in profile.interests";
            case 7 -> "profile.city == '" + random.pick(Words.CITIES) + "'";
            case 8 -> random.chance(0.5) ? "profile.mortgage" : "!profile.mortgage";
            case 9 -> "profile.tenureMonths > " + 6 * (1 + random.nextInt(20));
            case 10 -> "has(profile.creditScore) && profile.creditScore >= " + 10 * (56 + random.nextInt(20));
            case 11 -> "profile.riskTolerance > 0." + (2 + random.nextInt(7));
            case 12 -> "profile.children >= " + (1 + random.nextInt(2));
            default -> "profile.country == '" + random.pick(Words.COUNTRIES) + "'";
        };
    }
}
