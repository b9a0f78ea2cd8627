package io.zandloper.storage;

import io.zandloper.storage.BackFillStatus.State;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.column.Columns;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.expiry.ExpiryCalendar;
import io.zandloper.storage.format.RowImage;
import io.zandloper.storage.memory.MappedMemory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.program.CompiledRules;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.row.RowTable;
import java.util.BitSet;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The catalog, and the rows and columns that are laid out under it: the one place where a row changes, so that columns and
 * calendar change with it. Belongs to the writer, but for {@link #current}.
 */
final class PublishedRows {
    /** Rows that are judged in one step where all others stay: about as many as change in two batches. */
    private static final int OVERDUE_ROWS_MAX = 512;

    private final DataFolder folder;
    private final Epochs epochs;
    private final RowBits rowBits = new RowBits();
    private volatile Published published;

    /** Those of the catalog by which a row was judged last; null before the first. */
    private @Nullable CompiledRules rules;

    /** When rows are to be judged anew; null until the writer asks for it. */
    private @Nullable ExpiryCalendar calendar;

    /** While the tables are made again: rows that are judged at the end, under the last catalog; null at other times. */
    private @Nullable UnjudgedRows unjudged;

    /** False while the tables are made again: columns are made of all rows then, which is faster. */
    private boolean columnsFollow;

    /** What is being laid out; null for nothing. */
    private @Nullable BackFill backFill;

    /** Those of the catalog that is to replace the present one and whose rows are the same; null for none. */
    private @Nullable CompiledRules sameRows;

    private volatile BackFillStatus status = BackFillStatus.NONE;

    private PublishedRows(DataFolder folder, Epochs epochs, Published published, boolean columnsFollow) {
        this.folder = folder;
        this.epochs = epochs;
        this.published = published;
        this.columnsFollow = columnsFollow;
    }

    /** Without a profile; columns follow from {@link #fillColumns} on. */
    static PublishedRows create(DataFolder folder, Epochs epochs, Catalog catalog, byte[] catalogSource) {
        return new PublishedRows(folder, epochs, layOut(folder, catalog, catalogSource, 0), false);
    }

    /** As {@link #force} left them. */
    static PublishedRows open(DataFolder folder, Epochs epochs, CleanStop state, CatalogLoader catalogLoader) {
        final Catalog catalog = state.catalogVersion() == 0
                ? Catalog.EMPTY
                : catalogLoader.compile(state.catalogSource()).withVersion(state.catalogVersion());
        final int generation = state.rowGeneration();
        final MappedMemory memory = folder.platform().memory();
        final RowTable rows = RowTable.open(folder.rows(generation), memory);
        final Columns columns = Columns.open(folder.columns(generation), memory);
        return new PublishedRows(
                folder, epochs, new Published(catalog, state.catalogSource(), rows, columns, generation), true);
    }

    private static Published layOut(DataFolder folder, Catalog catalog, byte[] catalogSource, int generation) {
        final int segments = catalog.segments().size();
        final MappedMemory memory = folder.platform().memory();
        return new Published(
                catalog,
                catalogSource,
                RowTable.create(folder.rows(generation), segments, memory),
                Columns.create(folder.columns(generation), segments, memory),
                generation);
    }

    /** What readers take, as one. Any thread. */
    Published current() {
        return published;
    }

    /** Makes the files complete on the disk. */
    void force() {
        published.rows().force();
        published.columns().force();
    }

    /** Unmaps the files; no reader may be left. */
    void close() {
        abandonReplacement();
        published.rows().close();
        published.columns().close();
    }

    /** Every row that is written from now on is entered into {@code newCalendar}; null for into none. */
    void follow(@Nullable ExpiryCalendar newCalendar) {
        calendar = newCalendar;
    }

    /** A profile's row as it is at a time under a catalog. */
    RowImage judge(Profile profile, Catalog catalog, long atMicros) {
        CompiledRules current = rules;
        if (current == null || !current.catalog().isSameAs(catalog)) {
            current = new CompiledRules(catalog);
            rules = current;
        }
        current.judge(profile, atMicros);
        return new RowImage(
                VisibleSegments.grantedPurposes(profile, catalog),
                current.nextExpiryMicros(),
                current.bits().clone());
    }

    /**
     * From now on catalogs may come that are not compiled, and no row is judged before {@link #judgePostponed}: a start
     * after a kill compiles one catalog of all that the journal has, and judges under that one.
     */
    void postponeJudging() {
        unjudged = new UnjudgedRows();
    }

    /**
     * Judges what was postponed, each row as of the time at which it was due.
     *
     * @param compiled the current catalog
     * @param profiles reads a profile's record; null where there is none
     */
    void judgePostponed(Catalog compiled, IntFunction<@Nullable Profile> profiles) {
        final Published current = published;
        published = new Published(
                compiled, current.catalogSource(), current.rows(), current.columns(), current.rowGeneration());
        if (unjudged == null) {
            return;
        }
        unjudged.judgeAll((ordinal, atMicros) -> {
            final Profile profile = profiles.apply(ordinal);
            if (profile != null) {
                write(current.rows(), ordinal, profile.sequence(), judge(profile, compiled, atMicros));
            }
        });
        unjudged = null;
    }

    /** A row gets the bits that a profile has at a time. */
    void store(int ordinal, Profile profile, long atMicros) {
        if (unjudged == null) {
            store(ordinal, profile.sequence(), judge(profile, published.catalog(), atMicros));
        } else {
            unjudged.add(ordinal, atMicros);
        }
    }

    /** A row gets its bits. */
    void store(int ordinal, long sequence, RowImage image) {
        final Published current = published;
        touch(ordinal);
        enter(ordinal, image.nextExpiryMicros());
        if (columnsFollow) {
            // The columns first: should they fail, the row still says what they are to be told again.
            final boolean there = current.rows().read(ordinal, rowBits);
            current.columns().update(ordinal, there ? rowBits : null, image.bits(), image.nextExpiryMicros());
        }
        write(current.rows(), ordinal, sequence, image);
    }

    /** A row goes, if there is one. */
    void clear(int ordinal) {
        final Published current = published;
        touch(ordinal);
        enter(ordinal, Times.NEVER);
        if (columnsFollow && current.rows().read(ordinal, rowBits)) {
            current.columns().clear(ordinal, rowBits);
        }
        if (ordinal < current.rows().capacity()) {
            current.rows().clear(ordinal);
        }
    }

    /**
     * Begins to lay out the rows and columns of all profiles under a new catalog, beside those that serve. Where all rows
     * stay as they are there is nothing to lay out.
     *
     * @param compiled the new catalog's rules
     * @param sequence of the newest change
     * @param ordinals every ordinal that a profile has is below it
     * @param profiles reads a profile's record; null where there is none
     * @param everListed whether anybody can be a member of the listed segment of an id
     */
    void beginReplacement(
            Effect.StoreCatalog store,
            CompiledRules compiled,
            long sequence,
            IntSupplier ordinals,
            IntFunction<@Nullable Profile> profiles,
            Predicate<String> everListed) {
        final Published old = published;
        final CarriedBits carried = CarriedBits.between(old.catalog(), store.catalog(), everListed);
        if (carried.isEverything() && overdue(old, store.atMicros()).getCardinality() <= OVERDUE_ROWS_MAX) {
            sameRows = compiled;
            status = status(State.RUNNING, store.catalog());
        } else {
            begin(store, new BackFillStart(compiled, sequence, carried, true, ordinals, profiles));
        }
    }

    private record BackFillStart(
            CompiledRules rules,
            long sequence,
            CarriedBits carried,
            boolean withColumns,
            IntSupplier ordinals,
            IntFunction<@Nullable Profile> profiles) {}

    /**
     * Lays out some more, see {@link BackFill#step}.
     *
     * @return whether all is laid out, as it is now
     */
    boolean stepReplacement(int rowsMin, int rowsMax) {
        final BackFill current = backFill;
        final boolean whole = current == null || current.step(rowsMin, rowsMax);
        if (current != null) {
            status = current.status(State.RUNNING);
        }
        return whole;
    }

    /** Gives up what is being laid out. */
    void abandonReplacement() {
        final BackFill current = backFill;
        if (current != null) {
            backFill = null;
            status = current.status(State.FAILED);
            current.abandon();
        } else if (sameRows != null) {
            status = new BackFillStatus(State.FAILED, status.catalogVersion(), 0, 0, 0, 0);
            sameRows = null;
        }
    }

    /** Where no row has to be laid out. */
    private static BackFillStatus status(State state, Catalog catalog) {
        return new BackFillStatus(state, catalog.version(), 0, 0, 0, 0);
    }

    /** Any thread. */
    BackFillStatus replacementStatus() {
        return status;
    }

    /**
     * From now on the catalog is a new one, with the rows and columns that were laid out for it; where none were, as when
     * a journal is read, they are laid out now. All three are published as one. Once more is harmless.
     */
    void replaceCatalog(Effect.StoreCatalog store, IntSupplier ordinals, IntFunction<@Nullable Profile> profiles) {
        final CompiledRules same = sameRows;
        if (same != null && same.catalog().isSameAs(store.catalog())) {
            keepRows(store, same, profiles);
            return;
        }
        if (unjudged != null) {
            unjudged.onCatalog(ordinals.getAsInt(), store.atMicros());
            publish(layOut(folder, store.catalog(), store.source(), published.rowGeneration() + 1));
            return;
        }
        BackFill whole = backFill;
        if (whole == null || !whole.next().catalog().isSameAs(store.catalog())) {
            abandonReplacement();
            whole = layOutAll(store, ordinals, profiles);
        }
        backFill = null;
        rules = whole.rules();
        status = whole.status(State.DONE);
        publish(whole.next());
    }

    private void publish(Published next) {
        final Published old = published;
        published = next;
        epochs.retire(old.rows()::delete);
        old.columns().delete();
    }

    private BackFill layOutAll(
            Effect.StoreCatalog store, IntSupplier ordinals, IntFunction<@Nullable Profile> profiles) {
        final CarriedBits nothing = CarriedBits.nothing(store.catalog());
        final CompiledRules compiled = new CompiledRules(store.catalog());
        final BackFill all =
                begin(store, new BackFillStart(compiled, store.sequence(), nothing, columnsFollow, ordinals, profiles));
        boolean complete = false;
        try {
            while (!complete) {
                complete = all.step(Integer.MAX_VALUE, Integer.MAX_VALUE);
            }
            return all;
        } finally {
            if (!complete) {
                abandonReplacement();
            }
        }
    }

    private BackFill begin(Effect.StoreCatalog store, BackFillStart start) {
        final Published old = published;
        final BackFill begun = new BackFill(
                old,
                layOut(folder, store.catalog(), store.source(), old.rowGeneration() + 1),
                start.rules(),
                store.atMicros(),
                start.sequence(),
                start.carried(),
                start.withColumns(),
                start.ordinals(),
                start.profiles());
        backFill = begun;
        status = begun.status(State.RUNNING);
        return begun;
    }

    /** The rows are those of the new catalog, but for those that the time has overtaken as of which they are to be. */
    private void keepRows(Effect.StoreCatalog store, CompiledRules same, IntFunction<@Nullable Profile> profiles) {
        final Published current = published;
        rules = same;
        overdue(current, store.atMicros()).forEach((int ordinal) -> {
            final Profile profile = profiles.apply(ordinal);
            if (profile != null) {
                store(ordinal, profile.sequence(), judge(profile, store.catalog(), store.atMicros()));
            }
        });
        published = new Published(
                store.catalog(), store.source(), current.rows(), current.columns(), current.rowGeneration());
        sameRows = null;
        status = status(State.DONE, store.catalog());
    }

    /** The rows that a time has overtaken. */
    private static RoaringBitmap overdue(Published current, long atMicros) {
        final RoaringBitmap overdue = new RoaringBitmap();
        current.columns().forEachOverdue(atMicros, current.rows()::read, overdue::add);
        return overdue;
    }

    private static void write(RowTable rows, int ordinal, long sequence, RowImage image) {
        rows.ensureCapacity(ordinal);
        rows.write(ordinal, sequence, image.purposes(), image.nextExpiryMicros(), image.bits());
    }

    /** A row is about to change or to go. */
    private void touch(int ordinal) {
        if (unjudged != null) {
            unjudged.remove(ordinal);
        }
        if (backFill != null) {
            backFill.touch(ordinal);
        }
    }

    /** Moves a profile in the calendar, before its row says so. */
    private void enter(int ordinal, long nextExpiryMicros) {
        if (calendar != null) {
            calendar.move(ordinal, published.rows().nextExpiryMicros(ordinal), nextExpiryMicros);
        }
    }

    /** Makes the columns of all rows; from now on they follow. */
    void fillColumns(int ordinals) {
        published.columns().fill(ordinals, published.rows()::read);
        columnsFollow = true;
    }

    /**
     * The columns of segments as they are now, exact at {@code atMicros}. Where the catalog is another one than the
     * caller's by now, they are of that one and have no segment.
     *
     * @param sequence of the newest change
     * @param profiles reads a profile's record; null where there is none
     */
    FrozenColumns freeze(
            Catalog catalog, BitSet segments, long sequence, long atMicros, IntFunction<@Nullable Profile> profiles) {
        final Published current = published;
        final BitSet frozen = current.catalog() == catalog ? segments : new BitSet();
        return current.columns()
                .freeze(current.catalog(), frozen, sequence, atMicros, current.rows()::read, ordinal -> {
                    final Profile profile = profiles.apply(ordinal);
                    return judge(profile == null ? Profile.EMPTY : profile, current.catalog(), atMicros)
                            .bits();
                });
    }
}
