package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that looks on while a model trains, and may interfere. Override what is needed.
 *
 * <p>The methods are called on the trainer's thread in the order in which they stand here, epochs
 * and batches counted from 0. {@code logs} holds the running loss and metrics by name; what a
 * callback adds to it in {@link #onEpochEnd} goes into the history.
 *
 * <p>A callback that remembers something between epochs returns it from {@link #state} and {@link
 * #tensors}, and takes it back when a run resumes: then {@link #onTrainBegin} is followed by the
 * restore methods, before any other.
 */
public abstract class Callback implements KerasSerializable {

  private @Nullable CallbackModel model;

  /** Gives the callback its model; the trainer does. */
  public final void setModel(CallbackModel value) {
    this.model = value;
  }

  /**
   * Returns the model in training.
   *
   * @throws IllegalStateException outside of training
   */
  protected final CallbackModel model() {
    if (model == null) {
      throw new IllegalStateException(
          getClass().getSimpleName() + " has no model: pass it to fit as one of the callbacks");
    }

    return model;
  }

  /**
   * Called first, before data are opened, so that what can't be written is refused before work is
   * lost. Keras does not check.
   *
   * @throws IllegalArgumentException if an output of the callback can't be written, with the
   *     argument that names it
   */
  public void checkOutputs() {}

  /** Called once, before the first step of a call of {@code fit}. */
  public void onTrainBegin(TrainingParams params) {}

  /** Called before the first batch of an epoch. */
  public void onEpochBegin(int epoch) {}

  /**
   * Called instead of {@link #onEpochBegin} when a run resumes within an epoch, whose beginning was
   * before the interruption.
   *
   * @param batch the next batch
   */
  public void onEpochResume(int epoch, int batch) {}

  /** Called before each batch. */
  public void onTrainBatchBegin(int batch) {}

  /** Called after each batch. */
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {}

  /** Called before a validation or an evaluation, which sees the variables as this leaves them. */
  public void onTestBegin() {}

  /**
   * Called before each batch of an evaluation of rows in memory. Differs from Keras: the rows of a
   * validation, and those of a cluster, are one batch with the number 0, for they are computed
   * where they lie.
   */
  public void onTestBatchBegin(int batch) {}

  /** Called after {@link #onTestBatchBegin}, unless that failed, with the logs so far. */
  public void onTestBatchEnd(int batch, Map<String, Double> logs) {}

  /**
   * Called after a validation, for the last callback first, so that what {@link #onTestBegin} did
   * can be undone; also after one that failed.
   *
   * @param logs the loss and metrics of the validation, without a prefix; empty if it failed
   */
  public void onTestEnd(Map<String, Double> logs) {}

  /** Called before predictions of rows in memory. */
  public void onPredictBegin() {}

  /** Called before each batch of predictions. */
  public void onPredictBatchBegin(int batch) {}

  /**
   * Called after each batch of predictions.
   *
   * @param outputs the predictions of the batch, a row each, flattened
   */
  public void onPredictBatchEnd(int batch, float[][] outputs) {}

  /** Called after the last batch of predictions. */
  public void onPredictEnd() {}

  /** Called after an epoch and its validation. */
  public void onEpochEnd(int epoch, Map<String, Double> logs) {}

  /**
   * Called when all callbacks have seen the end of an epoch, before its checkpoint and the next
   * epoch, for the last callback first, so that what {@link #onEpochEnd} did to the variables can
   * be undone; also after one that failed. An addition to Keras.
   */
  public void onEpochClose(int epoch) {}

  /**
   * Called once, after the last epoch, when the optimizer has written its final averages into the
   * variables and before {@link #onTrainEnd} of any callback. An addition to Keras.
   */
  public void onWeightsFinal() {}

  /**
   * Tells whether {@link #onEpochBegin}, {@link #onEpochEnd} or {@link #onTrainEnd} run jobs on the
   * cluster that trains. Then training makes way before them, so that their jobs start at once and
   * have all slots; it comes back with its next step. False unless overridden: jobs then start when
   * training has noticed that they wait. An addition to Keras.
   */
  public boolean usesCluster() {
    return false;
  }

  /** Called once, after the last epoch and the optimizer's final averages. */
  public void onTrainEnd() {}

  /**
   * Called once, when training is over, also after one that failed or was interrupted, and after
   * one that was refused before its first step: the place to close files. An addition to Keras.
   */
  public void onTrainClose() {}

  /** Returns the arguments, by which the callback is rebuilt. */
  @Override
  public Config getConfig() {
    return Config.empty();
  }

  /**
   * Returns the arguments that must be the same when a run resumes: those of {@link #getConfig},
   * without paths that it writes to, which may be corrected.
   */
  public Config contract() {
    return getConfig();
  }

  /** Returns what has to survive a resume. */
  public Config state() {
    return Config.empty();
  }

  /** Takes back what {@link #state} returned. */
  public void restoreState(Config state) {}

  /** Returns the tensors that have to survive a resume. */
  public List<Variable> tensors() {
    return List.of();
  }

  /** Takes back what {@link #tensors} returned. */
  public void restoreTensors(List<Variable> tensors) {}
}
