package io.zandloper.server.realinput;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * What {@code deploy/examples/bank/catalog.json} says of one customer at one time, said again in plain Java: a method a
 * rule, named like its segment. Nothing here reads an expression.
 */
final class ExpectedBank {
    private final Customer customer;
    private final Instant at;
    private final boolean consentDefault;
    private final Map<String, Set<Integer>> purposesBySegment;

    /** @param purposesBySegment those each segment of the catalog asks for */
    ExpectedBank(Customer customer, Instant at, boolean consentDefault, Map<String, Set<Integer>> purposesBySegment) {
        this.customer = customer;
        this.at = at;
        this.consentDefault = consentDefault;
        this.purposesBySegment = purposesBySegment;
    }

    boolean grants(Set<Integer> purposes) {
        return customer.purposes == null
                ? consentDefault || purposes.isEmpty()
                : customer.purposes.containsAll(purposes);
    }

    /** Whether the person is in the listed segment and it is visible. */
    boolean listed(String segment) {
        final Instant expires = customer.listed.get(segment);
        return expires != null && at.isBefore(expires) && grants(purposesBySegment.get(segment));
    }

    Set<String> visibleListed() {
        final Set<String> visible = new TreeSet<>(customer.listed.keySet());
        visible.removeIf(segment -> !listed(segment));
        return visible;
    }

    Set<String> visibleComputed() {
        final Set<String> visible = new TreeSet<>();
        rules().forEach((segment, rule) -> {
            if (rule.getAsBoolean() && grants(purposesBySegment.get(segment))) {
                visible.add(segment);
            }
        });
        return visible;
    }

    private Map<String, BooleanSupplier> rules() {
        final Map<String, BooleanSupplier> rules = new LinkedHashMap<>();
        rules.put("senior", this::senior);
        rules.put("starter", this::starter);
        rules.put("has-mortgage", this::hasMortgage);
        rules.put("debt-free", this::debtFree);
        rules.put("debt-care", this::debtCare);
        rules.put("earlier-buyer", this::earlierBuyer);
        rules.put("just-called", this::justCalled);
        rules.put("over-called", this::overCalled);
        rules.put("nearly-bought", this::nearlyBought);
        rules.put("term-deposit-owner", this::termDepositOwner);
        rules.put("low-rates", this::lowRates);
        rules.put("savings-prospect", this::savingsProspect);
        rules.put("mortgage-prospect", this::mortgageProspect);
        rules.put("curious", this::curious);
        rules.put("monthly-contract", this::monthlyContract);
        rules.put("new-subscriber", this::newSubscriber);
        rules.put("churn-risk", this::churnRisk);
        rules.put("has-left", this::hasLeft);
        rules.put("save-desk", this::saveDesk);
        rules.put("big-spender", this::bigSpender);
        rules.put("many-services", this::manyServices);
        rules.put("valuable", this::valuable);
        return rules;
    }

    boolean senior() {
        return customer.number("age") >= 60 || customer.number("SeniorCitizen") == 1;
    }

    boolean starter() {
        return customer.is("job", "student")
                || (customer.number("age") < 25
                        && customer.isOther("job", "retired")
                        && customer.isOther("job", "unknown"));
    }

    boolean hasMortgage() {
        return customer.is("housing", "yes");
    }

    boolean debtFree() {
        return customer.is("default", "no") && customer.is("housing", "no") && customer.is("loan", "no");
    }

    boolean debtCare() {
        return customer.is("default", "yes")
                || (customer.is("loan", "yes")
                        && hasMortgage()
                        && customer.isOneOf("job", "unemployed", "student", "retired"))
                || listed("wants-debt-help");
    }

    boolean earlierBuyer() {
        return customer.is("poutcome", "success");
    }

    boolean justCalled() {
        return customer.number("pdays") <= 7;
    }

    boolean overCalled() {
        return customer.number("campaign") > 6;
    }

    boolean nearlyBought() {
        return customer.number("duration") >= 600 && customer.is("y", "no") && customer.isOther("contact", "unknown");
    }

    boolean termDepositOwner() {
        return customer.is("y", "yes");
    }

    boolean lowRates() {
        return customer.number("euribor3m") < 1.5
                && customer.number("cons.price.idx") < 93.5
                && customer.number("nr.employed") < 5100
                && customer.number("emp.var.rate") < 0;
    }

    boolean savingsProspect() {
        return debtFree()
                && !overCalled()
                && customer.number("age") >= 30
                && (customer.isOneOf("education", "university.degree", "professional.course") || earlierBuyer());
    }

    boolean mortgageProspect() {
        return customer.number("age") >= 25
                && customer.number("age") <= 45
                && customer.is("marital", "married")
                && customer.is("housing", "no")
                && !debtCare();
    }

    boolean curious() {
        return visibleListed().stream()
                        .filter(segment -> segment.startsWith("likes-"))
                        .count()
                >= 2;
    }

    boolean monthlyContract() {
        return customer.is("Contract", "Month-to-month");
    }

    boolean newSubscriber() {
        return customer.number("tenure") == 0 && !customer.has("TotalCharges");
    }

    boolean churnRisk() {
        return monthlyContract() && customer.number("tenure") < 12 && customer.number("MonthlyCharges") > 70;
    }

    boolean hasLeft() {
        return customer.is("Churn", "Yes");
    }

    boolean saveDesk() {
        return churnRisk() && !hasLeft();
    }

    boolean bigSpender() {
        return customer.number("TotalCharges") >= 4000;
    }

    boolean manyServices() {
        return List.of(
                                "OnlineSecurity",
                                "OnlineBackup",
                                "DeviceProtection",
                                "TechSupport",
                                "StreamingTV",
                                "StreamingMovies")
                        .stream()
                        .filter(service -> customer.is(service, "Yes"))
                        .count()
                >= 4;
    }

    /** Asks for purpose 4, as offers see it. */
    boolean valuable() {
        return bigSpender() || savingsProspect() || listed("wealth-high");
    }
}
