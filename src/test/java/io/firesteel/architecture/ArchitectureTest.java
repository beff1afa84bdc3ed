package io.firesteel.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The order of the packages, each of which imports only those above it, and what files are like.
 */
class ArchitectureTest {

  private static final String BASE = "io.firesteel.";

  /** From the top down, as in CONTRIBUTING.md. */
  private static final List<String> ORDER =
      List.of(
          "saving",
          "internal.saving",
          "internal.files",
          "tensor",
          "internal.data",
          "initializers",
          "regularizers",
          "constraints",
          "activations",
          "variables",
          "losses",
          "metrics",
          "layers",
          "optimizers.schedules",
          "optimizers",
          "internal.network",
          "internal.onnx",
          "internal.archive",
          "internal.monitoring",
          "internal.gradients",
          "checkpoint",
          "callbacks",
          "training",
          "models",
          "spark.internal.seam",
          "spark.internal.ui",
          "spark.internal.execution",
          "spark.internal.frames",
          "spark.internal.rows",
          "spark.internal.shards",
          "spark.internal.resident",
          "spark.internal.hadoop",
          "spark",
          "spark.datasets",
          "ml",
          "jobs");

  private static JavaClasses main;

  @BeforeAll
  static void readClasses() {
    main =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.firesteel");
  }

  @Test
  void everyPackageHasItsPlaceInTheOrder() {
    Set<String> packages =
        main.stream()
            .map(type -> type.getPackageName().substring(BASE.length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(ORDER), packages);
  }

  @Test
  void packagesImportOnlyThoseAboveThem() {
    classes().should(importOnlyPackagesAbove()).check(main);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.firesteel.(**)").should().beFreeOfCycles().check(main);
  }

  @Test
  void onlySparkMlAndJobsKnowSparkHadoopAndScala() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.firesteel.spark..", "io.firesteel.ml..", "io.firesteel.jobs..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(main);
  }

  @Test
  void sparksInternalsAreUsedInOnePlaceAndByTheTab() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.firesteel.spark.internal.seam", "io.firesteel.spark.internal.ui")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark.rpc..",
            "org.apache.spark.util..",
            "org.apache.spark.resource..",
            "org.apache.spark.status..",
            "org.apache.spark.ui..",
            "org.apache.spark.sql.catalyst..",
            "org.apache.spark.sql.classic..",
            "org.apache.spark.sql.execution..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("org\\.apache\\.spark\\.(SparkEnv|storage\\.(Disk)?BlockManager)")
        .check(main);
  }

  @Test
  void arithmeticThatDiffersBetweenMachinesIsNotUsed() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "Math functions whose last bit a JVM may choose, and fma",
                call ->
                    call.getTarget().getOwner().isEquivalentTo(Math.class)
                        && Set.of(
                                "exp", "log", "tanh", "pow", "sin", "cos", "tan", "log1p", "expm1",
                                "fma")
                            .contains(call.getTarget().getName())))
        .check(main);
  }

  @Test
  void noFileIsLongerThan400Lines() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        int lines = Files.readAllLines(file).size();
        assertTrue(lines <= 400, file + " has " + lines + " lines");
      }
    }
  }

  private static ArchCondition<JavaClass> importOnlyPackagesAbove() {
    return new ArchCondition<>("import only packages above their own") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        int own = place(type);
        type.getDirectDependenciesFromSelf().stream()
            .filter(dependency -> dependency.getTargetClass().getPackageName().startsWith(BASE))
            .filter(dependency -> place(dependency.getTargetClass()) > own)
            .forEach(
                dependency ->
                    events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
      }
    };
  }

  private static int place(JavaClass type) {
    return ORDER.indexOf(type.getPackageName().substring(BASE.length()));
  }
}
