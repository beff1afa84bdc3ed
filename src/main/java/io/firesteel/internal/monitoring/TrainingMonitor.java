package io.firesteel.internal.monitoring;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows a training, in order to show it. It can't interfere: what it throws is logged once, after
 * which it hears nothing more.
 *
 * <p>It is told a bounded number of times: of some steps, and not of all epochs if they are short.
 * The methods return at once. They are called on the trainer's thread, {@link #committed} and
 * {@link #happened} on any thread.
 */
public interface TrainingMonitor extends AutoCloseable {

  /** A monitor that does nothing. */
  TrainingMonitor NONE = new TrainingMonitor() {};

  /** Called before the first step, also if it is never reached. */
  default void started(TrainingStart start) {}

  /** Called after some of the steps. */
  default void progressed(TrainingProgress progress) {}

  /**
   * Called after an epoch and its validation.
   *
   * @param epoch the epoch, from 0
   * @param step the steps completed
   * @param logs the loss and the metrics, with {@code val_} those of the validation
   */
  default void epochEnded(int epoch, long step, Map<String, Double> logs) {}

  /**
   * Called when a checkpoint is there.
   *
   * @param step its step
   * @param bytes its size, -1 if unknown
   * @param seconds the time it took to write
   * @param location the directory it is in
   */
  default void committed(long step, long bytes, double seconds, String location) {}

  /**
   * Called when something happened that explains what is seen: an executor was lost, tasks left.
   *
   * @param kind a word or two
   * @param text what happened
   */
  default void happened(String kind, String text) {}

  /**
   * Called once in the end.
   *
   * @param stopped whether a callback ended training early
   * @param failure why it failed, null if it did not
   */
  default void ended(boolean stopped, @Nullable Throwable failure) {}

  @Override
  default void close() {}
}
