package io.firesteel.spark;

import io.firesteel.network.GradientSums;
import io.firesteel.training.PartialSums;
import io.firesteel.training.ReductionTree.Node;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link PartialSums} in several parts of bytes, so that they can travel side by side: the first
 * part begins with what the sums are, then all gradients follow as one sequence of floats.
 */
final class SumsParts {

  private final PartialSums sums;
  private final FlatFloats gradients;

  SumsParts(PartialSums sums) {
    this.sums = sums;
    this.gradients = gradients(sums.sums());
  }

  /** Returns the number of bytes of all gradients. */
  long bytes() {
    return Float.BYTES * gradients.size();
  }

  /** Returns the number of bytes of a part. */
  int partBytes(int part, int parts) {
    int size = FlatFloats.partBytes(gradients.size(), part, parts);
    return part == 0 ? Math.addExact(size, descriptionBytes()) : size;
  }

  /** Writes a part at the buffer's position. */
  void write(int part, int parts, ByteBuffer target) {
    if (part == 0) {
      describe(target);
    }

    gradients.write(part, parts, target);
  }

  private int descriptionBytes() {
    int size = 3 * Integer.BYTES;
    for (GradientSums sum : sums.sums()) {
      size += 4 * Integer.BYTES + 4 * Long.BYTES + Double.BYTES * sum.metrics().length;
      size += Integer.BYTES * sum.gradients().length;
    }

    return size;
  }

  private void describe(ByteBuffer target) {
    target.putInt(sums.lo()).putInt(sums.hi()).putInt(sums.nodes().size());
    for (int i = 0; i < sums.nodes().size(); i++) {
      Node node = sums.nodes().get(i);
      GradientSums sum = sums.sums().get(i);
      target.putInt(node.lo()).putInt(node.hi());
      target.putLong(sum.rows()).putLong(sum.samples());
      target.putDouble(sum.weights()).putDouble(sum.loss());
      target.putInt(sum.metrics().length);
      for (double metric : sum.metrics()) {
        target.putDouble(metric);
      }

      target.putInt(sum.gradients().length);
      for (float[] gradient : sum.gradients()) {
        target.putInt(gradient.length);
      }
    }
  }

  private static FlatFloats gradients(List<GradientSums> sums) {
    List<float[]> arrays = new ArrayList<>();
    for (GradientSums sum : sums) {
      arrays.addAll(Arrays.asList(sum.gradients()));
    }

    return new FlatFloats(arrays);
  }

  /** Reads sums, always into the same arrays as long as their sizes stay. */
  static final class Reader {

    private final List<float[][]> buffers = new ArrayList<>();

    /** Returns the sums of all parts; they are valid until the next call. */
    PartialSums read(List<ByteBuffer> parts) {
      ByteBuffer first = parts.get(0);
      int lo = first.getInt();
      int hi = first.getInt();
      int count = first.getInt();
      List<Node> nodes = new ArrayList<>(count);
      List<GradientSums> sums = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        nodes.add(new Node(first.getInt(), first.getInt()));
        sums.add(describe(first, i));
      }

      FlatFloats gradients = gradients(sums);
      for (int part = 0; part < parts.size(); part++) {
        gradients.read(part, parts.size(), parts.get(part));
      }

      return new PartialSums(lo, hi, nodes, sums);
    }

    private GradientSums describe(ByteBuffer source, int index) {
      long rows = source.getLong();
      long samples = source.getLong();
      double weights = source.getDouble();
      double loss = source.getDouble();
      double[] metrics = new double[source.getInt()];
      for (int i = 0; i < metrics.length; i++) {
        metrics[i] = source.getDouble();
      }

      float[][] gradients = buffer(index, source.getInt());
      for (int i = 0; i < gradients.length; i++) {
        int length = source.getInt();
        gradients[i] =
            gradients[i] != null && gradients[i].length == length
                ? gradients[i]
                : new float[length];
      }

      return new GradientSums(gradients, metrics, rows, samples, weights, loss);
    }

    private float[][] buffer(int index, int arrays) {
      while (buffers.size() <= index) {
        buffers.add(new float[arrays][]);
      }

      if (buffers.get(index).length != arrays) {
        buffers.set(index, new float[arrays][]);
      }

      return buffers.get(index);
    }
  }
}
