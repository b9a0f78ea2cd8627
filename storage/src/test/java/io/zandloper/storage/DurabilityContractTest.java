package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.journal.JournalSimulationTest;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is promised about durability, restart and snapshots, sentence by sentence, and the tests that fail when a sentence
 * is broken. Real processes that are really killed are in the server's tests.
 */
class DurabilityContractTest {
    private record Promise(String sentence, Class<?> test, List<String> methods) {
        Promise(String sentence, Class<?> test, String... methods) {
            this(sentence, test, List.of(methods));
        }

        @Override
        public String toString() {
            return sentence + " " + test.getSimpleName();
        }
    }

    private static final String LIVES = "whateverEndsALifeTheNextServesExactlyWhatWasAcknowledged";

    static Stream<Promise> promises() {
        return Stream.of(
                new Promise(
                        "A write is acknowledged after it is in the journal: with fsync after it is on the disk, with os"
                                + " after the operating system has it.",
                        AcknowledgementTest.class,
                        "withFsyncNobodyHearsOfAChangeThatIsNotOnTheDisk",
                        "withOsNobodyHearsOfAChangeThatTheSystemDoesNotHave"),
                new Promise(
                        "Killing the process at any moment loses no acknowledged write in either;"
                                + " cutting the power loses none with fsync.",
                        StorageSimulationTest.class,
                        LIVES),
                new Promise(
                        "Killing the process at any moment loses no acknowledged write in either;"
                                + " cutting the power loses none with fsync.",
                        JournalSimulationTest.class,
                        "nothingAcknowledgedIsLostAndNothingHalfIsRead"),
                new Promise(
                        "After any crash the server starts by itself, without a repair command, and serves exactly the"
                                + " acknowledged changes.",
                        StorageSimulationTest.class,
                        LIVES),
                new Promise(
                        "After any crash the server starts by itself, without a repair command, and serves exactly the"
                                + " acknowledged changes.",
                        FullDiskTest.class,
                        "changesAreRefusedReadsGoOnAndSpaceBringsEverythingBack"),
                new Promise("An unacknowledged change may be there or not, whole.", StorageSimulationTest.class, LIVES),
                new Promise(
                        "An unacknowledged change may be there or not, whole.",
                        JournalSimulationTest.class,
                        "nothingAcknowledgedIsLostAndNothingHalfIsRead"),
                new Promise(
                        "Damage that is no crash's is not served as if nothing had happened.",
                        JournalSimulationTest.class,
                        "aFlippedBitBelowWhatIsKnownToBeDurableIsRefusedByFileAndOffset",
                        "aMissingFileIsNoticed"),
                new Promise("A snapshot is one consistent point (a sequence).", StorageSimulationTest.class, LIVES),
                new Promise(
                        "A snapshot is one consistent point (a sequence).",
                        SnapshotTest.class,
                        "aSnapshotUnderWritesIsOneMomentAndWithTheJournalAfterItEverything"),
                new Promise(
                        "It is taken without pausing reads or writes.",
                        SnapshotBesideWritesTest.class,
                        "changesAreAcknowledgedAndReadWhileItGoesOn"),
                new Promise(
                        "A snapshot is checksummed per file, complete or absent.",
                        StoredFilesTest.class,
                        "everyFlippedBitOfASnapshotIsFoundAndTheFileNamed"),
                new Promise("A snapshot is complete or absent.", StorageSimulationTest.class, LIVES),
                new Promise(
                        "verify proves it.",
                        StoredFilesTest.class,
                        "verifyNamesEverythingThatIsDamaged",
                        "everyFlippedBitOfASnapshotIsFoundAndTheFileNamed"),
                new Promise(
                        "restore makes a data folder of it.",
                        RestoreTest.class,
                        "everythingAtTheSnapshotIsThereAndNothingLater",
                        "aDamagedSnapshotAndALedgerOfAnotherFolderAreRefusedByName"),
                new Promise(
                        "Restoring an older snapshot applies later erasures.",
                        RestoreTest.class,
                        "whoWasErasedSinceIsErasedInTheFolderAndInEveryFileOfIt",
                        "aSnapshotTakenAfterARestoreCarriesTheErasuresOnToTheNext"),
                new Promise(
                        "Who is erased is gone from every read at once.",
                        EraseTest.class,
                        "whoIsErasedIsFoundByNoneOfTheIdentities"),
                new Promise(
                        "For 7 days events and bulk lines cannot re-create an erased identity.",
                        EraseTest.class,
                        "forSevenDaysOnlyAWriteThatNamesTheProfileCreatesItAgain"),
                new Promise(
                        "After the erasure bound no file of the data folder holds its bytes.",
                        ErasureFilesTest.class,
                        "afterTheBoundNoFileHoldsAnyOfTheBytesThatAreEverywhereBefore",
                        "aSnapshotThatBeganBeforeTheErasureAndEndedAfterItGoesAsWell",
                        "anErasureLeftPendingByAStopIsCompletedAfterTheNextStart"));
    }

    @ParameterizedTest
    @MethodSource("promises")
    void hasTheTestsThatItNames(Promise promise) {
        final List<String> tests = Arrays.stream(promise.test().getDeclaredMethods())
                .filter(DurabilityContractTest::isTest)
                .map(Method::getName)
                .toList();
        assertThat(tests).containsAll(promise.methods());
    }

    private static boolean isTest(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .anyMatch(type -> type == Test.class || type == ParameterizedTest.class);
    }
}
