package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.Fingerprint;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.rows.RowCells.InnerCells;
import io.firesteel.spark.internal.rows.RowCells.ObjectCells;
import io.firesteel.spark.internal.rows.RowKeys.ChunkSummary;
import io.firesteel.spark.internal.seam.InnerRow;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Spark data set. They are read, checked and converted once; the converted rows stay
 * on the executors' disks as long as somebody uses them.
 */
public final class DatasetRows implements SparkRows {

  private record Order(long seed, boolean shuffle) {}

  private final Dataset<Row> dataset;
  private final RowColumns columns;
  private final GivenOrder givenOrder;
  private final RowReader reader;
  private final JavaRDD<RowChunk> chunks;
  private final JavaRDD<RowKeys> keys;
  private final Fingerprint fingerprint = new Fingerprint();
  private final RowLayout layout;
  private int[] widths = {};
  private long bytes;
  private int users;
  private @Nullable Order order;
  private @Nullable JavaRDD<KeyedRow> ordered;

  /**
   * Reads the rows.
   *
   * @throws IllegalArgumentException if a column is missing or of a wrong type, there are no rows,
   *     or a value is refused
   */
  public DatasetRows(Dataset<Row> dataset, RowColumns columns, GivenOrder givenOrder) {
    this.dataset = dataset;
    this.columns = columns;
    this.givenOrder = givenOrder;
    ColumnLookup lookup = ColumnLookup.of(dataset);
    this.reader = columns.reader(lookup);
    this.chunks = chunks(dataset.select(columns.select(lookup)));
    this.keys = chunks.map(RowChunk::keys);
    this.layout = readOnce();
  }

  @Override
  public RowLayout layout() {
    return layout;
  }

  /** Returns the number of values of each column: features, labels, weight. */
  public int[] columnWidths() {
    return widths.clone();
  }

  @Override
  public long rowBytes() {
    return Math.max(1, bytes / fingerprint.rows());
  }

  @Override
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  @Override
  public JavaRDD<KeyedRow> numbered(long seed, boolean shuffle) {
    Order wanted = new Order(shuffle ? seed : 0, shuffle);
    JavaRDD<KeyedRow> known = ordered;
    if (known == null || !wanted.equals(order)) {
      known = shuffle ? ContentOrder.numbered(chunks, keys, fingerprint.rows(), seed) : asGiven();
      ordered = known;
      order = wanted;
    }

    return known;
  }

  @Override
  public JavaRDD<float[]> values() {
    return chunks.flatMap(
        chunk -> IntStream.range(0, chunk.rows()).mapToObj(chunk::row).iterator());
  }

  @Override
  public void acquire() {
    users++;
    if (chunks.getStorageLevel().equals(StorageLevel.NONE())) {
      persist();
    }
  }

  @Override
  public void release() {
    users--;
    if (users == 0) {
      unpersist();
    }
  }

  private void persist() {
    chunks.persist(StorageLevel.DISK_ONLY());
    keys.persist(StorageLevel.MEMORY_AND_DISK());
  }

  private void unpersist() {
    keys.unpersist();
    chunks.unpersist();
  }

  private JavaRDD<KeyedRow> asGiven() {
    String[] orderColumns = givenOrder.columns(dataset);
    return NumberedRows.asGiven(chunks(givenOrder.sorted(dataset, columns), orderColumns));
  }

  private JavaRDD<RowChunk> chunks(Dataset<Row> selected, String... orderColumns) {
    RowReader rowReader = reader;
    JavaRDD<RowChunk> inner =
        InnerRow.mapPartitions(
            selected, rows -> new ChunkIterator<>(rows, InnerCells::new, rowReader, orderColumns));
    return inner != null
        ? inner
        : selected
            .toJavaRDD()
            .mapPartitions(
                rows -> new ChunkIterator<>(rows, ObjectCells::new, rowReader, orderColumns));
  }

  private RowLayout readOnce() {
    persist();
    try {
      return layout(
          SparkJobs.described(
              dataset.sparkSession().sparkContext(),
              "Firesteel reads " + String.join(", ", columns.names()),
              () -> keys.mapPartitions(NumberedRows::summary).collect()));
    } catch (RuntimeException e) {
      unpersist();
      throw e;
    }
  }

  private RowLayout layout(List<ChunkSummary> summaries) {
    int[] known = null;
    for (ChunkSummary summary : summaries) {
      if (summary.problem != null) {
        throw new IllegalArgumentException(summary.problem);
      }

      if (summary.rows > 0) {
        known = known == null ? summary.widths : known;
        requireSame(known, summary);
        fingerprint.add(summary.rows, summary.hash);
        bytes += summary.bytes;
      }
    }

    if (known == null) {
      throw new IllegalArgumentException("The data set has no rows");
    }

    widths = known;
    return reader.layout(known);
  }

  private void requireSame(int[] known, ChunkSummary summary) {
    for (int column = 0; column < known.length; column++) {
      if (known[column] != summary.widths[column]) {
        throw new IllegalArgumentException(
            reader.differs(column, known[column], summary.widths[column], summary.firstRow));
      }
    }
  }
}
