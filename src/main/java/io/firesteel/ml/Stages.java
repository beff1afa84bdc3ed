package io.firesteel.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.jspecify.annotations.Nullable;

/** Sets and reads params, for Java. */
final class Stages {

  private Stages() {}

  /** Sets a param and returns the stage, as setters do. */
  @SuppressWarnings("unchecked") // A stage's S is itself.
  static <T, S extends Params> S with(Params stage, Param<T> param, T value) {
    return (S) stage.set(param, value);
  }

  /** Returns the value of a param, or null if it is neither set nor has a default. */
  static <T> @Nullable T valueOrNull(Params stage, Param<T> param) {
    return stage.isDefined(param) ? stage.getOrDefault(param) : null;
  }

  /** Returns a text that is set and not empty, or null; Spark's way to say none is "". */
  static @Nullable String textOrNull(Params stage, Param<String> param) {
    String value = valueOrNull(stage, param);
    return value == null || value.isEmpty() ? null : value;
  }
}
