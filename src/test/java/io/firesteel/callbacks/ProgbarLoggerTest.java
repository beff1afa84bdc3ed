package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgbarLoggerTest {

  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  private ProgbarLogger logger(
      ProgbarLogger.Display display, ProgbarLogger.ProgressBar bar, int epochs) {
    ProgbarLogger logger =
        new ProgbarLogger(
            display,
            ProgbarLogger.INTERVAL,
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            bar,
            () -> now);
    logger.onTrainBegin(new TrainingParams(epochs, 4, 400, 0));
    return logger;
  }

  private void epoch(ProgbarLogger logger, int epoch, double secondsPerStep) {
    logger.onEpochBegin(epoch);
    for (int batch = 0; batch < 4; batch++) {
      now += (long) (secondsPerStep * SECOND);
      logger.onTrainBatchEnd(batch, new LinkedHashMap<>(Map.of("loss", 0.25)));
    }

    Map<String, Double> logs = new LinkedHashMap<>();
    logs.put("loss", 0.0005);
    logs.put("val_loss", -0.5);
    logger.onEpochEnd(epoch, logs);
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void longEpochsHaveALineEveryTenSecondsAndOneAtTheirEnd() {
    epoch(logger(ProgbarLogger.Display.LINES, ProgbarLogger.ProgressBar.plain(), 2), 0, 6);
    assertEquals(
        List.of(
            "Epoch 1/2 - 1/4 - 6s 6s/step 17 samples/s ETA 18s - loss: 0.2500",
            "Epoch 1/2 - 3/4 - 18s 6s/step 17 samples/s ETA 6s - loss: 0.2500",
            "Epoch 1/2 - 4/4 - 24s 6s/step 17 samples/s - loss: 5.0000e-04 - val_loss: -0.5000"),
        lines());
  }

  @Test
  void shortEpochsShareALineButTheFirstAndTheLast() {
    ProgbarLogger logger =
        logger(ProgbarLogger.Display.LINES, ProgbarLogger.ProgressBar.plain(), 30);
    for (int epoch = 0; epoch < 30; epoch++) {
      epoch(logger, epoch, 0.125);
    }

    assertEquals(
        List.of("Epoch 1/30", "Epoch 1/30", "Epoch 21/30", "Epoch 30/30"),
        lines().stream().map(line -> line.replaceFirst(" - .*", "")).toList());
    assertEquals(
        "Epoch 30/30 - 4/4 - 0s 125ms/step 800 samples/s - loss: 5.0000e-04 - val_loss: -0.5000",
        lines().get(3));
  }

  @Test
  void anEpochThatResumesIsTimedFromItsFirstBatch() {
    ProgbarLogger logger =
        logger(ProgbarLogger.Display.LINES, ProgbarLogger.ProgressBar.plain(), 1);
    logger.onEpochResume(0, 2);
    now += 20 * SECOND;
    logger.onTrainBatchEnd(2, Map.of());
    assertEquals(List.of("3/4 - 20s 20s/step 5.0 samples/s ETA 20s"), lines());
  }

  @Test
  void anEpochIsALineIfThatIsWanted() {
    ProgbarLogger logger =
        logger(ProgbarLogger.Display.EPOCHS, ProgbarLogger.ProgressBar.plain(), 3);
    epoch(logger, 0, 0.0005);
    epoch(logger, 1, 1000);
    assertEquals(
        List.of(
            "Epoch 1/3 - 4/4 - 0s 500us/step 200,000 samples/s - loss: 5.0000e-04 - val_loss:"
                + " -0.5000",
            "Epoch 2/3 - 4/4 - 1:06:40 1000s/step 0.1 samples/s - loss: 5.0000e-04 - val_loss:"
                + " -0.5000"),
        lines());
  }

  @Test
  void theBarIsRedrawnInPlace() {
    epoch(logger(ProgbarLogger.Display.BAR, ProgbarLogger.ProgressBar.plain(), 2), 0, 30);
    String nl = System.lineSeparator();
    assertEquals(
        "Epoch 1/2"
            + nl
            + "\r"
            + "1/4 ━━━━━                1:30 30s/step 3.3 samples/s - loss: 0.2500\r"
            + "2/4 ━━━━━━━━━━           60s 30s/step 3.3 samples/s - loss: 0.2500 \r"
            + "3/4 ━━━━━━━━━━━━━━━      30s 30s/step 3.3 samples/s - loss: 0.2500\r"
            + "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 30s/step 3.3 samples/s - loss: 0.2500 \r"
            + "4/4 ━━━━━━━━━━━━━━━━━━━━ 2:00 30s/step 3.3 samples/s - loss: 5.0000e-04 - val_loss:"
            + " -0.5000"
            + nl,
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aTerminalHasKerassColoursAndCutsTheLineUntilItsEnd() {
    ProgbarLogger logger =
        logger(ProgbarLogger.Display.BAR, ProgbarLogger.ProgressBar.coloured(), 1);
    logger.onEpochBegin(0);
    now += SECOND;
    logger.onTrainBatchEnd(1, Map.of());
    String line =
        "\u001b[1m2/4\u001b[0m \u001b[32m━━━━━━━━━━\u001b[0m\u001b[37m━━━━━━━━━━\u001b[0m"
            + " \u001b[1m2s\u001b[0m 1s/step 100 samples/s";
    assertEquals("\r\u001b[?7l" + line + "\u001b[?7h", bytes.toString(StandardCharsets.UTF_8));
    bytes.reset();
    logger.onEpochEnd(0, Map.of());
    String last = line.replace("2s", "1s");
    assertEquals(
        "\r\u001b[?7l" + last + "\u001b[?7h\r" + last + System.lineSeparator(),
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void anIntervalIsNotNegative() {
    assertEquals(
        "The interval of progress lines must not be negative. Received: PT-1S",
        assertThrows(
                IllegalArgumentException.class,
                () -> new ProgbarLogger(ProgbarLogger.Display.LINES, Duration.ofSeconds(-1)))
            .getMessage());
  }
}
