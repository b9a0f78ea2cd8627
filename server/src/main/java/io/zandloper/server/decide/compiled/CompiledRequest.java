package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.catalog.CatalogLimits;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Text;
import io.zandloper.storage.program.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for, by numbers of a catalog. Set anew for each request by one thread; once it has met the largest request
 * it allocates nothing.
 */
public final class CompiledRequest {
    private static final int PLACEMENTS_EXPECTED = 8;

    private boolean namesIdentity;
    private long atMicros;
    private int placementCount;
    private int[] placements = new int[PLACEMENTS_EXPECTED];
    private int[] counts = new int[PLACEMENTS_EXPECTED];
    private int excludedCount;
    private int[] excluded = new int[PLACEMENTS_EXPECTED];
    private @Nullable Map<String, ?> context = Map.of();
    /** Where the context lies in bytes, where it is not a map. */
    private byte[] contextBytes = new byte[0];

    private int contextVector;
    private Supplier<? extends Map<String, ?>> lateContext = Map::of;
    private final Scalar channel = new Scalar();

    /**
     * Takes over a request.
     *
     * @param nowMicros the time, where the request names none
     * @throws InvalidInputException where a placement is unknown, named twice, or asked for a count outside 1-100, or a
     *     string of the context is too long
     */
    public void read(DecisionRequest request, CompiledCatalog catalog, long nowMicros) {
        final Long asOf = request.atMicros();
        begin(request.identity() != null, asOf == null ? nowMicros : asOf);
        context(request.context());
        final List<FieldError> errors = new ArrayList<>();
        checkContext(request.context(), errors);
        addPlacements(request.placements(), catalog, errors);
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
        for (final String id : request.exclude()) {
            exclude(catalog.eventNames().offers().find(id));
        }
    }

    /**
     * Begins a request that is read piece by piece, so far without context.
     *
     * @param identity whether a profile was named, whoever has it
     */
    public void begin(boolean identity, long newAtMicros) {
        namesIdentity = identity;
        atMicros = newAtMicros;
        placementCount = 0;
        excludedCount = 0;
        context = Map.of();
        channel.clear();
    }

    /**
     * Takes a context that lies in bytes, which must not change before the next request; its channel is told apart.
     *
     * @param vector where the vector of its {@code Attribute}s begins, in any order; 0 for none
     * @param asMap the same on the heap, for who cannot read it there
     */
    public void context(byte[] bytes, int vector, Supplier<? extends Map<String, ?>> asMap) {
        context = null;
        contextBytes = bytes;
        contextVector = vector;
        lateContext = asMap;
    }

    /** The context's {@code channel}, where that is a boolean. */
    public void channel(boolean value) {
        channel.setBoolean(value);
    }

    /** The same for an integer. */
    public void channel(long value) {
        channel.setInteger(value);
    }

    /** The same for a double. */
    public void channel(double value) {
        channel.setDouble(value);
    }

    /** The same for a text in UTF-8. */
    public void channel(byte[] bytes, int offset, int lengthBytes) {
        channel.setText(bytes, offset, lengthBytes);
    }

    /**
     * Adds a placement by its id.
     *
     * @param count 0 for the placement's own
     * @return whether it could be: it is known, was not named before, and the count is one there may be
     */
    public boolean addPlacement(CompiledCatalog catalog, byte[] id, int offset, int lengthBytes, int count) {
        final int number = catalog.placement(id, offset, lengthBytes);
        if (number == Names.UNKNOWN || count < 0 || count > CatalogLimits.PLACEMENT_COUNT_MAX) {
            return false;
        }
        for (int i = 0; i < placementCount; i++) {
            if (placements[i] == number) {
                return false;
            }
        }
        addPlacement(number, count == 0 ? catalog.placement(number).count() : count);
        return true;
    }

    /** Adds an offer that must not be shown, by its id; nothing where the catalog has none of it. */
    public void exclude(CompiledCatalog catalog, byte[] id, int offset, int lengthBytes) {
        exclude(catalog.eventNames().offers().find(id, offset, lengthBytes));
    }

    private void context(Map<String, ?> fields) {
        context = fields;
        channel.set(fields.get(EventNames.CHANNEL));
    }

    private static void checkContext(Map<String, ?> fields, List<FieldError> errors) {
        for (final Map.Entry<String, ?> field : fields.entrySet()) {
            if (field.getValue() instanceof String text
                    && Text.utf8Length(text) > DecisionLimits.CONTEXT_STRING_BYTES_MAX) {
                errors.add(new FieldError(
                        "context." + field.getKey(),
                        "is longer than " + DecisionLimits.CONTEXT_STRING_BYTES_MAX + " bytes of UTF-8"));
            }
        }
    }

    private void addPlacements(List<PlacementRequest> wanted, CompiledCatalog catalog, List<FieldError> errors) {
        if (wanted.isEmpty()) {
            errors.add(new FieldError("placements", "names no placement"));
        }
        for (int i = 0; i < wanted.size(); i++) {
            final PlacementRequest asked = wanted.get(i);
            final String path = "placements[" + i + "]";
            final int number = catalog.placement(asked.id());
            if (number == Names.UNKNOWN) {
                errors.add(new FieldError(path + ".id", "unknown placement '" + asked.id() + "'"));
            }
            if (isNamedBefore(wanted, i)) {
                errors.add(new FieldError(path + ".id", "placement '" + asked.id() + "' is named twice"));
            }
            final Integer count = asked.count();
            if (count != null && (count < 1 || count > CatalogLimits.PLACEMENT_COUNT_MAX)) {
                errors.add(new FieldError(
                        path + ".count", "outside 1-" + CatalogLimits.PLACEMENT_COUNT_MAX + ", count=" + count));
            }
            if (errors.isEmpty()) {
                addPlacement(number, count == null ? catalog.placement(number).count() : count);
            }
        }
    }

    private static boolean isNamedBefore(List<PlacementRequest> wanted, int index) {
        for (int i = 0; i < index; i++) {
            if (wanted.get(i).id().equals(wanted.get(index).id())) {
                return true;
            }
        }
        return false;
    }

    private void addPlacement(int placement, int count) {
        if (placementCount == placements.length) {
            placements = Arrays.copyOf(placements, 2 * placementCount);
            counts = Arrays.copyOf(counts, 2 * placementCount);
        }
        placements[placementCount] = placement;
        counts[placementCount] = count;
        placementCount++;
    }

    private void exclude(int offer) {
        if (offer == Names.UNKNOWN) {
            return;
        }
        if (excludedCount == excluded.length) {
            excluded = Arrays.copyOf(excluded, 2 * excludedCount);
        }
        excluded[excludedCount] = offer;
        excludedCount++;
    }

    boolean namesIdentity() {
        return namesIdentity;
    }

    /** The time to decide for, in microseconds since 1970 UTC. */
    public long atMicros() {
        return atMicros;
    }

    int placementCount() {
        return placementCount;
    }

    int placement(int index) {
        return placements[index];
    }

    int count(int index) {
        return counts[index];
    }

    boolean isExcluded(int offer) {
        for (int i = 0; i < excludedCount; i++) {
            if (excluded[i] == offer) {
                return true;
            }
        }
        return false;
    }

    int excludedCount() {
        return excludedCount;
    }

    int excluded(int index) {
        return excluded[index];
    }

    Map<String, ?> context() {
        Map<String, ?> known = context;
        if (known == null) {
            known = lateContext.get();
            context = known;
        }
        return known;
    }

    /** Makes programs read the context. */
    void pointContext(Evaluation evaluation) {
        final Map<String, ?> known = context;
        if (known == null) {
            evaluation.ofContext(contextBytes, contextVector, lateContext);
        } else {
            evaluation.ofContext(known);
        }
    }

    Scalar channel() {
        return channel;
    }
}
