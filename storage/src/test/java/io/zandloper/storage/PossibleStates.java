package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.profile.Identity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be stored: one {@link PeopleModel} of all that was acknowledged, and more of them where nobody heard what became
 * of a change, until the storage is looked at.
 */
final class PossibleStates {
    private final SimulatedChanges changes;
    private Set<PeopleModel> models = Set.of(PeopleModel.EMPTY);
    /** What may be stored if something of the last batch is damaged, which nothing after it says was durable. */
    private Set<PeopleModel> modelsOfLastBatch = models;

    private long acknowledgedSequence;

    PossibleStates(SimulatedChanges changes) {
        this.changes = changes;
    }

    /** The newest that anybody heard of, or that was seen. */
    long acknowledgedSequence() {
        return acknowledgedSequence;
    }

    /** Null where it is not known which it is. */
    @Nullable
    PeopleModel only() {
        return models.size() == 1 ? models.iterator().next() : null;
    }

    /**
     * A batch of changes has been worked on.
     *
     * @param heard of each change its {@link ChangeOutcome}, the message of its failure, or null
     * @return whether the journal takes no more
     */
    boolean onBatch(List<Change> batch, @Nullable Object[] heard, long at) {
        final long sequenceBefore = acknowledgedSequence;
        final Set<PeopleModel> onTheWay = new LinkedHashSet<>(models);
        final List<Change> unheard = new ArrayList<>();
        for (int i = 0; i < heard.length; i++) {
            if (heard[i] instanceof ChangeOutcome outcome) {
                acknowledge(batch.get(i), outcome, at);
                onTheWay.addAll(models);
                continue;
            }
            final String message = String.valueOf(heard[i]);
            if (message.contains("tables cannot be written")) {
                // It is in the journal itself, or it was refused because one before it is: then that one may have been
                // applied by now or not. Which of both is not told, and the next change may find it the other way
                // round.
                models = perhaps(List.of(batch.get(i)), at);
            } else if (!message.contains("takes no entry") && !message.contains("cannot be begun")) {
                unheard.add(batch.get(i));
            }
        }
        models = perhaps(unheard, at);
        if (acknowledgedSequence > sequenceBefore) {
            modelsOfLastBatch = onTheWay;
        }
        return !unheard.isEmpty();
    }

    /** Of these changes, the first few may have been made. */
    private Set<PeopleModel> perhaps(List<Change> made, long at) {
        final Set<PeopleModel> possible = new LinkedHashSet<>(models);
        Set<PeopleModel> last = models;
        for (final Change change : made) {
            final Set<PeopleModel> next = new LinkedHashSet<>();
            last.forEach(model -> next.add(applied(model, change, at).model()));
            possible.addAll(next);
            last = next;
        }
        return possible;
    }

    private PeopleModel.Applied applied(PeopleModel model, Change change, long at) {
        return change instanceof ReplaceMembers replace
                ? model.replaceMembers(replace.segment(), replace.expiresMicros(), changes.members(replace), at)
                : model.apply(change, at);
    }

    private void acknowledge(Change change, ChangeOutcome outcome, long at) {
        acknowledgedSequence = Math.max(acknowledgedSequence, outcome.sequence());
        final Set<PeopleModel> after = new LinkedHashSet<>();
        for (final PeopleModel model : models) {
            final PeopleModel.Applied applied = applied(model, change, at);
            if (change instanceof TidyProfile
                    || applied.accepted() == outcome.status().isAccepted()) {
                after.add(applied.model());
            }
        }
        assertThat(after).as("%s of %s", outcome, change).isNotEmpty();
        models = after;
    }

    /** From now on it is what is stored. */
    void onSeen(Map<Identity, PeopleModel.Content> stored, String catalogSource, long sequence, long nowMicros) {
        final Set<PeopleModel> same = new LinkedHashSet<>();
        for (final PeopleModel model : models) {
            if (model.catalogSource().equals(catalogSource)
                    && model.content(nowMicros).equals(stored)) {
                same.add(model);
            }
        }
        if (same.isEmpty()) {
            assertThat(stored)
                    .as("one of %d", models.size())
                    .isEqualTo(models.iterator().next().content(nowMicros));
            assertThat(catalogSource).isEqualTo(models.iterator().next().catalogSource());
        }
        if (sequence > acknowledgedSequence) {
            modelsOfLastBatch = models; // nobody had heard of these
        }
        models = same;
        acknowledgedSequence = Math.max(acknowledgedSequence, sequence);
    }

    /** What was synced last may be damaged, and then gone. */
    void onDamage() {
        models = new LinkedHashSet<>(models);
        models.addAll(modelsOfLastBatch);
    }
}
