package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LambdaCallbackTest {

  private final List<String> calls = new ArrayList<>();

  private static void run(Callback callback) {
    callback.onTrainBegin(new TrainingParams(1, 1, 3, 0));
    callback.onEpochBegin(0);
    callback.onTrainBatchEnd(0, Map.of("loss", 2.0));
    callback.onEpochEnd(0, Map.of("loss", 1.0));
    callback.onTrainEnd();
  }

  @Test
  void eachFunctionIsCalledAtItsTime() {
    run(
        LambdaCallback.builder()
            .onTrainBegin(params -> calls.add("begin " + params.rows()))
            .onEpochBegin(epoch -> calls.add("epoch " + epoch))
            .onTrainBatchEnd((batch, logs) -> calls.add("batch " + batch + logs))
            .onEpochEnd((epoch, logs) -> calls.add("end " + epoch + logs))
            .onTrainEnd(() -> calls.add("done"))
            .build());
    assertEquals(
        List.of("begin 3", "epoch 0", "batch 0{loss=2.0}", "end 0{loss=1.0}", "done"), calls);
  }

  @Test
  void whatIsNotThereDoesNothing() {
    LambdaCallback callback = LambdaCallback.builder().onTrainEnd(() -> calls.add("done")).build();
    run(callback);
    assertEquals(List.of("done"), calls);
    assertEquals("function", callback.getConfig().get("on_train_end"));
    assertEquals(null, callback.getConfig().get("on_epoch_end"));
  }

  @Test
  void itCantBeRebuilt() {
    assertEquals(
        "LambdaCallback consists of functions, which can't be named in a config. Write a class that"
            + " extends Callback, and name it in custom_objects. Received: {}",
        assertThrows(
                IllegalArgumentException.class, () -> LambdaCallback.fromConfig(Config.empty()))
            .getMessage());
  }

  @Test
  void backupsAreCheckpoints() {
    assertEquals(
        "BackupAndRestore is not needed: fit itself writes checkpoints and resumes from them. In a"
            + " job file write \"checkpoint\": {\"path\": \"backup\", \"every_steps\": 0}, in Java"
            + " FitOptions.builder().checkpoints(Checkpointing.in(...))",
        assertThrows(IllegalArgumentException.class, () -> Callbacks.get("BackupAndRestore"))
            .getMessage());
  }
}
