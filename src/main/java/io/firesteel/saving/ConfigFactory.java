package io.firesteel.saving;

import java.io.Serializable;

/**
 * Rebuilds an object from its config.
 *
 * <p>A method reference or a lambda that captures nothing can go to other JVMs with its class.
 *
 * @param <T> the kind of object
 */
@FunctionalInterface
public interface ConfigFactory<T> extends Serializable {
  /**
   * Returns the object that a config describes.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  T fromConfig(Config config);
}
