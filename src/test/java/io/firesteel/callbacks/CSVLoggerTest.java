package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CSVLoggerTest {

  @TempDir Path folder;

  private final RecordingModel model = new RecordingModel();

  private Path file() {
    return folder.resolve("logs/run.csv");
  }

  private CSVLogger.Builder builder() {
    return CSVLogger.builder(file().toString());
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(file());
  }

  @Test
  void epochsAreLinesUnderSortedNames() throws IOException {
    CSVLogger logger = model.begin(builder().build());
    logger.onEpochEnd(0, Map.of("val_loss", 2.0, "loss", 0.5, "accuracy", Double.NaN));
    logger.onEpochEnd(1, Map.of("loss", 1e-7, "other", 3.0));
    assertEquals(
        List.of("epoch,accuracy,loss,val_loss", "0,nan,0.5,2.0", "1,NA,1e-07,NA"), lines());
  }

  /** What {@code repr} of Python 3.11 gives for these. */
  @Test
  void numbersAreThoseOfPython() throws IOException {
    double[] values = {
      1e-4,
      9.999e-5,
      -1.25e-5,
      3e-10,
      0.1f,
      123456789.125,
      1e15,
      1e16,
      -1.5e17,
      1e22,
      1e23,
      2e-308,
      4.9e-324,
      1.7976931348623157e308,
      2.0 / 3,
      100,
      0,
      -0.0,
      2.0e-3,
      1e100
    };
    CSVLogger logger = model.begin(builder().build());
    List<String> expected = new ArrayList<>(List.of("epoch,loss,val_loss"));
    String[] texts =
        ("0.0001 9.999e-05 -1.25e-05 3e-10 0.10000000149011612 123456789.125 1000000000000000.0"
                + " 1e+16 -1.5e+17 1e+22 1e+23 2e-308 5e-324 1.7976931348623157e+308"
                + " 0.6666666666666666 100.0 0.0 -0.0 0.002 1e+100")
            .split(" ");
    for (int epoch = 0; epoch < values.length; epoch++) {
      logger.onEpochEnd(epoch, Map.of("loss", values[epoch]));
      expected.add(epoch + "," + texts[epoch] + ",NA");
    }

    assertEquals(expected, lines());
  }

  @Test
  void withoutAValidationInTheFirstEpochThereIsRoomForOne() throws IOException {
    CSVLogger logger = model.begin(builder().separator(";").build());
    logger.onEpochEnd(0, Map.of("loss", 0.5, "a;\"b", 1.0));
    logger.onEpochEnd(1, Map.of("loss", 0.25, "val_loss", 0.75));
    assertEquals(
        List.of(
            "epoch;\"a;\"\"b\";loss;\"val_a;\"\"b\";val_loss",
            "0;1.0;0.5;NA;NA",
            "1;NA;0.25;NA;0.75"),
        lines());
  }

  @Test
  void aNewFileReplacesAnOldOneUnlessItIsAppended() throws IOException {
    model.begin(builder().build()).onEpochEnd(0, Map.of("loss", 1.0));
    model.begin(builder().build()).onEpochEnd(0, Map.of("loss", 2.0));
    assertEquals(List.of("epoch,loss,val_loss", "0,2.0,NA"), lines());
    model.begin(builder().append(true).build()).onEpochEnd(0, Map.of("loss", 3.0));
    assertEquals(List.of("epoch,loss,val_loss", "0,2.0,NA", "0,3.0,NA"), lines());
  }

  @Test
  void aResumedRunHasEachEpochOnce() throws IOException {
    for (boolean append : new boolean[] {false, true}) {
      Files.createDirectories(file().getParent());
      Files.writeString(file(), "before\n");
      CSVLogger first = model.begin(builder().append(append).build());
      first.onEpochEnd(0, Map.of("loss", 3.0));
      Config state = Config.parse(first.state().toJson());
      first.onEpochEnd(1, Map.of("loss", 2.0));
      CSVLogger second = model.begin(builder().append(append).build());
      second.restoreState(state);
      assertEquals("0,3.0,NA", lines().get(lines().size() - 1));
      second.onEpochEnd(1, Map.of("loss", 2.5));
      assertEquals(
          List.of(append ? "before" : "epoch,loss,val_loss", "0,3.0,NA", "1,2.5,NA"), lines());
    }
  }

  @Test
  void aFileThatWasLostComesBackWithAResumedRun() throws IOException {
    CSVLogger first = model.begin(builder().build());
    first.onEpochEnd(0, Map.of("loss", 3.0));
    Files.delete(file());
    CSVLogger second = model.begin(builder().build());
    second.restoreState(first.state());
    assertEquals(List.of("epoch,loss,val_loss", "0,3.0,NA"), lines());
  }

  @Test
  void theConfigComesBack() {
    CSVLogger logger = builder().separator("\t").append(true).build();
    assertEquals(logger.getConfig(), Callbacks.get(Callbacks.serialize(logger)).getConfig());
    assertEquals(
        Config.parse("{\"filename\":\"f\",\"separator\":\",\",\"append\":false}"),
        CSVLogger.fromConfig(Config.parse("{\"filename\":\"f\"}")).getConfig());
  }

  @Test
  void argumentsThatMakeNoFileAreRefused() {
    for (String bad : new String[] {"", ", ", "\n", "\""}) {
      assertEquals(
          "CSVLogger: 'separator' must be one character, no quote and no line break. Received: '%s'"
              .formatted(bad),
          assertThrows(IllegalArgumentException.class, () -> builder().separator(bad).build())
              .getMessage());
    }

    assertEquals(
        "CSVLogger: 'filename' must be a text that is not blank. Received: ' '",
        assertThrows(IllegalArgumentException.class, () -> CSVLogger.builder(" ").build())
            .getMessage());
  }

  @Test
  void aPlaceThatCantBeWrittenEndsTraining() throws IOException {
    Files.writeString(folder.resolve("logs"), "a file where a folder should be");
    CSVLogger logger = model.begin(builder().build());
    assertEquals(
        "CSVLogger can't write " + file(),
        assertThrows(UncheckedIOException.class, () -> logger.onEpochEnd(0, Map.of("loss", 1.0)))
            .getMessage());
    CSVLogger appending = builder().append(true).build();
    CSVLogger ofFolder = CSVLogger.builder(folder.toString()).append(true).build();
    model.begin(appending);
    assertEquals(
        "CSVLogger can't read " + folder,
        assertThrows(UncheckedIOException.class, () -> model.begin(ofFolder)).getMessage());
  }
}
