package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors where what resident tasks need of Spark is missing, while the driver has it. */
@Tag("spark")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MissingInternalsTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  @Test
  void everyStepIsAJobWithOneWarning(@TempDir Path classes) throws Exception {
    compileWithoutMethods(classes);
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[1,1,1024]",
            "spark.executor.extraClassPath="
                + classes
                + File.pathSeparator
                + LocalSpark.classPath());
    List<String> events = new ArrayList<>();
    try (CapturedLog log = CapturedLog.of(ResidentGradientSource.class);
        GradientSource source =
            TinyDatasets.sharded(spark, 61, 3, 4).open(TinyTraining.network(), PLAN)) {
      source.observeWith(StepClock.OFF, (kind, text) -> events.add(kind + ": " + text));

      assertEquals(
          TinyTraining.train(TinyTraining.local(61), PLAN, 2), TinyTraining.train(source, PLAN, 2));
      assertEquals("job", source.name());
      assertEquals(
          "This Spark lacks what resident tasks need, so every step is a Spark job of its own",
          log.text());
      assertEquals(
          List.of(
              "tasks: 1 task for the shards",
              "source: A job a step: this Spark lacks what resident tasks need"),
          events);
    }
  }

  /** Puts a class in the place of ours that lacks its methods, as one of another Spark would. */
  private static void compileWithoutMethods(Path classes) throws IOException {
    Class<?> internals = SparkInternals.class;
    Path source = classes.resolve(internals.getSimpleName() + ".java");
    Files.writeString(
        source,
        "package %s;\npublic final class %s { public static final class Caller {} }\n"
            .formatted(internals.getPackageName(), internals.getSimpleName()));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString());
    assertTrue(failed == 0, "the class does not compile");
  }
}
