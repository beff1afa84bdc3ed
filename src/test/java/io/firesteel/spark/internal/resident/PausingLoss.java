package io.firesteel.spark.internal.resident;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.losses.Reduction;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/** A loss that does something else first, which each thread says for itself. */
public final class PausingLoss extends Loss {

  static final ThreadLocal<Runnable> PAUSE = ThreadLocal.withInitial(() -> () -> {});

  private final Loss loss = SparseCategoricalCrossentropy.builder().build();

  private PausingLoss() {
    super("pausing", Reduction.SUM_OVER_BATCH_SIZE);
  }

  /** What a task fails by on purpose. */
  static final class PlannedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static PausingLoss registered() {
    Losses.register("tests", PausingLoss.class, PausingLoss::fromConfig);
    return new PausingLoss();
  }

  static PausingLoss fromConfig(Config config) {
    return new PausingLoss();
  }

  @Override
  public Config getConfig() {
    return Config.builder().build();
  }

  @Override
  public int labelWidth(int predictionWidth) {
    return 1;
  }

  @Override
  public void call(
      float[] labels,
      float[] predictions,
      int samples,
      int width,
      float[] losses,
      float @Nullable [] gradient) {
    PAUSE.get().run();
    loss.call(labels, predictions, samples, width, losses, gradient);
  }
}
