package io.firesteel.layers;

/** Moves the channels of images from the front to the back, and the other way. */
final class Transpose {

  private Transpose() {}

  /** Transposes each of some matrices from outer x inner to inner x outer. */
  static void each(
      float[] from, int fromStart, float[] to, int toStart, int matrices, int outer, int inner) {
    int size = outer * inner;
    for (int m = 0; m < matrices; m++) {
      int source = fromStart + m * size;
      int target = toStart + m * size;
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          to[target + j * outer + i] = from[source + i * inner + j];
        }
      }
    }
  }
}
