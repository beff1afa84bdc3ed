package io.firesteel.spark;

import io.firesteel.network.GradientSums;
import io.firesteel.training.PartialSums;
import io.firesteel.training.ReductionTree.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes in which a worker sends its sums: little-endian, header first, then each node with its
 * sums.
 *
 * @param environment what computed the sums
 * @param sums the sums
 */
record SumsFrame(String environment, PartialSums sums) {

  byte[] encode() {
    byte[] name = environment.getBytes(StandardCharsets.UTF_8);
    int size = 4 * Integer.BYTES + name.length;
    for (GradientSums sum : sums.sums()) {
      size = Math.addExact(size, size(sum));
    }

    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(name.length).put(name);
    buffer.putInt(sums.lo()).putInt(sums.hi()).putInt(sums.nodes().size());
    for (int i = 0; i < sums.nodes().size(); i++) {
      put(buffer, sums.nodes().get(i), sums.sums().get(i));
    }

    return buffer.array();
  }

  static SumsFrame decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] name = new byte[buffer.getInt()];
    buffer.get(name);
    int lo = buffer.getInt();
    int hi = buffer.getInt();
    int count = buffer.getInt();
    List<Node> nodes = new ArrayList<>(count);
    List<GradientSums> sums = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(buffer.getInt(), buffer.getInt()));
      sums.add(sums(buffer));
    }

    return new SumsFrame(
        new String(name, StandardCharsets.UTF_8), new PartialSums(lo, hi, nodes, sums));
  }

  private static int size(GradientSums sum) {
    long size = 4L * Integer.BYTES + 4L * Long.BYTES + (long) Double.BYTES * sum.metrics().length;
    for (float[] gradient : sum.gradients()) {
      size += Integer.BYTES + (long) Float.BYTES * gradient.length;
    }

    return Math.toIntExact(size);
  }

  private static void put(ByteBuffer buffer, Node node, GradientSums sum) {
    buffer.putInt(node.lo()).putInt(node.hi());
    buffer.putLong(sum.rows()).putLong(sum.samples());
    buffer.putDouble(sum.weights()).putDouble(sum.loss());
    buffer.putInt(sum.metrics().length);
    for (double metric : sum.metrics()) {
      buffer.putDouble(metric);
    }

    buffer.putInt(sum.gradients().length);
    for (float[] gradient : sum.gradients()) {
      buffer.putInt(gradient.length);
      buffer.asFloatBuffer().put(gradient);
      buffer.position(buffer.position() + Float.BYTES * gradient.length);
    }
  }

  private static GradientSums sums(ByteBuffer buffer) {
    long rows = buffer.getLong();
    long samples = buffer.getLong();
    double weights = buffer.getDouble();
    double loss = buffer.getDouble();
    double[] metrics = new double[buffer.getInt()];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = buffer.getDouble();
    }

    float[][] gradients = new float[buffer.getInt()][];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = new float[buffer.getInt()];
      buffer.asFloatBuffer().get(gradients[i]);
      buffer.position(buffer.position() + Float.BYTES * gradients[i].length);
    }

    return new GradientSums(gradients, metrics, rows, samples, weights, loss);
  }
}
