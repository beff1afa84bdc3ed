package io.firesteel.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.firesteel.data.FileRows;
import io.firesteel.data.RowSink;
import io.firesteel.data.ShardRows;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.KnownSizeEstimation;

/**
 * The values of a shard's rows in a file in Spark's local directory. When Spark moves them to
 * another executor, or out of its memory, their bytes travel, and go to a file again where they
 * arrive.
 */
final class SpilledRows implements ShardRows, Serializable, KryoSerializable, KnownSizeEstimation {

  /*
   * SparkEnv.blockManager and KnownSizeEstimation are private[spark] in Scala and public in
   * bytecode. The block manager gives the files of its own shuffles the same way, spread over the
   * local directories; without it there is no executor either. The known size keeps Spark from
   * walking through the buffers of the whole JVM when it caches a shard.
   */

  private static final long serialVersionUID = 1L;
  private static final long HEAP_BYTES = 1024;

  private transient FileRows file;

  private SpilledRows(FileRows file) {
    this.file = file;
  }

  /** Returns a sink that writes so many rows to a file. */
  static RowSink sink(int rows, int width) {
    RowSink sink = FileRows.sink(newFile(), rows, width);
    return new RowSink() {
      @Override
      public void add(float[] row) {
        sink.add(row);
      }

      @Override
      public ShardRows finish() {
        return new SpilledRows((FileRows) sink.finish());
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
  public long estimatedSize() {
    return HEAP_BYTES;
  }

  @Override
  public void write(Kryo kryo, Output output) {
    output.writeInt(file.rows());
    output.writeInt(file.width());
    try {
      file.writeTo(output);
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  @Override
  public void read(Kryo kryo, Input input) {
    int rows = input.readInt();
    int width = input.readInt();
    try {
      file = FileRows.read(input, newFile(), rows, width);
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.writeInt(file.rows());
    out.writeInt(file.width());
    file.writeTo(out);
  }

  private void readObject(ObjectInputStream in) throws IOException {
    int rows = in.readInt();
    int width = in.readInt();
    file = FileRows.read(in, newFile(), rows, width);
  }

  private static Path newFile() {
    return SparkEnv.get().blockManager().diskBlockManager().createTempLocalBlock()._2().toPath();
  }
}
