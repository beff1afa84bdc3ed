package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends training when the loss is NaN or infinite: after the batch, or with an error if {@code
 * raiseError} is set.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/terminate_on_nan.py.
 */
public final class TerminateOnNaN extends Callback {

  private static final Logger LOG = LoggerFactory.getLogger(TerminateOnNaN.class);

  private final boolean raiseError;

  private TerminateOnNaN(boolean raiseError) {
    this.raiseError = raiseError;
  }

  /** Returns a callback that ends training as {@code EarlyStopping} does. */
  public static TerminateOnNaN stopping() {
    return new TerminateOnNaN(false);
  }

  /** Returns a callback that throws an {@link ArithmeticException}. */
  public static TerminateOnNaN raisingError() {
    return new TerminateOnNaN(true);
  }

  /** Rebuilds the callback from its config. */
  public static TerminateOnNaN fromConfig(Config config) {
    ConfigReader reader = config.reader("TerminateOnNaN");
    boolean raiseError = reader.bool("raise_error", false);
    reader.finish();
    return new TerminateOnNaN(raiseError);
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    @Nullable Double loss = logs.get("loss");
    if (loss == null || Double.isFinite(loss)) {
      return;
    }

    if (raiseError) {
      throw new ArithmeticException(
          "The loss of batch %d is %s. Training ends at once".formatted(batch, loss));
    }

    LOG.error("Batch {}: the loss is {}, training ends", batch, loss);
    model().stopTraining();
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("raise_error", raiseError).build();
  }
}
