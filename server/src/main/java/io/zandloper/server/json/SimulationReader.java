package io.zandloper.server.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.simulate.SimulationRequest;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests for simulations. Stateless; any thread. */
public final class SimulationReader {
    private static final String CATALOG = "catalog";
    private static final Set<String> FIELDS = Set.of(CATALOG, "placements", "context", "at", "sample", "seed");
    private static final long SEED_DEFAULT = 1;

    private SimulationReader() {}

    /**
     * What was read; the catalog is a reader's of its own.
     *
     * @param catalogErrors what the catalog's reader has to know, by paths within the catalog
     * @param errors everything that is wrong beside the catalog
     */
    public record Reading(
            ObjectNode catalog, List<FieldError> catalogErrors, SimulationRequest request, List<FieldError> errors) {}

    /**
     * @throws MalformedBodyException where a part is of the wrong kind
     * @throws InvalidInputException where there is no catalog
     */
    public static Reading read(byte[] body) {
        final List<FieldError> valueErrors = new ArrayList<>();
        final ObjectNode document = StrictJson.parseObject(body, valueErrors);
        final List<FieldError> catalogErrors = new ArrayList<>();
        final DocumentErrors errors = new DocumentErrors();
        for (final FieldError error : valueErrors) {
            if (error.path().startsWith(CATALOG + ".")) {
                catalogErrors.add(new FieldError(error.path().substring(CATALOG.length() + 1), error.reason()));
            } else {
                errors.add(error.path(), error.reason());
            }
        }
        final Fields fields = new Fields(document, "", errors);
        fields.allowOnly(FIELDS);
        final ObjectNode catalog = fields.object(CATALOG);
        if (catalog == null) {
            throw new InvalidInputException(CATALOG, "the catalog to be simulated is missing");
        }
        final Integer sample = sample(fields, errors);
        final Number seed = integer(fields, "seed", errors);
        final SimulationRequest request = new SimulationRequest(
                fields.has("placements") ? DecisionReader.placements(fields, errors) : List.of(),
                ContextReader.read(fields, errors),
                fields.timeMicros("at"),
                sample,
                seed == null ? SEED_DEFAULT : seed.longValue());
        return new Reading(catalog, catalogErrors, request, errors.list());
    }

    private static @Nullable Integer sample(Fields fields, DocumentErrors errors) {
        final Number sample = integer(fields, "sample", errors);
        if (sample == null) {
            return null;
        }
        if (sample.longValue() < 1) {
            errors.add("sample", "at least 1 profile, sample=" + sample);
        }
        return (int) Math.min(Integer.MAX_VALUE, sample.longValue());
    }

    private static @Nullable Number integer(Fields fields, String name, DocumentErrors errors) {
        final Number number = fields.number(name);
        if (number == null || number instanceof Long) {
            return number;
        }
        errors.add(name, "not a whole number");
        return null;
    }
}
