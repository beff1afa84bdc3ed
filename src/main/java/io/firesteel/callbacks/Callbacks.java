package io.firesteel.callbacks;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;

/** The callbacks by name. */
public final class Callbacks {

  private static final ObjectRegistry<Callback> REGISTRY =
      ObjectRegistry.builder("callback", "keras.callbacks", Callback.class)
          .add(BackupAndRestore.class, BackupAndRestore::fromConfig)
          .add(CSVLogger.class, CSVLogger::fromConfig)
          .add(EarlyStopping.class, EarlyStopping::fromConfig)
          .add(LambdaCallback.class, LambdaCallback::fromConfig)
          .add(LearningRateScheduler.class, LearningRateScheduler::fromConfig)
          .addOwn(MLflowLogger.class, MLflowLogger::fromConfig)
          .add(ModelCheckpoint.class, ModelCheckpoint::fromConfig)
          .add(ReduceLROnPlateau.class, ReduceLROnPlateau::fromConfig)
          .add(SwapEMAWeights.class, SwapEMAWeights::fromConfig)
          .add(TensorBoard.class, TensorBoard::fromConfig)
          .add(TerminateOnNaN.class, TerminateOnNaN::fromConfig)
          .build();

  private Callbacks() {}

  /** Returns the callback of an identifier: an instance, a name, a serialized config. */
  public static Callback get(Object identifier) {
    return REGISTRY.get(identifier);
  }

  /** Returns the serialized form of a callback. */
  public static Config serialize(Callback callback) {
    return REGISTRY.serialize(callback);
  }

  /** Returns the serialized form of what must be the same of a callback when a run resumes. */
  public static Config contract(Callback callback) {
    return serialize(callback).with("config", callback.contract());
  }

  /** Makes a custom callback known under {@code packageName>SimpleName}. */
  public static <C extends Callback> void register(
      String packageName, Class<C> type, ConfigFactory<C> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-ins. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }
}
