package io.firesteel.callbacks;

import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Validates with the averaged weights of an optimizer with {@code use_ema}, while training goes on
 * with the others: the same steps, to the bit, as without this callback.
 *
 * <p>With {@code swapOnEpoch} the callbacks after it see the averages at the end of an epoch, too:
 * a {@code ModelCheckpoint} saves them, an {@code EarlyStopping} that restores the best weights
 * keeps them. Checkpoints of a run hold the weights in training in any case.
 *
 * <p>The averages of {@code ScheduleFreeAdamW} are used in the same way, and are written into the
 * model when training ends, as all optimizers with {@code use_ema} do by themselves.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/swap_ema_weights.py. Differs from Keras: the averages
 * are copied into the model, and the optimizer's state is never touched. Keras exchanges the two,
 * and so ends with the weights in training instead of the averages where {@code swap_on_epoch} is
 * set and training stops before its last epoch, saves them as averages, and leaves them exchanged
 * after {@code predict}. Ours acts within {@code fit} only: after it, the model holds the averages.
 */
public final class SwapEMAWeights extends Callback {

  private final boolean swapOnEpoch;
  private @Nullable List<float[]> trained;

  private SwapEMAWeights(boolean swapOnEpoch) {
    this.swapOnEpoch = swapOnEpoch;
  }

  /** Returns a callback that acts in validations alone, as is Keras's default. */
  public static SwapEMAWeights inValidation() {
    return new SwapEMAWeights(false);
  }

  /** Returns a callback that acts at the end of epochs too: Keras's {@code swap_on_epoch=True}. */
  public static SwapEMAWeights swapOnEpoch() {
    return new SwapEMAWeights(true);
  }

  /** Rebuilds the callback from its config. */
  public static SwapEMAWeights fromConfig(Config config) {
    ConfigReader reader = config.reader("SwapEMAWeights");
    boolean swapOnEpoch = reader.bool("swap_on_epoch", false);
    reader.finish();
    return new SwapEMAWeights(swapOnEpoch);
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    trained = null;
    Optimizer optimizer = model().optimizer();
    if (!optimizer.hasEvaluationValues()) {
      throw new IllegalArgumentException(
          "SwapEMAWeights needs an optimizer with use_ema=true, or ScheduleFreeAdamW. Received: "
              + optimizer.name());
    }
  }

  @Override
  public void onTestBegin() {
    useAverages();
  }

  @Override
  public void onTestEnd(Map<String, Double> logs) {
    putBack();
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    if (swapOnEpoch) {
      useAverages();
    }
  }

  @Override
  public void onEpochClose(int epoch) {
    putBack();
  }

  @Override
  public void onWeightsFinal() {
    useAverages();
    trained = null;
  }

  private void useAverages() {
    Optimizer optimizer = model().optimizer();
    List<float[]> before = new ArrayList<>();
    for (Variable variable : model().variables()) {
      before.add(variable.values().clone());
      if (variable.trainable()) {
        variable.assign(optimizer.evaluationValues(variable));
      }
    }

    trained = before;
  }

  private void putBack() {
    if (trained != null) {
      List<Variable> variables = model().variables();
      for (int i = 0; i < variables.size(); i++) {
        variables.get(i).assign(trained.get(i));
      }

      trained = null;
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("swap_on_epoch", swapOnEpoch).build();
  }
}
