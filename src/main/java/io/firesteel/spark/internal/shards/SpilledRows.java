package io.firesteel.spark.internal.shards;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.firesteel.internal.data.FileRows;
import io.firesteel.internal.data.FileSparseRows;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.RowSink;
import io.firesteel.internal.data.ShardRows;
import io.firesteel.internal.data.SparseRows;
import io.firesteel.spark.internal.seam.LocalFiles;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;

/**
 * The values of a shard's rows in a file in Spark's local directory. When Spark moves them to
 * another executor, or out of its memory, their bytes travel, and go to a file again where they
 * arrive.
 */
final class SpilledRows implements ShardRows, Serializable, KryoSerializable, LocalFiles.Block {

  private static final long serialVersionUID = 2L;
  private static final long NOT_SPARSE = -1;

  private transient ShardRows file;

  private SpilledRows(ShardRows file) {
    this.file = file;
  }

  /**
   * Returns a sink that writes so many rows to a file, or to two if they end in sparse features.
   *
   * @param rowBytes about how many bytes a row has
   */
  static RowSink sink(int rows, RowLayout layout, long rowBytes) {
    RowSink sink =
        layout.isSparse()
            ? FileSparseRows.sink(
                LocalFiles.newFile(), LocalFiles.newFile(), rows, layout, rows * rowBytes)
            : FileRows.sink(LocalFiles.newFile(), rows, layout.width());
    return new RowSink() {
      @Override
      public void add(float[] row) {
        sink.add(row);
      }

      @Override
      public ShardRows finish() {
        return new SpilledRows(sink.finish());
      }

      @Override
      public void close() {
        sink.close();
      }
    };
  }

  @Override
  public void copy(int row, int first, int count, float[] target, int to) {
    file.copy(row, first, count, target, to);
  }

  @Override
  public void addEntries(int row, SparseRows target) {
    file.addEntries(row, target);
  }

  @Override
  public void write(Kryo kryo, Output output) {
    try {
      writeTo(output);
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  @Override
  public void read(Kryo kryo, Input input) {
    try {
      file = readFrom(input);
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    writeTo(out);
  }

  private void readObject(ObjectInputStream in) throws IOException {
    file = readFrom(in);
  }

  private void writeTo(OutputStream out) throws IOException {
    DataOutputStream target = new DataOutputStream(out);
    if (file instanceof FileSparseRows sparse) {
      target.writeInt(sparse.rows());
      target.writeInt(sparse.width());
      target.writeLong(sparse.entryValues());
      sparse.writeTo(target);
    } else {
      FileRows rows = (FileRows) file;
      target.writeInt(rows.rows());
      target.writeInt(rows.width());
      target.writeLong(NOT_SPARSE);
      rows.writeTo(target);
    }

    target.flush();
  }

  private static ShardRows readFrom(InputStream in) throws IOException {
    DataInputStream source = new DataInputStream(in);
    int rows = source.readInt();
    int width = source.readInt();
    long entryValues = source.readLong();
    return entryValues == NOT_SPARSE
        ? FileRows.read(source, LocalFiles.newFile(), rows, width)
        : FileSparseRows.read(
            source, LocalFiles.newFile(), LocalFiles.newFile(), rows, width, entryValues);
  }
}
