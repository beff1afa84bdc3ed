package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.Digits;
import io.firesteel.testing.EventFiles;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.MemoryCheckpoints;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The events of whole runs, one of them interrupted. */
class TensorBoardReaderTest {

  @TempDir Path folder;

  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();

  private History fit(long interruptAfter) {
    Sequential model =
        new Sequential().add(Dense.of(10).activation("softmax").inputShape(64)).seed(1);
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    FitOptions.Builder options =
        FitOptions.builder()
            .epochs(3)
            .batchSize(32)
            .validationSplit(0.2)
            .verbose(0)
            .callbacks(TensorBoard.builder(folder.toString()).updateFreq(2).build())
            .checkpoints(Checkpointing.in(checkpoints).everySeconds(0).everySteps(3));
    if (interruptAfter > 0) {
      options.observers(new InterruptAfter(interruptAfter));
    }

    return model.fit(Digits.rows(0, 200), options.build());
  }

  private History interruptedAndResumed() {
    assertThrows(InterruptAfter.Interruption.class, () -> fit(8));
    return fit(0);
  }

  private List<String> expected(History history) {
    List<String> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      expected.add("%d epoch_loss %s".formatted(epoch, shortly(history.value("loss", epoch))));
    }

    return expected;
  }

  private static String shortly(double value) {
    return Float.toString((float) value);
  }

  @Test
  void aRunThatWasInterruptedHasEachStepOnce() throws IOException {
    History history = interruptedAndResumed();
    List<String> train = EventFiles.scalars(folder.resolve("train"));
    assertEquals(
        expected(history), train.stream().filter(line -> line.contains(" epoch_loss ")).toList());
    assertEquals(
        List.of(2, 4, 6, 8, 10, 12, 14),
        train.stream()
            .filter(line -> line.contains(" batch_loss "))
            .map(line -> Integer.valueOf(line.substring(0, line.indexOf(' '))))
            .toList());
  }

  @Test
  @EnabledIfSystemProperty(named = "firesteel.tensorboard", matches = ".+")
  void tensorBoardReadsThem() throws Exception {
    History history = interruptedAndResumed();
    Process process =
        new ProcessBuilder(
                System.getProperty("firesteel.tensorboard"),
                "src/test/python/read_tensorboard.py",
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    for (int epoch = 0; epoch < 3; epoch++) {
      assertLine(output, "train epoch_loss", epoch, history.value("loss", epoch));
      assertLine(output, "train epoch_accuracy", epoch, history.value("accuracy", epoch));
      assertLine(output, "train epoch_learning_rate", epoch, 0.001);
      assertLine(output, "validation epoch_loss", epoch, history.value("val_loss", epoch));
    }

    assertLine(
        output, "validation evaluation_loss_vs_iterations", 15, history.value("val_loss", 2));
    assertEquals(
        List.of("2", "4", "6", "8", "10", "12", "14"),
        output
            .lines()
            .filter(line -> line.startsWith("train batch_loss "))
            .map(line -> line.split(" ")[2])
            .toList());
  }

  private static void assertLine(String output, String series, int step, double value) {
    assertTrue(
        output
            .lines()
            .anyMatch(
                line ->
                    line.startsWith(series + " " + step + " ")
                        && Float.parseFloat(line.substring(line.lastIndexOf(' ')))
                            == (float) value),
        () -> series + " " + step + " " + value + " in\n" + output);
  }
}
