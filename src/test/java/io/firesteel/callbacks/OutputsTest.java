package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callbacks write is checked before the first step, and may be corrected afterwards. */
class OutputsTest {

  @TempDir private Path folder;

  private List<Callback> below(String path) {
    return List.of(
        CSVLogger.builder(path + "/log.csv").build(),
        TensorBoard.builder(path + "/board").build(),
        ModelCheckpoint.builder(path + "/{epoch:02d}/m-{loss:.2f}.keras").build());
  }

  @Test
  void aFolderThatCanNotBeMadeIsRefusedWithTheArgument() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    List<String> arguments =
        List.of("CSVLogger: 'filename'", "TensorBoard: 'log_dir'", "ModelCheckpoint: 'filepath'");
    List<Callback> callbacks = below(file.toString());
    for (int i = 0; i < callbacks.size(); i++) {
      String message = refusal(callbacks.get(i)::checkOutputs);
      assertTrue(message.startsWith(arguments.get(i) + " must be a path that can be"), message);
      assertTrue(message.contains("Received: " + file), message);
    }
  }

  @Test
  void aFolderInThePlaceOfTheFileIsRefused() {
    String message = refusal(CSVLogger.builder(folder.toString()).build()::checkOutputs);
    assertTrue(message.contains("is a folder"), message);
  }

  @Test
  void anUnknownSchemeIsRefusedWithTheArgument() {
    String message = refusal(CSVLogger.builder("nowhere:log.csv").build()::checkOutputs);
    assertTrue(message.startsWith("CSVLogger: 'filename' must be"), message);
  }

  @Test
  void theCheckLeavesNoFile() throws IOException {
    below(folder.resolve("2026-01-02T10:11:12").toString()).forEach(Callback::checkOutputs);
    try (Stream<Path> all = Files.walk(folder)) {
      assertFalse(all.anyMatch(Files::isRegularFile));
    }
  }

  @Test
  void fieldsThatWillBeMissingAreRefusedBeforeTheFirstStep() {
    assertEquals(
        "ModelCheckpoint: 'filepath' has the field {val_loss}, which is not available without"
            + " validation data. Received: m-{val_loss}.keras",
        refusal(() -> begin("m-{val_loss}.keras", null, 0)));
    assertEquals(
        "ModelCheckpoint: 'filepath' has the field {val_loss}, which is not available in each epoch"
            + " with a validation_freq of 2. Received: m-{val_loss}.keras",
        refusal(() -> begin("m-{val_loss}.keras", null, 2)));
    assertEquals(
        "ModelCheckpoint: 'filepath' has the field {val_loss}, which is not available within an"
            + " epoch. Received: m-{val_loss}.keras",
        refusal(() -> begin("m-{val_loss}.keras", 3L, 1)));
    assertEquals(
        "ModelCheckpoint: 'filepath' has the field {batch}, which is not available at the end of an"
            + " epoch; set save_freq to a number of batches. Received: m-{batch}.keras",
        refusal(() -> begin("m-{batch}.keras", null, 1)));
    begin("m-{epoch}-{val_loss}.keras", null, 1);
    begin("m-{epoch}-{batch}-{loss}.keras", 3L, 0);
  }

  private static void begin(String path, Long saveFreq, int validationFreq) {
    ModelCheckpoint.Builder builder = ModelCheckpoint.builder(path);
    if (saveFreq != null) {
      builder.saveFreq(saveFreq);
    }

    ModelCheckpoint checkpoint = builder.build();
    checkpoint.setModel(new RecordingModel());
    checkpoint.onTrainBegin(new TrainingParams(3, 4, 8, validationFreq));
  }

  @Test
  void aCorrectedPathIsTheSameRun() {
    List<Callback> wrong = below("/a");
    List<Callback> right = below("/b");
    for (int i = 0; i < wrong.size(); i++) {
      assertEquals(Callbacks.contract(wrong.get(i)), Callbacks.contract(right.get(i)));
    }

    assertFalse(
        Callbacks.contract(CSVLogger.builder("a").separator(";").build())
            .equals(Callbacks.contract(wrong.get(0))));
  }

  private static String refusal(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
