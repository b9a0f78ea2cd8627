package io.zandloper.loadtest.generate;

/** The vocabulary of the made-up bank. Order matters: it decides what a seed gives. */
final class Words {
    static final String[] JOBS = {
        "administrator",
        "blue-collar",
        "technician",
        "services",
        "management",
        "engineer",
        "nurse",
        "teacher",
        "entrepreneur",
        "self-employed",
        "domestic-worker",
        "unemployed",
        "student",
        "retired"
    };
    /** What a job of the same index earns a year at the age of 25, before chance. */
    static final int[] JOB_INCOMES = {
        31_000, 29_000, 36_000, 27_000, 58_000, 47_000, 35_000, 38_000, 52_000, 40_000, 19_000, 11_000, 6_000, 24_000
    };
    /** The last two jobs depend on age and are not drawn. */
    static final int JOBS_DRAWN = JOBS.length - 2;

    static final String[] EDUCATIONS = {"basic", "secondary", "professional", "university"};
    static final String[] CITIES = {
        "Amsterdam",
        "Rotterdam",
        "Utrecht",
        "Den Haag",
        "Eindhoven",
        "Groningen",
        "Tilburg",
        "Almere",
        "Breda",
        "Nijmegen",
        "Antwerpen",
        "Gent",
        "Brugge",
        "Leuven",
        "Liège",
        "Köln",
        "Düsseldorf",
        "Aachen",
        "Münster",
        "Essen"
    };
    static final String[] COUNTRIES = {
        "NL", "NL", "NL", "NL", "NL", "NL", "NL", "NL", "NL", "NL", "BE", "BE", "BE", "BE", "BE", "DE", "DE", "DE",
        "DE", "DE"
    };
    static final String[] CHANNELS = {"web", "app", "email", "branch", "call-centre"};
    static final String[] DEVICES = {"mobile", "desktop", "tablet"};
    static final String[] INTERESTS = {
        "travel",
        "running",
        "cycling",
        "cooking",
        "gardening",
        "music",
        "gaming",
        "photography",
        "cars",
        "investing",
        "home-improvement",
        "football",
        "reading",
        "sailing",
        "fashion",
        "technology",
        "pets",
        "family"
    };
    static final String[] THEMES = {
        "interest", "in-market", "visited", "owns", "life-event", "lookalike", "responded", "lapsed"
    };
    static final String[] TOPICS = {
        "travel",
        "mortgage",
        "loan",
        "savings",
        "insurance",
        "investing",
        "pension",
        "car",
        "home",
        "student",
        "family",
        "health",
        "energy",
        "mobile",
        "shopping",
        "dining",
        "sport",
        "culture",
        "business",
        "tax",
        "moving",
        "retirement",
        "crypto",
        "charity"
    };

    private Words() {}
}
