package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.testing.EventFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {

  /** The version and batch_loss = 0.5 at step 1, as TensorFlow 2.21 writes them. */
  private static final String TENSORFLOW =
      "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d3400000000000000"
          + "5e33175c0900000040fc54d94110012a270a250a0a62617463685f6c6f7373420a0801120022040000003f4a0b0a090a077363616c6172736cdf740a";

  @TempDir Path folder;

  private final RecordingModel model = new RecordingModel();

  private static final class TestClock extends Clock {
    long millis;

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis);
    }
  }

  private TensorBoard.Builder builder() {
    return TensorBoard.builder(folder.resolve("logs").toString());
  }

  private List<String> train() throws IOException {
    return EventFiles.scalars(folder.resolve("logs/train"));
  }

  private static Map<String, Double> logs(Object... pairs) {
    Map<String, Double> logs = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      logs.put((String) pairs[i], (Double) pairs[i + 1]);
    }

    return logs;
  }

  @Test
  void epochsAreScalarsUnderKerassTagsInTwoFolders() throws IOException {
    TensorBoard board = model.begin(builder().build());
    board.onEpochBegin(0);
    board.onTrainBatchEnd(0, logs("loss", 9.0));
    board.onTestEnd(logs("loss", 0.75));
    board.onEpochEnd(0, logs("loss", 0.5, "accuracy", 0.25, "val_loss", 0.75));
    board.onEpochEnd(1, logs("loss", 0.1));
    board.onTrainClose();

    assertEquals(
        List.of(
            "0 epoch_loss 0.5",
            "0 epoch_accuracy 0.25",
            "0 epoch_learning_rate 1.0",
            "1 epoch_loss 0.1",
            "1 epoch_learning_rate 1.0"),
        train());
    assertEquals(
        List.of("0 evaluation_loss_vs_iterations 0.75", "0 epoch_loss 0.75"),
        EventFiles.scalars(folder.resolve("logs/validation")));
  }

  @Test
  void theBytesAreThoseOfTensorFlow() throws IOException {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);
    TensorBoard board = model.begin(builder().clock(clock).updateFreq(1).build());
    board.onEpochBegin(0);
    board.onTrainBatchEnd(0, logs("loss", 0.5));
    board.onTrainClose();
    Path file = EventFiles.files(folder.resolve("logs/train")).get(0);
    assertEquals(
        "events.out.tfevents.1700000000.firesteel.000000000.%d.v2"
            .formatted(ProcessHandle.current().pid()),
        file.getFileName().toString());
    assertEquals(TENSORFLOW, EventFiles.hex(Files.readAllBytes(file)));
  }

  @Test
  void batchesAreCountedOverAllEpochs() throws IOException {
    TestClock clock = new TestClock();
    TensorBoard board =
        model.begin(builder().clock(clock).updateFreq(2).writeStepsPerSecond(true).build());
    for (int epoch = 0; epoch < 2; epoch++) {
      board.onEpochBegin(epoch);
      for (int batch = 0; batch < 3; batch++) {
        clock.millis += 250;
        board.onTrainBatchEnd(batch, logs("loss", (double) batch));
      }

      board.onEpochEnd(epoch, logs());
    }

    assertEquals(
        List.of(
            "2 batch_steps_per_second 4.0",
            "2 batch_loss 1.0",
            "0 epoch_learning_rate 1.0",
            "0 epoch_steps_per_second 4.0",
            "4 batch_steps_per_second 4.0",
            "4 batch_loss 0.0",
            "6 batch_steps_per_second 4.0",
            "6 batch_loss 2.0",
            "1 epoch_learning_rate 1.0",
            "1 epoch_steps_per_second 4.0"),
        train());
  }

  @Test
  void batchesCanBeReadBeforeTheEpochEnds() throws IOException {
    TestClock clock = new TestClock();
    TensorBoard board = model.begin(builder().clock(clock).updateFreq(1).build());
    board.onTrainBatchEnd(0, logs("loss", 1.0));
    assertEquals(List.of(), train());
    clock.millis = 5000;
    board.onTrainBatchEnd(1, logs("loss", 2.0));
    assertEquals(List.of("1 batch_loss 1.0", "2 batch_loss 2.0"), train());
  }

  @Test
  void wrappersShowTheRatesOfWhatTheyWrap() throws IOException {
    SGD sgd = SGD.builder().learningRate(0.5).build();
    RecordingModel scaled = new RecordingModel(LossScaleOptimizer.builder(sgd).build());
    board(scaled);
    assertEquals(List.of("0 epoch_learning_rate 0.5"), train());
    Adam adam = Adam.builder().learningRate(0.25).build();
    board(new RecordingModel(MultiOptimizer.builder(OptimizerMap.builder(adam).build()).build()));
    assertEquals(List.of("0 epoch_learning_rate 0.5", "0 epoch_learning_rate_adam 0.25"), train());
  }

  private void board(RecordingModel of) {
    TensorBoard board = of.begin(builder().build());
    board.onEpochEnd(0, logs());
    board.onTrainClose();
  }

  @Test
  void aResumedRunHasEachStepOnce() throws IOException {
    TensorBoard first = model.begin(builder().updateFreq(1).build());
    Config atBegin = Config.parse(first.state().toJson());
    first.onEpochBegin(0);
    first.onTrainBatchEnd(0, logs("loss", 1.0));
    Config atOne = Config.parse(first.state().toJson());
    first.onTrainBatchEnd(1, logs("loss", 2.0));
    first.onEpochEnd(0, logs("loss", 3.0));

    TensorBoard second = model.begin(builder().updateFreq(1).build());
    second.restoreState(atOne);
    assertEquals(List.of("1 batch_loss 1.0"), train());
    second.onEpochResume(0, 1);
    second.onTrainBatchEnd(1, logs("loss", 2.5));
    Config atTwo = Config.parse(second.state().toJson());
    second.onTrainBatchEnd(2, logs("loss", 9.0));
    second.state();

    TensorBoard third = model.begin(builder().updateFreq(1).build());
    third.restoreState(atTwo);
    third.onTrainBatchEnd(2, logs("loss", 3.5));
    third.onTrainClose();
    assertEquals(List.of("1 batch_loss 1.0", "2 batch_loss 2.5", "3 batch_loss 3.5"), train());

    model.begin(builder().updateFreq(1).build()).restoreState(atBegin);
    assertEquals(List.of("2 batch_loss 2.5", "3 batch_loss 3.5"), train());
  }

  @Test
  void filesThatWereLostAreNotMissed() throws IOException {
    TensorBoard first = model.begin(builder().build());
    first.onEpochEnd(0, logs("loss", 1.0));
    Config state = first.state();
    for (Path file : EventFiles.files(folder.resolve("logs/train"))) {
      Files.delete(file);
    }

    TensorBoard second = model.begin(builder().build());
    second.restoreState(state);
    second.onEpochEnd(1, logs("loss", 2.0));
    assertEquals(List.of("1 epoch_loss 2.0", "1 epoch_learning_rate 1.0"), train());
  }

  @Test
  void theConfigComesBack() {
    TensorBoard board = builder().updateFreq(10).writeStepsPerSecond(true).build();
    assertEquals(board.getConfig(), Callbacks.get(Callbacks.serialize(board)).getConfig());
    assertEquals(
        Config.parse(
            "{\"log_dir\":\"logs\",\"write_steps_per_second\":false,\"update_freq\":\"epoch\"}"),
        TensorBoard.fromConfig(Config.parse("{\"update_freq\":\"epoch\"}")).getConfig());
    assertEquals(
        1L,
        TensorBoard.fromConfig(Config.parse("{\"update_freq\":\"batch\"}"))
            .getConfig()
            .get("update_freq"));
  }

  @Test
  void whatIsNotWrittenIsRefused() {
    assertEquals(
        "TensorBoard: 'histogram_freq' must be 0: only scalars are written. Received: 1",
        refusal("{\"histogram_freq\":1}"));
    assertEquals(
        "TensorBoard: 'write_graph' must be false: only scalars are written. Received: true",
        refusal("{\"write_graph\":true}"));
    assertEquals(
        "TensorBoard: 'update_freq' must be \"epoch\", \"batch\" or a number of batches from 1."
            + " Received: 0",
        refusal("{\"update_freq\":0}"));
    assertEquals(
        "TensorBoard: 'log_dir' must be a text that is not blank. Received: ' '",
        refusal("{\"log_dir\":\" \"}"));
  }

  private static String refusal(String config) {
    return assertThrows(
            IllegalArgumentException.class, () -> TensorBoard.fromConfig(Config.parse(config)))
        .getMessage();
  }

  @Test
  void aPlaceThatCantBeWrittenEndsTraining() throws IOException {
    Files.writeString(folder.resolve("logs"), "a file where a folder should be");
    TensorBoard board = model.begin(builder().build());
    String message =
        assertThrows(UncheckedIOException.class, () -> board.onEpochEnd(0, logs("loss", 1.0)))
            .getMessage();
    assertEquals(
        "TensorBoard can't write " + folder.resolve("logs/train/events.out.tfevents."),
        message.substring(0, message.indexOf("tfevents.") + "tfevents.".length()));
  }
}
