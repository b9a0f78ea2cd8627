package io.zandloper.storage;

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
import org.jspecify.annotations.Nullable;

/**
 * The catalog, and the rows and columns that are laid out under it: the one place where a row changes, so that columns and
 * calendar change with it. Belongs to the writer, but for {@link #current}.
 */
final class PublishedRows {
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
        published.rows().close();
        published.columns().close();
    }

    /** Every row that is written from now on is entered into {@code newCalendar}. */
    void follow(ExpiryCalendar newCalendar) {
        calendar = newCalendar;
    }

    /** A profile's row as it is at a time under a catalog. */
    RowImage judge(Profile profile, Catalog catalog, long atMicros) {
        CompiledRules current = rules;
        if (current == null || current.catalog() != catalog) {
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
        if (unjudged != null) {
            unjudged.remove(ordinal);
        }
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
        if (unjudged != null) {
            unjudged.remove(ordinal);
        }
        enter(ordinal, Times.NEVER);
        if (columnsFollow && current.rows().read(ordinal, rowBits)) {
            current.columns().clear(ordinal, rowBits);
        }
        if (ordinal < current.rows().capacity()) {
            current.rows().clear(ordinal);
        }
    }

    /**
     * Lays out the rows and columns of all profiles anew under a new catalog, then publishes all three as one. Readers go
     * on with the old ones meanwhile.
     *
     * @param ordinals every ordinal that a profile has is below it
     * @param profiles reads a profile's record; null where there is none
     */
    void replaceCatalog(Effect.StoreCatalog store, int ordinals, IntFunction<@Nullable Profile> profiles) {
        final Published old = published;
        final Published next = layOut(folder, store.catalog(), store.source(), old.rowGeneration() + 1);
        boolean complete = false;
        try {
            if (unjudged == null) {
                judgeAll(store, next.rows(), ordinals, profiles);
            } else {
                unjudged.onCatalog(ordinals, store.atMicros());
            }
            if (columnsFollow) {
                next.columns().fill(ordinals, next.rows()::read);
            }
            complete = true;
        } finally {
            if (!complete) {
                next.rows().delete();
                next.columns().delete();
            }
        }
        published = next;
        epochs.retire(old.rows()::delete);
        old.columns().delete();
    }

    private void judgeAll(
            Effect.StoreCatalog store, RowTable rows, int ordinals, IntFunction<@Nullable Profile> profiles) {
        for (int ordinal = 0; ordinal < ordinals; ordinal++) {
            final Profile profile = profiles.apply(ordinal);
            if (profile != null) {
                final RowImage image = judge(profile, store.catalog(), store.atMicros());
                enter(ordinal, image.nextExpiryMicros());
                write(rows, ordinal, profile.sequence(), image);
            }
        }
    }

    private static void write(RowTable rows, int ordinal, long sequence, RowImage image) {
        rows.ensureCapacity(ordinal);
        rows.write(ordinal, sequence, image.purposes(), image.nextExpiryMicros(), image.bits());
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
