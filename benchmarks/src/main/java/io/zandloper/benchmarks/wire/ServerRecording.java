package io.zandloper.benchmarks.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import jdk.management.jfr.ConfigurationInfo;
import jdk.management.jfr.FlightRecorderMXBean;

/** A recording of a server's JVM by the JDK's Flight Recorder, written when it is closed. For one thread. */
final class ServerRecording implements AutoCloseable {
    private static final String USUAL = "profile";
    /** By processor time, native code and kernel included; a few per mille of it is what the samples take. */
    private static final Map<String, String> CPU_TIME = Map.of(
            "jdk.CPUTimeSample#enabled", "true",
            "jdk.CPUTimeSample#throttle", "500/s",
            "jdk.CPUTimeSample#stackTrace", "true");

    private final FlightRecorderMXBean recorder;
    private final long number;
    private final Path file;

    private ServerRecording(FlightRecorderMXBean recorder, long number, Path file) {
        this.recorder = recorder;
        this.number = number;
        this.file = file;
    }

    /** @param file is replaced; its folder is made where there is none */
    static ServerRecording start(ServerJvm jvm, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.deleteIfExists(file);
        final FlightRecorderMXBean recorder = jvm.bean(FlightRecorderMXBean.class);
        final Map<String, String> settings = new HashMap<>();
        for (final ConfigurationInfo configuration : recorder.getConfigurations()) {
            if (configuration.getName().equals(USUAL)) {
                settings.putAll(configuration.getSettings());
            }
        }
        settings.putAll(CPU_TIME);
        final long number = recorder.newRecording();
        recorder.setRecordingSettings(number, settings);
        recorder.startRecording(number);
        return new ServerRecording(recorder, number, file);
    }

    @Override
    public void close() throws IOException {
        recorder.stopRecording(number);
        recorder.copyTo(number, file.toAbsolutePath().toString());
        recorder.closeRecording(number);
    }
}
