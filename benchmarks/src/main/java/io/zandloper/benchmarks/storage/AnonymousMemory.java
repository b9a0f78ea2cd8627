package io.zandloper.benchmarks.storage;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory of the process itself, on pages of the asked size: it needs no mount and no root. Linux only. */
final class AnonymousMemory {
    private static final long HUGE_PAGE_BYTES = 2L << 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;

    private AnonymousMemory() {}

    static boolean isSupported() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    /**
     * Zeros, not yet there until they are written.
     *
     * @param huge on pages of 2 MiB, where the system allows it ({@code transparent_hugepage} not {@code never}), else of
     *     4 KiB
     * @param arena unmaps them
     */
    @SuppressWarnings("restricted") // foreign functions; what they give is never outlived
    static MemorySegment map(long bytes, boolean huge, Arena arena) {
        final Linker linker = Linker.nativeLinker();
        final SymbolLookup symbols = linker.defaultLookup();
        final MethodHandle map = linker.downcallHandle(
                symbols.find("mmap").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        final MethodHandle unmap = linker.downcallHandle(
                symbols.find("munmap").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        final MethodHandle advise = linker.downcallHandle(
                symbols.find("madvise").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        final long length = (bytes + 2 * HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
        try {
            final MemorySegment address = (MemorySegment)
                    map.invokeExact(MemorySegment.NULL, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (address.address() == -1) {
                throw new IllegalStateException("no memory: bytes=" + bytes);
            }
            final MemorySegment mapped = address.reinterpret(length, arena, segment -> release(unmap, segment, length));
            final int advised = (int) advise.invokeExact(mapped, length, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
            if (advised != 0) {
                throw new IllegalStateException("the system does not choose pages: huge=" + huge);
            }
            return mapped.asSlice(-mapped.address() & (HUGE_PAGE_BYTES - 1), bytes);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a system call could not be made", e);
        }
    }

    private static void release(MethodHandle unmap, MemorySegment segment, long length) {
        try {
            final int unmapped = (int) unmap.invokeExact(segment, length);
            if (unmapped != 0) {
                throw new IllegalStateException("memory is not given back: bytes=" + length);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a system call could not be made", e);
        }
    }
}
