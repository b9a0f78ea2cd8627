package io.zandloper.protocol.client;

import java.util.List;

/**
 * All segments that a profile is visibly in.
 *
 * @param known whether anybody has the identity; where not, there are no segments
 * @param segments listed and computed ones, in the order of the catalog
 * @param sequence of the newest change that the server had when it looked
 */
public record SegmentList(boolean known, List<String> segments, long sequence) {}
