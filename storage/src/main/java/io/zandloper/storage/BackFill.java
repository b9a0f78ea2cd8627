package io.zandloper.storage;

import static io.zandloper.storage.format.ColumnDescriptor.ORDINALS_PER_CHUNK;

import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.column.Columns;
import io.zandloper.storage.format.RowDescriptor;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.program.CompiledRules;
import io.zandloper.storage.row.RowBits;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Lays out the rows and columns of all profiles under a new catalog, beside those that serve, in steps of a few rows; the
 * changes between two steps are told to it, and it does those rows again. Belongs to the writer, which alone stores and
 * between whose changes the steps are made.
 *
 * <p>Every row is judged as of one time, whenever it is made: so the rows are those that anybody comes to who has the
 * records at the moment of the switch, the catalog and that time.
 *
 * <p>A bit whose rule, purposes and inputs are the same under both catalogs is copied from the row that serves, unless
 * that was written since the beginning, as of a later time, or has expired; where all bits are, the record is not read.
 */
final class BackFill {
    /** Evaluations of rules after which a step may end, however few rows it did: about a millisecond. */
    private static final int EVALUATIONS_A_STEP = 8 * 1_024;

    /**
     * Rows that a step does again whatever that costs, where as many were touched since the one before: so that they do
     * not pile up while batches of changes come one after the other. One batch touches no more, but for lists of members.
     */
    private static final int ROWS_OWED_MAX = 1_024;

    private final Published old;
    private final Published next;
    private final long atMicros;
    private final long beginSequence;
    private final CarriedBits carried;
    private final boolean withColumns;
    private final IntSupplier ordinals;
    private final IntFunction<@Nullable Profile> profiles;
    private final CompiledRules rules;
    private final Columns.Filling columns;
    private final RowBits oldRow = new RowBits();
    private final RowBits nextRow = new RowBits();
    private final long[] bits;
    private final RoaringBitmap touched = new RoaringBitmap();

    /** Ordinals below it have their rows. */
    private int laid;

    /** Ordinals below it are in the columns. */
    private int columnsEnd;

    /** Whether the columns of a chunk are being made; no row is laid out until they are whole. */
    private boolean inColumns;

    private int touchedSinceStep;
    private int total;
    private long copied;

    /**
     * @param next what is laid out, empty
     * @param rules those of the new catalog
     * @param atMicros time as of which rows are judged
     * @param beginSequence of the newest change
     * @param carried what need not be judged
     * @param withColumns false where columns are made of all rows later
     * @param ordinals every ordinal that a profile has is below it
     * @param profiles reads a profile's record; null where there is none
     */
    BackFill(
            Published old,
            Published next,
            CompiledRules rules,
            long atMicros,
            long beginSequence,
            CarriedBits carried,
            boolean withColumns,
            IntSupplier ordinals,
            IntFunction<@Nullable Profile> profiles) {
        this.old = old;
        this.next = next;
        this.atMicros = atMicros;
        this.beginSequence = beginSequence;
        this.carried = carried;
        this.withColumns = withColumns;
        this.ordinals = ordinals;
        this.profiles = profiles;
        this.rules = rules;
        this.columns = next.columns().filling();
        this.bits = new long[RowDescriptor.wordCount(next.catalog().segments().size())];
        this.total = ordinals.getAsInt();
    }

    Published next() {
        return next;
    }

    /** The rules of the new catalog, compiled. */
    CompiledRules rules() {
        return rules;
    }

    /** A row that serves is about to change, or to go. */
    void touch(int ordinal) {
        if (ordinal < laid) {
            touched.add(ordinal);
            touchedSinceStep++;
        }
    }

    /**
     * Lays out more rows, or makes some of the columns of a chunk of them.
     *
     * @param rowsMin where there are as many, however long their rules take: a writer that is busy does its share
     * @param rowsMax not counting those that changes touched since the step before
     * @return whether the rows and columns are those of all profiles as they are now
     */
    boolean step(int rowsMin, int rowsMax) {
        if (inColumns) {
            fillColumns();
            return false;
        }
        layTouched(Math.min(touchedSinceStep, ROWS_OWED_MAX), Long.MAX_VALUE);
        touchedSinceStep = 0;
        final long enough = rules.evaluations() + EVALUATIONS_A_STEP;
        layTouched(rowsMax, enough);
        layMore(rowsMin, rowsMax, enough);
        final boolean whole = laid == total;
        if (withColumns && columnsEnd < laid && (whole || laid % ORDINALS_PER_CHUNK == 0)) {
            fillColumns();
        }
        return whole && !inColumns && touched.isEmpty();
    }

    private void layTouched(int rowsMax, long evaluationsMax) {
        for (int left = rowsMax; left > 0 && !touched.isEmpty() && rules.evaluations() < evaluationsMax; left--) {
            final int ordinal = touched.first();
            lay(ordinal);
            touched.remove(ordinal);
        }
    }

    /** Up to the end of a chunk, whose columns come next. */
    private void layMore(int rowsMin, int rowsMax, long evaluationsMax) {
        total = ordinals.getAsInt();
        int rows = 0;
        while (rows < rowsMax && laid < total && (rows < rowsMin || rules.evaluations() < evaluationsMax)) {
            lay(laid);
            laid++;
            rows = laid % ORDINALS_PER_CHUNK == 0 ? rowsMax : rows + 1;
        }
    }

    private void fillColumns() {
        inColumns = !columns.step(columnsEnd / ORDINALS_PER_CHUNK, laid, next.rows()::read);
        if (!inColumns) {
            // All of the chunk: what comes into it later is told row by row.
            columnsEnd += ORDINALS_PER_CHUNK;
        }
    }

    private void lay(int ordinal) {
        final boolean usable = old.rows().read(ordinal, oldRow)
                && oldRow.sequence() <= beginSequence
                && atMicros < oldRow.nextExpiryMicros();
        if (usable && carried.isWhole(oldRow.nextExpiryMicros())) {
            carried.carry(oldRow, bits);
            copied++;
            write(ordinal, oldRow.sequence(), oldRow.purposes(), oldRow.nextExpiryMicros(), bits);
            return;
        }
        final Profile profile = profiles.apply(ordinal);
        if (profile == null) {
            clear(ordinal);
            return;
        }
        if (usable) {
            carried.carry(oldRow, bits);
            rules.judge(profile, atMicros, carried.rules(), bits);
        } else {
            rules.judge(profile, atMicros);
        }
        write(
                ordinal,
                profile.sequence(),
                VisibleSegments.grantedPurposes(profile, next.catalog()),
                rules.nextExpiryMicros(),
                rules.bits());
    }

    private void write(int ordinal, long sequence, int purposes, long nextExpiryMicros, long[] newBits) {
        if (ordinal < columnsEnd) {
            final boolean there = next.rows().read(ordinal, nextRow);
            next.columns().update(ordinal, there ? nextRow : null, newBits, nextExpiryMicros);
        }
        next.rows().ensureCapacity(ordinal);
        next.rows().write(ordinal, sequence, purposes, nextExpiryMicros, newBits);
    }

    private void clear(int ordinal) {
        if (next.rows().read(ordinal, nextRow)) {
            if (ordinal < columnsEnd) {
                next.columns().clear(ordinal, nextRow);
            }
            next.rows().clear(ordinal);
        }
    }

    /** Gives up, and the files with it. */
    void abandon() {
        next.rows().delete();
        next.columns().delete();
    }

    BackFillStatus status(BackFillStatus.State state) {
        return new BackFillStatus(state, next.catalog().version(), laid, total, copied, rules.evaluations());
    }
}
