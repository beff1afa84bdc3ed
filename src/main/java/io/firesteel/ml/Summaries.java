package io.firesteel.ml;

import io.firesteel.models.Model;
import java.util.Objects;

/** The summary of a model's last training. */
final class Summaries {

  private Summaries() {}

  static KerasTrainingSummary of(Model model) {
    return KerasTrainingSummary.of(Objects.requireNonNull(model.lastTraining()));
  }
}
