package io.zandloper.benchmarks.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a recording says of processor time and of memory. Processor time is what the system counted, native code and kernel
 * included, where the recording has such samples ({@code jdk.CPUTimeSample}); else samples of running threads at the
 * wall's time, in which native code that waits counts as well.
 *
 * @param samplesByThread all threads; those of a pool together
 * @param cpu samples by stack, of the threads asked for
 * @param allocatedBytes estimated bytes by stack, of the same; the innermost frame is the class
 */
record Recording(boolean isCpuTime, Map<String, Long> samplesByThread, StackCounts cpu, StackCounts allocatedBytes) {
    private static final String CPU_TIME = "jdk.CPUTimeSample";
    private static final List<String> WALL_TIME = List.of("jdk.ExecutionSample", "jdk.NativeMethodSample");
    private static final String ALLOCATION = "jdk.ObjectAllocationSample";
    private static final String UNKNOWN = "(unknown)";

    /** @param threads what the names of the threads begin with */
    static Recording read(Path file, String threads) throws IOException {
        final boolean isCpuTime = hasCpuTime(file);
        final Map<String, Long> byThread = new TreeMap<>();
        final StackCounts cpu = new StackCounts();
        final StackCounts allocated = new StackCounts();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                final RecordedEvent event = recording.readEvent();
                final String type = event.getEventType().getName();
                if (isCpuTime ? type.equals(CPU_TIME) : WALL_TIME.contains(type)) {
                    final String thread = thread(event, isCpuTime ? "eventThread" : "sampledThread");
                    byThread.merge(pool(thread), 1L, Long::sum);
                    if (thread.startsWith(threads)) {
                        cpu.add(stack(event), 1);
                    }
                } else if (type.equals(ALLOCATION)
                        && thread(event, "eventThread").startsWith(threads)) {
                    final List<String> stack = stack(event);
                    stack.add(event.getClass("objectClass").getName());
                    allocated.add(stack, event.getLong("weight"));
                }
            }
        }
        return new Recording(isCpuTime, byThread, cpu, allocated);
    }

    private static boolean hasCpuTime(Path file) throws IOException {
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                if (recording.readEvent().getEventType().getName().equals(CPU_TIME)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String thread(RecordedEvent event, String field) {
        final RecordedThread thread = event.getThread(field);
        final String name = thread == null ? null : thread.getJavaName();
        return name != null ? name : thread != null && thread.getOSName() != null ? thread.getOSName() : UNKNOWN;
    }

    private static String pool(String thread) {
        return thread.replaceAll("[-#0-9]+$", "");
    }

    /** Outermost first. */
    private static List<String> stack(RecordedEvent event) {
        final RecordedStackTrace trace = event.getStackTrace();
        final List<String> stack = new ArrayList<>();
        if (trace != null) {
            for (final RecordedFrame frame : trace.getFrames()) {
                stack.add(frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName());
            }
            Collections.reverse(stack);
        }
        if (stack.isEmpty()) {
            stack.add(UNKNOWN);
        }
        return stack;
    }
}
