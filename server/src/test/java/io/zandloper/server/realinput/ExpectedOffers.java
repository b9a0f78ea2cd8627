package io.zandloper.server.realinput;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The conditions of the example's offers for one customer and one request, in plain Java; see {@link ExpectedBank}. */
final class ExpectedOffers {
    private static final Conditions NONE = eligible(ExpectedOffers::always);

    private final Customer customer;
    private final ExpectedBank bank;
    private final Map<String, Object> context;
    private final Map<String, Conditions> byOffer = new HashMap<>();

    /** @param weights whether each context weight counts, in the offer's order */
    record Conditions(
            BooleanSupplier eligibility,
            BooleanSupplier applicability,
            BooleanSupplier suitability,
            List<BooleanSupplier> weights) {
        Conditions applicable(BooleanSupplier condition) {
            return new Conditions(eligibility, condition, suitability, weights);
        }

        Conditions suitable(BooleanSupplier condition) {
            return new Conditions(eligibility, applicability, condition, weights);
        }

        Conditions weighed(BooleanSupplier... conditions) {
            return new Conditions(eligibility, applicability, suitability, List.of(conditions));
        }
    }

    ExpectedOffers(Customer customer, ExpectedBank bank, Map<String, Object> context) {
        this.customer = customer;
        this.bank = bank;
        this.context = context;
        care();
        savings();
        credit();
        home();
        cardsAndAccounts();
        telecom();
        byOffer.put("branch-survey", NONE);
        byOffer.put("newsletter", NONE.applicable(() -> contextIs("channel", "email")));
        byOffer.put("app-download", eligible(() -> false));
    }

    Conditions of(String offer) {
        return byOffer.get(offer);
    }

    private void care() {
        byOffer.put("debt-advice", eligible(bank::debtCare));
        byOffer.put(
                "adviser-hour",
                eligible(() -> valuable() || (bank.curious() && bank.grants(Set.of(4))) || bank.justCalled()));
        byOffer.put("welcome-call", eligible(bank::newSubscriber));
    }

    private void savings() {
        byOffer.put(
                "term-deposit-12m",
                eligible(() -> bank.savingsProspect() && !bank.termDepositOwner())
                        .suitable(() -> !bank.debtCare())
                        .weighed(
                                () -> contextIs("page", "savings"),
                                bank::lowRates,
                                () -> context.get("hour") instanceof Long hour && hour >= 18));
        byOffer.put(
                "term-deposit-3m",
                eligible(() -> customer.number("age") >= 18
                                && customer.is("y", "no")
                                && (bank.earlierBuyer() || bank.nearlyBought() || bank.debtFree()))
                        .suitable(() -> !bank.debtCare()));
        byOffer.put(
                "savings-plan",
                eligible(() -> customer.number("age") >= 18
                                && customer.number("age") < 60
                                && customer.isOther("loan", "yes"))
                        .weighed(() -> bank.listed("likes-thrift"), this::isMobile));
        byOffer.put(
                "pension-plan",
                eligible(() -> (customer.number("age") >= 45
                                        && customer.number("age") < 65
                                        && !bank.listed("work-retired"))
                                || bank.listed("likes-pensions"))
                        .suitable(() -> !bank.senior())
                        .weighed(() -> bank.listed("likes-pensions")));
    }

    private void credit() {
        byOffer.put(
                "personal-loan",
                eligible(() -> customer.number("age") >= 21
                                && customer.number("age") <= 65
                                && customer.is("default", "no")
                                && customer.is("loan", "no"))
                        .suitable(() -> !bank.debtCare() && !bank.listed("work-unemployed"))
                        .weighed(() -> bank.listed("wants-quick-money"), () -> contextIs("page", "loans")));
        byOffer.put(
                "loan-top-up",
                eligible(() -> customer.is("loan", "yes")
                                && customer.isOther("default", "yes")
                                && customer.number("campaign") <= 5)
                        .suitable(() -> !bank.debtCare()));
        byOffer.put(
                "winter-loan",
                eligible(() -> customer.is("default", "no")
                                && customer.number("age") >= 21
                                && customer.isOneOf("job", "blue-collar", "services", "technician", "housemaid"))
                        .suitable(() -> !bank.debtCare()));
    }

    private void home() {
        byOffer.put(
                "mortgage",
                eligible(() -> bank.mortgageProspect() || bank.listed("wants-mortgage"))
                        .applicable(() -> contextIs("channel", "web") || contextIs("channel", "call"))
                        .suitable(() -> !bank.debtCare() && !bank.listed("work-unemployed"))
                        .weighed(() -> bank.listed("likes-houses"), () -> bank.listed("wants-mortgage")));
        byOffer.put(
                "mortgage-review",
                eligible(() -> bank.hasMortgage() && bank.lowRates() && customer.number("duration") > 120));
        byOffer.put(
                "home-insurance",
                eligible(() -> bank.hasMortgage() || bank.listed("home-owner"))
                        .applicable(() -> !contextIs("page", "complaints"))
                        .weighed(() -> bank.listed("wants-home-insurance")));
    }

    private void cardsAndAccounts() {
        byOffer.put(
                "credit-card",
                eligible(() -> customer.number("age") >= 18 && customer.is("default", "no"))
                        .suitable(() -> !bank.debtCare())
                        .weighed(() -> bank.listed("wants-credit-card"), () -> bank.listed("likes-travel")));
        byOffer.put(
                "gold-card",
                eligible(() -> customer.isOneOf("job", "management", "entrepreneur", "self-employed", "admin.")
                                && customer.number("age") >= 30
                                && customer.is("education", "university.degree")
                                && valuable())
                        .suitable(() -> !bank.debtCare()));
        byOffer.put(
                "first-account",
                eligible(() -> bank.starter() || bank.listed("work-student") || bank.listed("wants-study-money"))
                        .weighed(this::isMobile));
    }

    private void telecom() {
        byOffer.put("stay-bonus", eligible(bank::saveDesk).weighed(() -> customer.number("tenure") < 3));
        byOffer.put(
                "yearly-contract",
                eligible(() -> bank.monthlyContract() && customer.number("tenure") >= 6 && customer.is("Churn", "No"))
                        .weighed(() -> customer.number("MonthlyCharges") >= 80 && contextIs("channel", "call")));
        byOffer.put(
                "fibre-upgrade",
                eligible(() -> customer.is("InternetService", "DSL") && customer.number("MonthlyCharges") < 90)
                        .suitable(() -> !bank.hasLeft()));
        byOffer.put(
                "care-pack",
                eligible(() -> customer.isOther("InternetService", "No")
                                && customer.is("TechSupport", "No")
                                && !bank.manyServices())
                        .suitable(() -> !bank.hasLeft())
                        .weighed(bank::senior));
        byOffer.put("win-back", eligible(bank::hasLeft).weighed(() -> bank.listed("wants-phone-plan")));
    }

    private static Conditions eligible(BooleanSupplier condition) {
        return new Conditions(condition, ExpectedOffers::always, ExpectedOffers::always, List.of());
    }

    private static boolean always() {
        return true;
    }

    private boolean valuable() {
        return bank.valuable() && bank.grants(Set.of(4));
    }

    private boolean isMobile() {
        return contextIs("device", "mobile");
    }

    private boolean contextIs(String name, String text) {
        return text.equals(context.get(name));
    }
}
