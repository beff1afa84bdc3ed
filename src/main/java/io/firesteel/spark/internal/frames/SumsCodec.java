package io.firesteel.spark.internal.frames;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.frames.FlatFloats.Section;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.RowSums;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link PartialSums} in several parts of bytes, so that they can travel side by side: the first
 * part begins with what the sums are, then all gradients follow as one sequence of floats. Of a
 * gradient that is summed up by rows the rows' indices go before their values.
 */
public final class SumsCodec {

  private final PartialSums sums;
  private final FlatFloats gradients;

  public SumsCodec(PartialSums sums) {
    this.sums = sums;
    this.gradients = gradients(sums.sums());
  }

  /** Returns in how many parts all gradients travel. */
  public int parts() {
    return FlatFloats.parts(Float.BYTES * gradients.size());
  }

  /** Returns the number of bytes of a part. */
  public int partBytes(int part, int parts) {
    int size = FlatFloats.partBytes(gradients.size(), part, parts);
    return part == 0 ? Math.addExact(size, descriptionBytes()) : size;
  }

  /** Writes a part at the buffer's position. */
  public void write(int part, int parts, ByteBuffer target) {
    if (part == 0) {
      describe(target);
    }

    gradients.write(part, parts, target);
  }

  private int descriptionBytes() {
    int size = 2 * Integer.BYTES + 2 * Integer.BYTES * sums.ranges().size();
    for (GradientSums sum : sums.sums()) {
      size += 5 * Integer.BYTES + 4 * Long.BYTES;
      size += Double.BYTES * sum.totals().metrics().length;
      size += Integer.BYTES * (3 * sum.gradients().length + sum.statistics().length);
    }

    return size;
  }

  private void describe(ByteBuffer target) {
    target.putInt(sums.ranges().size());
    for (ShardRange range : sums.ranges()) {
      target.putInt(range.lo()).putInt(range.hi());
    }

    target.putInt(sums.nodes().size());
    for (int i = 0; i < sums.nodes().size(); i++) {
      ShardRange node = sums.nodes().get(i);
      GradientSums sum = sums.sums().get(i);
      target.putInt(node.lo()).putInt(node.hi());
      describe(sum.totals(), target);

      target.putInt(sum.gradients().length);
      for (int v = 0; v < sum.gradients().length; v++) {
        RowSums rows = sum.rowSums(v);
        target.putInt(sum.gradients()[v].length);
        target.putInt(rows == null ? 0 : rows.rowSize()).putInt(rows == null ? 0 : rows.size());
      }

      target.putInt(sum.statistics().length);
      for (float[] statistic : sum.statistics()) {
        target.putInt(statistic.length);
      }
    }
  }

  private static void describe(Totals totals, ByteBuffer target) {
    target.putLong(totals.rows()).putLong(totals.samples());
    target.putDouble(totals.weights()).putDouble(totals.loss());
    target.putInt(totals.metrics().length);
    for (double metric : totals.metrics()) {
      target.putDouble(metric);
    }
  }

  private static FlatFloats gradients(List<GradientSums> sums) {
    List<Section> sections = new ArrayList<>();
    for (GradientSums sum : sums) {
      for (int v = 0; v < sum.gradients().length; v++) {
        RowSums rows = sum.rowSums(v);
        sections.add(Section.of(sum.gradients()[v]));
        if (rows != null) {
          sections.add(Section.indices(rows));
          sections.add(Section.values(rows));
        }
      }

      for (float[] statistic : sum.statistics()) {
        sections.add(Section.of(statistic));
      }
    }

    return FlatFloats.of(sections);
  }

  /** Reads sums, always into the same arrays as long as their sizes stay. */
  public static final class Reader {

    private record Buffers(float[] @Nullable [] gradients, @Nullable RowSums[] rows) {}

    private final List<Buffers> buffers = new ArrayList<>();

    /** Returns the sums of all parts; they are valid until the next call. */
    public PartialSums read(List<ByteBuffer> parts) {
      ByteBuffer first = parts.get(0);
      List<ShardRange> ranges = new ArrayList<>();
      for (int left = first.getInt(); left > 0; left--) {
        ranges.add(new ShardRange(first.getInt(), first.getInt()));
      }

      int count = first.getInt();
      List<ShardRange> nodes = new ArrayList<>(count);
      List<GradientSums> sums = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        nodes.add(new ShardRange(first.getInt(), first.getInt()));
        sums.add(describe(first, i));
      }

      FlatFloats gradients = gradients(sums);
      int all = parts.size();
      ChunkPool.shared().run(all, part -> gradients.read(part, all, parts.get(part)));

      return new PartialSums(ranges, nodes, sums);
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

      Buffers buffer = buffer(index, source.getInt());
      float[][] gradients = new float[buffer.rows().length][];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = array(buffer, i, source.getInt());
        readRows(buffer, i, source.getInt(), source.getInt());
      }

      float[][] statistics = new float[source.getInt()][];
      for (int i = 0; i < statistics.length; i++) {
        statistics[i] = new float[source.getInt()];
      }

      RowSums[] rowSums = buffer.rows().clone();
      Totals totals = new Totals(metrics, rows, samples, weights, loss);
      return new GradientSums(gradients, rowSums, statistics, totals);
    }

    private static float[] array(Buffers buffer, int index, int length) {
      float[] known = buffer.gradients()[index];
      float[] array = known != null && known.length == length ? known : new float[length];
      buffer.gradients()[index] = array;
      return array;
    }

    private static void readRows(Buffers buffer, int index, int rowSize, int count) {
      RowSums known = buffer.rows()[index];
      if (rowSize == 0) {
        buffer.rows()[index] = null;
        return;
      }

      RowSums rows = known != null && known.rowSize() == rowSize ? known : new RowSums(rowSize);
      rows.resize(count);
      buffer.rows()[index] = rows;
    }

    private Buffers buffer(int index, int arrays) {
      while (buffers.size() <= index) {
        buffers.add(new Buffers(new float[arrays][], new RowSums[arrays]));
      }

      if (buffers.get(index).rows().length != arrays) {
        buffers.set(index, new Buffers(new float[arrays][], new RowSums[arrays]));
      }

      return buffers.get(index);
    }
  }
}
