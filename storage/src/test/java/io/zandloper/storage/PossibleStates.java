package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.profile.Identity;
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
    /**
     * What came of a change, as its caller heard it.
     *
     * @param outcome null where it failed
     * @param failure why it failed; null also where nobody was told anything
     * @param journalEnd the newest sequence in the journal when it failed
     */
    record Heard(@Nullable ChangeOutcome outcome, @Nullable String failure, long journalEnd) {
        static final Heard NOTHING = new Heard(null, null, 0);

        private boolean failedWith(String reason) {
            return failure != null && failure.contains(reason);
        }

        /** The journal is as it was before. */
        boolean isRefusedByTheJournal() {
            return failedWith("takes no entry") || failedWith("cannot be begun");
        }

        /** A catalog was given up, before anything of it was in the journal. */
        boolean isNotLaidOut() {
            return failedWith("cannot be laid out");
        }

        /** Neither an outcome nor a refusal after which the storage goes on. */
        boolean isNothing() {
            return outcome == null
                    && !isRefusedByTheJournal()
                    && !isNotLaidOut()
                    && !failedWith("tables cannot be written");
        }
    }

    private final SimulatedChanges changes;
    /** With all that is in the journal: what is stored as long as nothing ends. */
    private Set<PeopleModel> whole = Set.of(PeopleModel.EMPTY);
    /** With less of what is in the journal and was not acknowledged: what a crash may leave instead. */
    private Set<PeopleModel> shorter = Set.of();
    /** What may be stored if something of the last batch is damaged, which nothing after it says was durable. */
    private Set<PeopleModel> ofLastBatch = whole;

    private long acknowledgedSequence;

    PossibleStates(SimulatedChanges changes) {
        this.changes = changes;
    }

    /** The newest that anybody heard of, or that was seen. */
    long acknowledgedSequence() {
        return acknowledgedSequence;
    }

    /** With all that is in the journal; null where it is not known which it is. */
    @Nullable
    PeopleModel only() {
        return whole.size() == 1 ? whole.iterator().next() : null;
    }

    private Set<PeopleModel> all() {
        final Set<PeopleModel> all = new LinkedHashSet<>(whole);
        all.addAll(shorter);
        return all;
    }

    /**
     * A batch of changes has been worked on.
     *
     * @param journalBegin the newest sequence in the journal before it
     * @return whether the journal takes no more: nobody knows what became of these
     */
    boolean onBatch(List<Change> batch, List<Heard> heard, long journalBegin, long at) {
        if (heard.stream().anyMatch(Heard::isNothing)) {
            onLostBatch(batch, heard, at);
            return true;
        }
        final long sequenceBefore = acknowledgedSequence;
        final Set<PeopleModel> onTheWay = all();
        long journalEnd = journalBegin;
        for (int i = 0; i < batch.size(); i++) {
            final ChangeOutcome outcome = heard.get(i).outcome();
            if (outcome != null) {
                acknowledge(batch.get(i), outcome, at);
                journalEnd = Math.max(journalEnd, outcome.sequence());
                onTheWay.addAll(whole);
            } else if (!heard.get(i).isRefusedByTheJournal()
                    && !heard.get(i).isNotLaidOut()
                    && heard.get(i).journalEnd() > journalEnd) {
                // It is in the journal, and in the tables once the next change comes. One that the journal does not
                // have
                // waited behind another, be that a tidying which nobody asked for, and is not made.
                journalEnd = heard.get(i).journalEnd();
                shorter = all();
                whole = applied(whole, batch.get(i), at);
            }
        }
        if (acknowledgedSequence > sequenceBefore) {
            ofLastBatch = onTheWay;
        }
        return false;
    }

    /** Each of these may have been made or not. */
    private void onLostBatch(List<Change> batch, List<Heard> heard, long at) {
        final Set<PeopleModel> possible = all();
        for (int i = 0; i < batch.size(); i++) {
            if (!heard.get(i).isRefusedByTheJournal() && !heard.get(i).isNotLaidOut()) {
                possible.addAll(applied(possible, batch.get(i), at));
            }
        }
        shorter = possible;
    }

    private Set<PeopleModel> applied(Set<PeopleModel> models, Change change, long at) {
        final Set<PeopleModel> after = new LinkedHashSet<>();
        models.forEach(model -> after.add(applied(model, change, at).model()));
        return after;
    }

    private PeopleModel.Applied applied(PeopleModel model, Change change, long at) {
        return change instanceof ReplaceMembers replace
                ? model.replaceMembers(replace.segment(), replace.expiresMicros(), changes.members(replace), at)
                : model.apply(change, at);
    }

    /** Nothing is acknowledged before all that is in the journal by then is applied and durable. */
    private void acknowledge(Change change, ChangeOutcome outcome, long at) {
        acknowledgedSequence = Math.max(acknowledgedSequence, outcome.sequence());
        final Set<PeopleModel> after = new LinkedHashSet<>();
        for (final PeopleModel model : whole) {
            final PeopleModel.Applied applied = applied(model, change, at);
            if (change instanceof TidyProfile
                    || applied.accepted() == outcome.status().isAccepted()) {
                after.add(applied.model());
            }
        }
        assertThat(after).as("%s of %s", outcome, change).isNotEmpty();
        whole = after;
        shorter = Set.of();
    }

    /** From now on it is what is stored. */
    void onSeen(Map<Identity, PeopleModel.Content> stored, String catalogSource, long sequence, long nowMicros) {
        final Set<PeopleModel> same = new LinkedHashSet<>();
        for (final PeopleModel model : all()) {
            if (model.catalogSource().equals(catalogSource)
                    && model.content(nowMicros).equals(stored)) {
                same.add(model);
            }
        }
        if (same.isEmpty()) {
            final PeopleModel expected = whole.iterator().next();
            assertThat(stored).as("one of %d", all().size()).isEqualTo(expected.content(nowMicros));
            assertThat(catalogSource).isEqualTo(expected.catalogSource());
        }
        if (sequence > acknowledgedSequence) {
            // Nobody had heard of these. A tidying may have gone into the journal with the last batch, before its sync,
            // and
            // then says no more of that than the batch does: so whatever the batch may leave stays possible.
            ofLastBatch = new LinkedHashSet<>(ofLastBatch);
            ofLastBatch.addAll(all());
        }
        whole = same;
        shorter = Set.of();
        acknowledgedSequence = Math.max(acknowledgedSequence, sequence);
    }

    /** What was synced last may be damaged, and then gone. */
    void onDamage() {
        shorter = all();
        shorter.addAll(ofLastBatch);
    }
}
