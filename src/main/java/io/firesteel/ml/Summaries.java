package io.firesteel.ml;

import io.firesteel.models.Sequential;
import java.util.Objects;

/** The summary of a model's last training. */
final class Summaries {

  private Summaries() {}

  static KerasTrainingSummary of(Sequential model) {
    return KerasTrainingSummary.of(Objects.requireNonNull(model.lastTraining()));
  }
}
