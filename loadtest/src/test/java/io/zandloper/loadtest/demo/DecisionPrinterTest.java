package io.zandloper.loadtest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class DecisionPrinterTest {
    private final StringWriter text = new StringWriter();

    @Test
    void tellsWhoWonByWhichNumbersAndWhoLostWhy() throws Exception {
        new DecisionPrinter(new PrintWriter(text)).printDecision(new ObjectMapper().readTree("""
                {"placements":[{"id":"web-hero","offers":[
                  {"id":"loan","rank":1,"priority":3.72,"propensity":0.031,"value":120.0,"contextWeight":1.0,"lever":1.0,"fallback":false},
                  {"id":"newsletter","rank":2,"fallback":true}]}],
                 "explain":[{"id":"web-hero","offers":[
                  {"id":"a","status":"PASSED","reasons":[{"code":"OUTRANKED"}]},
                  {"id":"b","status":"REJECTED","reasons":[{"code":"CAPPED","detail":"3 impressions in P1D, at most 3"},{"code":"HOLDOUT"}]},
                  {"id":"c","status":"REJECTED","reasons":[{"code":"ELIGIBILITY","detail":"no such attribute: age"}]},
                  {"id":"d","status":"REJECTED","reasons":[{"code":"ELIGIBILITY"}]},
                  {"id":"e","status":"REJECTED","reasons":[{"code":"ELIGIBILITY"}]},
                  {"id":"loan","status":"RETURNED","reasons":[]}]}]}
                """));
        assertThat(text.toString().lines().map(String::stripTrailing))
                .containsExactly(
                        "  web-hero shows:",
                        "   1. loan                   priority 3.720 = propensity 0.0310 × value 120.00 × context 1.00 × lever 1.00",
                        "   2. newsletter             as the fallback",
                        "  and not, by first reason:",
                        "     3 ELIGIBILITY    c: no such attribute: age",
                        "                      d",
                        "     1 CAPPED         b: 3 impressions in P1D, at most 3",
                        "     1 OUTRANKED      a");
    }

    @Test
    void tellsWhoTheCustomerIs() throws Exception {
        new DecisionPrinter(new PrintWriter(text, true)).printCustomer(new ObjectMapper().readTree("""
                {"id":"crm:7","attributes":{"age":41,"job":"nurse","city":"Gent","income":41200,"balance":-12.5},
                 "segments":["high-value",{"id":"trial","expires":"2030-01-01T00:00:00Z"}],"computed":["senior"]}
                """));
        assertThat(text.toString())
                .contains("crm:7: 41, nurse, Gent; income 41,200, balance -12.50")
                .contains("high-value, trial, senior");
    }
}
