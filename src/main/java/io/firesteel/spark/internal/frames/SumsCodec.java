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
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link PartialSums} in several parts of bytes, so that they can travel side by side, and before
 * others are computed. All gradients are one sequence of floats, of which each part has some; of a
 * gradient that is summed up by rows the rows' indices go before their values. Each part begins
 * with the shapes of all sums, so that whichever comes first can be read, and with what gradients
 * are divided by; the first part alone has the other totals.
 */
public final class SumsCodec {

  private final PartialSums sums;
  private final FlatFloats gradients;
  private final boolean isFixed;

  public SumsCodec(PartialSums sums) {
    this.sums = sums;
    this.gradients = gradients(sums.sums());
    this.isFixed = sums.sums().stream().noneMatch(GradientSums::hasRows);
  }

  /** Returns in how many parts all gradients travel. */
  public int parts() {
    return FlatFloats.parts(Float.BYTES * gradients.size());
  }

  /** Tells whether the parts are known before all is computed: no gradient is summed up by rows. */
  public boolean isFixed() {
    return isFixed;
  }

  /** Returns the number of arrays that have values in each of several parts. */
  public int[] arraysOf(int parts) {
    return gradients.sectionsOf(parts);
  }

  /** Goes through the parts that have values of a gradient, once for each of the sums. */
  public void forEachPart(int gradient, int parts, IntConsumer action) {
    int first = 0;
    for (GradientSums sum : sums.sums()) {
      gradients.forEachPart(first + gradient, parts, action);
      first += sum.arrays().length;
    }
  }

  /** Returns the number of bytes of a part. */
  public int partBytes(int part, int parts) {
    int size = gradients.partBytes(part, parts);
    int described = part == 0 ? shapesBytes() + totalsBytes() : shapesBytes();
    return Math.addExact(size, described);
  }

  /** Writes a part at the buffer's position. */
  public void write(int part, int parts, ByteBuffer target) {
    writeShapes(target);
    if (part == 0) {
      sums.sums().forEach(sum -> writeTotals(sum.totals(), target));
    }

    gradients.write(part, parts, target);
  }

  private int shapesBytes() {
    int size = 2 * Integer.BYTES + 2 * Integer.BYTES * sums.ranges().size();
    for (GradientSums sum : sums.sums()) {
      size += 4 * Integer.BYTES + 3 * Long.BYTES;
      size += Integer.BYTES * (3 * sum.gradients().length + sum.statistics().length);
    }

    return size;
  }

  private int totalsBytes() {
    int size = 0;
    for (GradientSums sum : sums.sums()) {
      size += Integer.BYTES + Double.BYTES * (1 + sum.totals().metrics().length);
    }

    return size;
  }

  private void writeShapes(ByteBuffer target) {
    target.putInt(sums.ranges().size());
    for (ShardRange range : sums.ranges()) {
      target.putInt(range.lo()).putInt(range.hi());
    }

    target.putInt(sums.nodes().size());
    for (int i = 0; i < sums.nodes().size(); i++) {
      ShardRange node = sums.nodes().get(i);
      GradientSums sum = sums.sums().get(i);
      target.putInt(node.lo()).putInt(node.hi());
      Totals totals = sum.totals();
      target.putLong(totals.rows()).putLong(totals.samples()).putDouble(totals.weights());
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

  private static void writeTotals(Totals totals, ByteBuffer target) {
    target.putDouble(totals.loss());
    target.putInt(totals.metrics().length);
    for (double metric : totals.metrics()) {
      target.putDouble(metric);
    }
  }

  private static FlatFloats gradients(List<GradientSums> sums) {
    List<Section> sections = new ArrayList<>();
    for (GradientSums sum : sums) {
      RowSums[] rows = new RowSums[sum.gradients().length];
      Arrays.setAll(rows, sum::rowSums);
      addSections(sum.gradients(), rows, sum.statistics(), sections);
    }

    return FlatFloats.of(sections);
  }

  private static void addSections(
      float[][] gradients, @Nullable RowSums[] rows, float[][] statistics, List<Section> sections) {
    for (int v = 0; v < gradients.length; v++) {
      RowSums sum = rows[v];
      sections.add(Section.of(gradients[v]));
      if (sum != null) {
        sections.add(Section.indices(sum));
        sections.add(Section.values(sum));
      }
    }

    for (float[] statistic : statistics) {
      sections.add(Section.of(statistic));
    }
  }

  /**
   * Reads sums, always into the same arrays as long as their sizes stay. The parts may be read in
   * any order, and each when it comes; one thread calls {@link #prepare} before.
   */
  public static final class Reader {

    private record Buffers(float[] @Nullable [] gradients, @Nullable RowSums[] rows) {}

    private record Shapes(
        float[][] gradients, @Nullable RowSums[] rows, float[][] statistics, Totals counts) {

      private int arrays() {
        return gradients.length + statistics.length;
      }
    }

    private final List<Buffers> buffers = new ArrayList<>();
    private final List<ShardRange> ranges = new ArrayList<>();
    private final List<ShardRange> nodes = new ArrayList<>();
    private final List<Shapes> shapes = new ArrayList<>();
    private FlatFloats gradients = FlatFloats.of(List.of());
    private int shapesBytes;
    private boolean[] isRead = new boolean[0];

    /** Begins new sums, of so many parts. */
    public void begin(int parts) {
      isRead = new boolean[parts];
      shapesBytes = 0;
    }

    /** Returns the sums of all parts; they are valid until the next ones begin. */
    public PartialSums read(List<ByteBuffer> parts) {
      prepare(parts.get(0));
      ChunkPool.shared().run(parts.size(), part -> read(part, parts.get(part)));
      ByteBuffer first = behindShapes(parts.get(0));
      List<GradientSums> sums = new ArrayList<>(nodes.size());
      for (Shapes shape : shapes) {
        Totals totals = readTotals(first, shape.counts());
        sums.add(new GradientSums(shape.gradients(), shape.rows(), shape.statistics(), totals));
      }

      return new PartialSums(List.copyOf(ranges), List.copyOf(nodes), sums);
    }

    /** Makes the arrays for the sums that a part is of, if no part has done so. */
    public void prepare(ByteBuffer part) {
      if (shapesBytes > 0) {
        return;
      }

      ByteBuffer source = part.duplicate().order(part.order());
      ranges.clear();
      for (int left = source.getInt(); left > 0; left--) {
        ranges.add(new ShardRange(source.getInt(), source.getInt()));
      }

      nodes.clear();
      shapes.clear();
      List<Section> sections = new ArrayList<>();
      for (int left = source.getInt(); left > 0; left--) {
        nodes.add(new ShardRange(source.getInt(), source.getInt()));
        Shapes shape = readShapes(source, shapes.size());
        shapes.add(shape);
        addSections(shape.gradients(), shape.rows(), shape.statistics(), sections);
      }

      gradients = FlatFloats.of(sections);
      shapesBytes = source.position() - part.position();
    }

    /**
     * Returns where the sums will be, once they are {@link #prepare}d: without statistics and
     * totals but those that gradients are divided by, which must not be changed.
     */
    public PartialSums planned() {
      List<GradientSums> sums = new ArrayList<>(nodes.size());
      for (Shapes shape : shapes) {
        sums.add(new GradientSums(shape.gradients(), shape.rows(), new float[0][], shape.counts()));
      }

      return new PartialSums(List.copyOf(ranges), List.copyOf(nodes), sums);
    }

    /** Tells whether all values of a gradient were read. */
    public boolean isThere(int gradient) {
      int missing = 0;
      int first = 0;
      for (Shapes shape : shapes) {
        missing += missing(first + gradient);
        first += shape.arrays();
      }

      return missing == 0;
    }

    private int missing(int section) {
      int[] missing = {0};
      gradients.forEachPart(section, isRead.length, part -> missing[0] += isRead[part] ? 0 : 1);
      return missing[0];
    }

    /** Reads the gradients of a part, unless it was read; others may be read at the same time. */
    public void read(int part, ByteBuffer source) {
      if (isRead[part]) {
        return;
      }

      isRead[part] = true;
      ByteBuffer values = behindShapes(source);
      for (int i = 0; part == 0 && i < shapes.size(); i++) {
        readTotals(values, shapes.get(i).counts());
      }

      gradients.read(part, isRead.length, values);
    }

    private ByteBuffer behindShapes(ByteBuffer part) {
      ByteBuffer source = part.duplicate().order(part.order());
      return source.position(part.position() + shapesBytes);
    }

    private static Totals readTotals(ByteBuffer source, Totals counts) {
      double loss = source.getDouble();
      double[] metrics = new double[source.getInt()];
      for (int i = 0; i < metrics.length; i++) {
        metrics[i] = source.getDouble();
      }

      return new Totals(metrics, counts.rows(), counts.samples(), counts.weights(), loss);
    }

    private Shapes readShapes(ByteBuffer source, int index) {
      long rows = source.getLong();
      long samples = source.getLong();
      Totals counts = new Totals(new double[0], rows, samples, source.getDouble(), 0);
      Buffers buffer = buffer(index, source.getInt());
      float[][] arrays = new float[buffer.rows().length][];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = array(buffer, i, source.getInt());
        readRows(buffer, i, source.getInt(), source.getInt());
      }

      float[][] statistics = new float[source.getInt()][];
      for (int i = 0; i < statistics.length; i++) {
        statistics[i] = new float[source.getInt()];
      }

      return new Shapes(arrays, buffer.rows().clone(), statistics, counts);
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
