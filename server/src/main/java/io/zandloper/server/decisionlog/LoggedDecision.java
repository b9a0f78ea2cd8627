package io.zandloper.server.decisionlog;

import io.zandloper.server.decide.Decision;
import java.util.List;
import java.util.Map;

/**
 * An entry as it is read back.
 *
 * @param atMicros the time it was decided for
 * @param isAt whether the request named that time
 * @param isExplained whether an explanation was asked for
 * @param personHigh the keyed hash of the primary identity, its first half; 0 for whoever is not {@link Visitor#KNOWN}
 * @param personLow its second half
 * @param profileVersion of the profile's document
 * @param profileSequence of the profile's last change of any kind, events included
 * @param placements in the order of the request
 * @param context the fields that the catalog reads
 * @param excluded offers not to be shown
 */
public record LoggedDecision(
        long atMicros,
        boolean isAt,
        boolean isExplained,
        long catalogVersion,
        Visitor visitor,
        long personHigh,
        long personLow,
        long profileVersion,
        long profileSequence,
        Decision.Reason reason,
        List<LoggedPlacement> placements,
        Map<String, Object> context,
        List<String> excluded) {

    /**
     * @param asked how many offers the request asked for; 0 for the placement's own number
     * @param offers returned, by rank
     */
    public record LoggedPlacement(String id, int asked, List<LoggedOffer> offers) {}

    /** @param priority 0 for a fallback, which has none */
    public record LoggedOffer(String id, boolean fallback, double priority) {}
}
