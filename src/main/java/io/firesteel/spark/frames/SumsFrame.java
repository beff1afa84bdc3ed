package io.firesteel.spark.frames;

import io.firesteel.network.GradientSums;
import io.firesteel.spark.frames.FlatFloats.Section;
import io.firesteel.tensor.RowSums;
import io.firesteel.training.PartialSums;
import io.firesteel.training.ReductionTree.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes in which a worker sends its sums: little-endian, header first, then each node with its
 * sums, of each gradient the array and the rows.
 *
 * @param environment what computed the sums
 * @param sums the sums
 */
public record SumsFrame(String environment, PartialSums sums) {

  public byte[] encode() {
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

  public static SumsFrame decode(byte[] bytes) {
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
    for (int v = 0; v < sum.gradients().length; v++) {
      RowSums rows = sum.rowSums(v);
      size += 3L * Integer.BYTES + (long) Float.BYTES * sum.gradients()[v].length;
      size += rows == null ? 0 : (long) Float.BYTES * rows.size() * (1 + rows.rowSize());
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
    for (int v = 0; v < sum.gradients().length; v++) {
      float[] gradient = sum.gradients()[v];
      buffer.putInt(gradient.length);
      write(buffer, Section.of(gradient));
      RowSums rows = sum.rowSums(v);
      buffer.putInt(rows == null ? 0 : rows.rowSize()).putInt(rows == null ? 0 : rows.size());
      if (rows != null) {
        write(buffer, Section.indices(rows));
        write(buffer, Section.values(rows));
      }
    }
  }

  private static void write(ByteBuffer buffer, Section section) {
    section.write(buffer, 0, section.length());
    buffer.position(buffer.position() + Float.BYTES * section.length());
  }

  private static void read(ByteBuffer buffer, Section section) {
    section.read(buffer, 0, section.length());
    buffer.position(buffer.position() + Float.BYTES * section.length());
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
    RowSums[] rowSums = new RowSums[gradients.length];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = new float[buffer.getInt()];
      read(buffer, Section.of(gradients[i]));
      rowSums[i] = rowSums(buffer);
    }

    return new GradientSums(gradients, rowSums, metrics, rows, samples, weights, loss);
  }

  private static @Nullable RowSums rowSums(ByteBuffer buffer) {
    int rowSize = buffer.getInt();
    int count = buffer.getInt();
    if (rowSize == 0) {
      return null;
    }

    RowSums rows = new RowSums(rowSize);
    rows.resize(count);
    read(buffer, Section.indices(rows));
    read(buffer, Section.values(rows));
    return rows;
  }
}
