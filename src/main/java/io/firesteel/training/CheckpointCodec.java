package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Captures the whole state of a training as a checkpoint, and puts it back. */
final class CheckpointCodec {

  private static final long FORMAT = 1;

  private final Config contract;
  private final TrainableModel model;
  private final LoopState state;
  private final EpochSums sums;
  private final List<Callback> callbacks;
  private final GradientSource source;

  CheckpointCodec(
      Config contract,
      TrainableModel model,
      LoopState state,
      EpochSums sums,
      List<Callback> callbacks,
      GradientSource source) {
    this.contract = contract;
    this.model = model;
    this.state = state;
    this.sums = sums;
    this.callbacks = callbacks;
    this.source = source;
  }

  Checkpoint capture() {
    List<Config> states = new ArrayList<>();
    Map<String, List<Variable>> tensors = new LinkedHashMap<>();
    for (int i = 0; i < callbacks.size(); i++) {
      Callback callback = callbacks.get(i);
      states.add(
          Config.builder()
              .put("class_name", callback.getClass().getSimpleName())
              .put("state", callback.state())
              .build());
      if (!callback.tensors().isEmpty()) {
        tensors.put(key(i), callback.tensors());
      }
    }

    Config trainingState =
        Config.builder()
            .put("format", FORMAT)
            .put("progress", state.toConfig())
            .put("sums", sums.state())
            .put("callbacks", states)
            .put("environments", source.environments())
            .put("contract", contract)
            .build();
    return new Checkpoint(state.step(), model.archive(), trainingState, tensors);
  }

  /**
   * Checks that a checkpoint is of this training.
   *
   * @throws IllegalArgumentException if it is not, field by field
   */
  static void requireSame(Checkpoint checkpoint, Config contract, String location) {
    ConfigReader reader = checkpoint.trainingState().reader("training_state");
    long format = reader.integer("format");
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "The checkpoint in %s has the format %d. Allowed: %d"
              .formatted(location, format, FORMAT));
    }

    RunContract.requireSame(reader.config("contract"), contract, location);
  }

  void restore(Checkpoint checkpoint) {
    ConfigReader reader = checkpoint.trainingState().reader("training_state");
    model.restore(checkpoint.model());
    state.restore(reader.config("progress"));
    sums.restore(reader.config("sums"));
    List<?> states = reader.list("callbacks");
    for (int i = 0; i < callbacks.size(); i++) {
      Config saved = ((Config) states.get(i)).reader("callbacks").config("state");
      callbacks.get(i).restoreState(saved);
      callbacks.get(i).restoreTensors(checkpoint.callbackTensors().getOrDefault(key(i), List.of()));
    }
  }

  private static String key(int callback) {
    return "callback_" + callback;
  }

  /**
   * What must be the same in a resumed run for its weights to be those of the uninterrupted one:
   * the model, the optimizer, the data, the batches, the callbacks. Epochs, the cadence of
   * checkpoints, the cluster and the output are not part of it.
   */
  private static final class RunContract {

    private RunContract() {}

    /**
     * Compares two contracts.
     *
     * @throws IllegalArgumentException with one line for each field that differs
     */
    static void requireSame(Config saved, Config current, String location) {
      Map<String, @Nullable Object> before = new TreeMap<>();
      Map<String, @Nullable Object> now = new TreeMap<>();
      flatten("", saved, before);
      flatten("", current, now);
      List<String> differences = new ArrayList<>();
      TreeMap<String, @Nullable Object> all = new TreeMap<>(before);
      all.putAll(now);
      for (String field : all.keySet()) {
        if (!Objects.equals(before.get(field), now.get(field))
            || before.containsKey(field) != now.containsKey(field)) {
          differences.add(
              "  %s: the checkpoint has %s, this run has %s"
                  .formatted(field, text(before, field), text(now, field)));
        }
      }

      if (!differences.isEmpty()) {
        throw new IllegalArgumentException(
            "The checkpoint in %s is of another run, and nothing was changed. Only epochs, the checkpoint cadence, cluster settings and the output may differ. Choose another checkpoint location, or undo:%n%s"
                .formatted(location, String.join(System.lineSeparator(), differences)));
      }
    }

    private static String text(Map<String, @Nullable Object> fields, String field) {
      return fields.containsKey(field) ? String.valueOf(fields.get(field)) : "nothing";
    }

    private static void flatten(
        String path, @Nullable Object value, Map<String, @Nullable Object> fields) {
      if (value instanceof Config config && !config.keys().isEmpty()) {
        for (String key : config.keys()) {
          flatten(path.isEmpty() ? key : path + "." + key, config.get(key), fields);
        }
      } else if (value instanceof List<?> list
          && list.stream().anyMatch(Config.class::isInstance)) {
        for (int i = 0; i < list.size(); i++) {
          flatten(path + "[" + i + "]", list.get(i), fields);
        }
      } else {
        fields.put(path, value);
      }
    }
  }
}
