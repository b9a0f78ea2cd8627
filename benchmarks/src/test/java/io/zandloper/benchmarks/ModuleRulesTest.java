package io.zandloper.benchmarks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may use whom. It lies in the one module that sees all others. */
final class ModuleRulesTest {
    private static final String PROTOCOL = "io.zandloper.protocol..";
    private static final String STORAGE = "io.zandloper.storage..";
    private static final String SERVER = "io.zandloper.server..";
    private static final String LOADTEST = "io.zandloper.loadtest..";
    private static final String BENCHMARKS = "io.zandloper.benchmarks..";

    private static final String CLIENT = "io.zandloper.protocol.client..";
    private static final String FORMAT = "io.zandloper.storage.format..";
    private static final String DECIDE = "io.zandloper.server.decide..";
    private static final String REPLICATION = "io.zandloper.server.replication..";

    private static final String NETTY = "io.netty..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String CHRONICLE = "net.openhft..";
    private static final String AGRONA = "org.agrona..";

    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.zandloper");
    }

    @Test
    void everyModuleIsInSight() {
        for (String module : List.of("protocol", "storage", "server", "loadtest", "benchmarks")) {
            assertThat(ours.stream().map(JavaClass::getPackageName))
                    .as(module)
                    .anyMatch(name -> name.startsWith("io.zandloper." + module));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void rule(ArchRule rule) {
        // A rule may stand before the package it is about.
        rule.allowEmptyShould(true).check(ours);
    }

    static Stream<ArchRule> rules() {
        return Stream.of(
                noClasses()
                        .that()
                        .resideInAPackage(PROTOCOL)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(STORAGE, SERVER, LOADTEST, BENCHMARKS)
                        .because("a client has the protocol and nothing else"),
                noClasses()
                        .that(are(resideInAPackage(PROTOCOL)).and(not(resideInAPackage(CLIENT))))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(NETTY)
                        .because("frames, limits and flyweights serve any transport; the client alone has one"),
                noClasses()
                        .that()
                        .resideInAPackage(STORAGE)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(PROTOCOL, SERVER, LOADTEST, BENCHMARKS, NETTY, JACKSON)
                        .because("storage lies beneath and knows nobody"),
                noClasses()
                        .that()
                        .resideInAPackage(FORMAT)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(CHRONICLE, AGRONA, "java.lang.foreign..")
                        .because("a bulk builder on other machines and older JVMs writes the same files with it"),
                noClasses()
                        .that()
                        .resideInAPackage(LOADTEST)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(SERVER, STORAGE, BENCHMARKS)
                        .because("what measures the server shares no code with it but the protocol"),
                noClasses()
                        .that()
                        .resideInAPackage(SERVER)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(LOADTEST, BENCHMARKS),
                noClasses()
                        .that(are(resideInAPackage(DECIDE)))
                        .should()
                        .dependOnClassesThat(impure())
                        .because("a decision is a function of its arguments: no I/O, no logging, no transport"),
                noClasses()
                        .that()
                        .resideInAPackage(DECIDE)
                        .should()
                        .accessTargetWhere(readsClockOrRandomness())
                        .because("a decision is a function of its arguments: time is one of them"),
                classes()
                        .that()
                        .resideInAPackage(REPLICATION)
                        .should()
                        .onlyHaveDependentClassesThat(resideInAnyPackage(
                                REPLICATION, "io.zandloper.server", "io.zandloper.benchmarks.replication"))
                        .because("replication stands beside, and nobody but the composition root and who measures it"
                                + " knows it"),
                slices().matching("io.zandloper.(**)").should().beFreeOfCycles());
    }

    /** Packages and classes that do something to the world or ask it. `java.io.Serializable` marks lambdas only. */
    private static DescribedPredicate<JavaClass> impure() {
        return DescribedPredicate.describe(
                "do I/O, log, encode or talk",
                type -> !type.getName().equals("java.io.Serializable")
                        && resideInAnyPackage(
                                        "java.io..",
                                        "java.net..",
                                        "java.nio.channels..",
                                        "java.nio.file..",
                                        "java.util.logging..",
                                        "org.slf4j..",
                                        "java.sql..",
                                        NETTY,
                                        JACKSON)
                                .test(type));
    }

    private static DescribedPredicate<JavaAccess<?>> readsClockOrRandomness() {
        return DescribedPredicate.describe("reads a clock or randomness", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getTarget().getName();
            return switch (owner) {
                case "java.lang.System" ->
                    List.of("currentTimeMillis", "nanoTime", "out", "err", "getenv", "getProperty")
                            .contains(name);
                case "java.lang.Math" -> name.equals("random");
                case "java.util.UUID" -> name.equals("randomUUID");
                case "java.time.Clock",
                        "java.util.Random",
                        "java.util.SplittableRandom",
                        "java.util.concurrent.ThreadLocalRandom" -> true;
                default -> owner.startsWith("java.time.") && name.equals("now");
            };
        });
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
        return DescribedPredicate.not(predicate);
    }
}
