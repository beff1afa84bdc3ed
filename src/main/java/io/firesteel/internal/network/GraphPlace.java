package io.firesteel.internal.network;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Keras's config calls {@code keras_history}: an output of a call of a layer.
 *
 * @param layer the layer's name
 * @param call which of its calls
 * @param output which of the call's outputs
 */
record GraphPlace(String layer, int call, int output) {

  /**
   * Reads a place.
   *
   * @param reader who reads it, for errors
   * @throws IllegalArgumentException if it is not a list of a name and two integers of at least 0;
   *     more of them are passed over, as Keras does
   */
  static GraphPlace of(String reader, @Nullable Object given) {
    if (given instanceof List<?> list
        && list.size() >= 3
        && list.get(0) instanceof String name
        && isIndex(list.get(1))
        && isIndex(list.get(2))) {
      return new GraphPlace(name, index(list.get(1)), index(list.get(2)));
    }

    throw new IllegalArgumentException(
        "%s: a place in the graph must be a list of a layer's name, the index of a call and that of an output. Received: %s"
            .formatted(reader, given));
  }

  private static boolean isIndex(@Nullable Object given) {
    return given instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE;
  }

  private static int index(Object number) {
    return (int) (long) (Long) number;
  }

  /** Returns the place in an earlier call of the layer. */
  GraphPlace earlier(int calls) {
    return new GraphPlace(layer, call - calls, output);
  }
}
