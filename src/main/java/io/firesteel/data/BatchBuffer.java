package io.firesteel.data;

/**
 * Arrays that one thread reuses for the batches that it works on; they only grow. A batch in a
 * buffer is overwritten by the next one.
 */
public final class BatchBuffer {

  private float[] features = new float[0];
  private float[] labels = new float[0];
  private float[] weights = new float[0];

  float[] features(int length) {
    features = atLeast(features, length);
    return features;
  }

  float[] labels(int length) {
    labels = atLeast(labels, length);
    return labels;
  }

  float[] weights(int length) {
    weights = atLeast(weights, length);
    return weights;
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }
}
