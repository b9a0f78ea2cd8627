package io.zandloper.server.role;

import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Storage;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.RecordEvent;

/** What a server is at present. It may change at any time, once: a replica is promoted, a primary superseded. Any thread. */
public interface Role {
    /** A primary that nobody follows. */
    Role ALONE = new Role() {
        @Override
        public boolean isReplica() {
            return false;
        }

        @Override
        public boolean takesWrites() {
            return true;
        }

        @Override
        public boolean takesEvents() {
            return true;
        }

        @Override
        public Writing writing() {
            throw new IllegalStateException("writes are taken here");
        }

        @Override
        public boolean sendOn(RecordEvent event, ChangeListener listener) {
            throw new IllegalStateException("events are taken here");
        }

        @Override
        public boolean sharesHistory() {
            return true;
        }

        @Override
        public long lagMillis() {
            return 0;
        }
    };

    /**
     * Hands a change to whoever takes it: the storage here, or for an event the primary.
     *
     * @return false where that takes no more at present: the listener will not be called
     */
    default boolean submit(Change change, ChangeListener listener, Storage storage) {
        if (change instanceof RecordEvent event && takesEvents() && !takesWrites()) {
            return sendOn(event, listener);
        }
        return storage.submit(change, listener);
    }

    /**
     * Where writes are taken.
     *
     * @param detail a sentence without a full stop for whoever wrote here
     * @param http address of the HTTP API; empty where it is not known
     * @param binary host and port of the binary protocol; empty where it is not known
     */
    record Writing(String detail, String http, String binary) {}

    /** Whether it follows another server. */
    boolean isReplica();

    /** False also for a primary that has handed over or was superseded. */
    boolean takesWrites();

    /** Whether events are taken: here, or by being sent on. */
    boolean takesEvents();

    /** Sends an event on to the primary; false where too many wait. The listener may be called on any thread. */
    boolean sendOn(RecordEvent event, ChangeListener listener);

    /** Where writes are taken that are not taken here. */
    Writing writing();

    /**
     * Whether a sequence means the same change here as for whoever takes writes. Not on a replica until its primary has found
     * so, nor on a primary that has handed over or was superseded until whoever took over is known to have all that is here:
     * such a server may hold changes that nobody else has, under sequences that are others' elsewhere, and a minimum sequence
     * is not reached by them.
     */
    boolean sharesHistory();

    /** How far a replica is behind; 0 for a primary. */
    long lagMillis();
}
