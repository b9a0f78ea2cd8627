package io.zandloper.server.realinput;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * @param identity null for an anonymous visitor
 * @param placements in their order, with the count asked for, or null for none
 * @param at null for now
 */
record DecisionRequest(
        String identity,
        Map<String, Integer> placements,
        Map<String, Object> context,
        Instant at,
        Set<String> exclude) {}
