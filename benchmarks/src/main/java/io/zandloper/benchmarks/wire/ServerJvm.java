package io.zandloper.benchmarks.wire;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.management.ThreadInfo;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What the JVM of a server tells about itself, by its local management agent. For one thread. */
final class ServerJvm implements AutoCloseable {
    /** Those that answer on the binary port. */
    private static final String EVENT_LOOPS = "zandloper-binary";
    /** The collector's cycles run beside the program; its pauses stop it. */
    private static final String PAUSES = "Pauses";

    /**
     * Since it started.
     *
     * @param gcPauses in which the collector stood the program still
     * @param allocatedBytes on the heap, by the event loops
     */
    record Counts(long gcPauses, long allocatedBytes) {}

    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final ThreadMXBean threads;

    private ServerJvm(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
        this.threads = ManagementFactory.getPlatformMXBean(beans, ThreadMXBean.class);
    }

    /** Has the process start its agent, and connects to it. */
    @SuppressWarnings("BanJNDI") // The address is what our own child has just told us, and nobody else's.
    static ServerJvm attach(long pid) throws IOException {
        final String url;
        try {
            final VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                url = machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("cannot look into the server's JVM", e);
        }
        return new ServerJvm(JMXConnectorFactory.connect(new JMXServiceURL(url)));
    }

    /** One of the platform's, of that JVM. */
    <T extends PlatformManagedObject> T bean(Class<T> type) throws IOException {
        return ManagementFactory.getPlatformMXBean(beans, type);
    }

    Counts counts() throws IOException {
        long pauses = 0;
        for (final GarbageCollectorMXBean collector :
                ManagementFactory.getPlatformMXBeans(beans, GarbageCollectorMXBean.class)) {
            pauses += collector.getName().contains(PAUSES) ? collector.getCollectionCount() : 0;
        }
        long allocatedBytes = 0;
        for (final ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(EVENT_LOOPS)) {
                allocatedBytes += threads.getThreadAllocatedBytes(thread.getThreadId());
            }
        }
        return new Counts(pauses, allocatedBytes);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
