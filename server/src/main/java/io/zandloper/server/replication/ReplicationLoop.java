package io.zandloper.server.replication;

import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What replication runs on: one thread, its clock, and the connections from and to other servers, which all end on it. Netty
 * in a server; in a simulation, three of them are one thread. Any thread, but for what says otherwise.
 */
interface ReplicationLoop extends Executor {
    /** Of a clock that only ever goes on. */
    long nowNanos();

    /** Runs a task on the thread, not before so much time has passed. */
    void schedule(Runnable task, long delayNanos);

    /**
     * Connects to another server. On the thread.
     *
     * @param frameBytesMax of what comes from it
     * @param millisMax for it to answer
     */
    void connect(InetSocketAddress to, int frameBytesMax, long millisMax, Caller caller);

    /** Has others that connect accepted by {@code acceptor}. Once, before there are any. */
    void listen(Acceptor acceptor);

    /** A thread for what takes minutes, one such thing at a time. */
    ExecutorService newSlowThread(String name);

    /** Ends the thread and what is connected. Tasks that come later are dropped. */
    void close();

    /** Who connects. Called on the thread. */
    interface Caller {
        /** Nothing of what comes is read before this returns; the one who gets it is returned. */
        Connection.Receiver onConnected(Connection connection);

        /** There is no connection. */
        void onFailed(Throwable cause);
    }

    /** To whom others connect. Called on the thread. */
    interface Acceptor {
        /**
         * Somebody has connected.
         *
         * @param remoteHost where from; empty where that is not known
         * @return who gets what comes; null where nobody is wanted any more
         */
        Connection.@Nullable Receiver onAccepted(Connection connection, String remoteHost);
    }
}
