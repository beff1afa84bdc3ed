package io.firesteel.internal.saving;

import io.firesteel.saving.ConfigFactory;
import java.io.Serializable;

/**
 * A custom class that an {@link ObjectRegistry} knows, as it also goes to other JVMs.
 *
 * @param kind the kind of object in words
 * @param module Keras's module of that kind
 * @param packageName the first part of the registered name
 * @param type the class
 * @param factory what rebuilds its objects
 */
public record CustomClass(
    String kind, String module, String packageName, Class<?> type, ConfigFactory<?> factory)
    implements Serializable {

  /** Returns the registered name, {@code package>Name}. */
  public String name() {
    return packageName + ">" + type.getSimpleName();
  }

  String key() {
    return module + ":" + name();
  }
}
