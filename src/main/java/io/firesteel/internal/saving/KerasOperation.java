package io.firesteel.internal.saving;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer that stands as an operation on a tensor in Keras's files ({@code x[:, 0]}, {@code
 * ops.mean(x, axis=1)}), for Keras has no layer that does this.
 */
public interface KerasOperation {

  /** Returns the module of the operation's class. */
  default String operationModule() {
    return "keras.src.ops.numpy";
  }

  /** Returns the name of the operation's class. */
  String operation();

  /** Returns the fields of the operation's config, without its name. */
  Config operationConfig();

  /** Returns what a call takes behind the tensor, in Keras's serialized form. */
  default List<Object> operationArguments() {
    return List.of();
  }

  /** Returns all that a call takes, in Keras's serialized form, with these tensors. */
  default List<Object> operationCall(List<Object> tensors) {
    List<Object> all = new ArrayList<>(tensors);
    all.addAll(operationArguments());
    return all;
  }
}
