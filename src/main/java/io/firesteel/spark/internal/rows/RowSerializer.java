package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowLayout;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag;

/**
 * Writes the rows of a shuffle: the key in 8 bytes, the number of values in 4 where rows end in
 * sparse features, then the values in 4 bytes each, little-endian, and nothing else.
 */
final class RowSerializer extends Serializer implements java.io.Serializable {

  private static final long serialVersionUID = 1L;

  private final RowLayout layout;

  RowSerializer(RowLayout layout) {
    this.layout = layout;
  }

  @Override
  public SerializerInstance newInstance() {
    return new Instance(layout);
  }

  @Override
  public boolean supportsRelocationOfSerializedObjects() {
    return true;
  }

  /** Returns the number of bytes before the values. */
  private static int headerBytes(RowLayout layout) {
    return Long.BYTES + (layout.isSparse() ? Integer.BYTES : 0);
  }

  private static ByteBuffer buffer(RowLayout layout, int values) {
    int bytes = Math.addExact(headerBytes(layout), Math.multiplyExact(values, Float.BYTES));
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the bytes of a row, in that buffer if it is large enough. */
  private static ByteBuffer put(ByteBuffer buffer, RowLayout layout, KeyedRow row) {
    int length = row.values().length;
    int size = headerBytes(layout) + length * Float.BYTES;
    ByteBuffer target = size <= buffer.capacity() ? buffer : buffer(layout, length + length / 2);
    target.clear().putLong(row.key());
    if (layout.isSparse()) {
      target.putInt(length);
    }

    target.asFloatBuffer().put(row.values());
    return target.limit(size).position(0);
  }

  private static KeyedRow take(ByteBuffer buffer, RowLayout layout) {
    long key = buffer.getLong();
    float[] values = new float[layout.isSparse() ? buffer.getInt() : layout.width()];
    buffer.asFloatBuffer().get(values);
    return new KeyedRow(key, values);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T cast(Object row) {
    return (T) row;
  }

  /**
   * Throws as Scala does: Spark expects {@link EOFException} from methods that don't declare it.
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E thrown(IOException e) throws E {
    throw (E) e;
  }

  /** Opens streams for one task. */
  private static final class Instance extends SerializerInstance {
    private final RowLayout layout;

    private Instance(RowLayout layout) {
      this.layout = layout;
    }

    @Override
    public SerializationStream serializeStream(OutputStream out) {
      return new Writer(out, layout);
    }

    @Override
    public DeserializationStream deserializeStream(InputStream in) {
      return new Reader(in, layout);
    }

    @Override
    public <T> ByteBuffer serialize(T row, ClassTag<T> type) {
      KeyedRow keyed = (KeyedRow) row;
      return put(buffer(layout, keyed.values().length), layout, keyed);
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> type) {
      return cast(take(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN), layout));
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> type) {
      return deserialize(bytes, type);
    }
  }

  /** Writes the keys of pairs; their values are nothing. */
  private static final class Writer extends SerializationStream {
    private final OutputStream out;
    private final RowLayout layout;
    private ByteBuffer buffer;

    private Writer(OutputStream out, RowLayout layout) {
      this.out = out;
      this.layout = layout;
      this.buffer = buffer(layout, layout.width());
    }

    @Override
    public <T> SerializationStream writeObject(T row, ClassTag<T> type) {
      buffer = put(buffer, layout, (KeyedRow) row);
      try {
        out.write(buffer.array(), 0, buffer.limit());
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }

      return this;
    }

    @Override
    public <T> SerializationStream writeValue(T nothing, ClassTag<T> type) {
      return this;
    }

    @Override
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }
    }
  }

  /** Reads the keys of pairs; their values are nothing. */
  private static final class Reader extends DeserializationStream {
    private final InputStream in;
    private final RowLayout layout;
    private ByteBuffer buffer;

    private Reader(InputStream in, RowLayout layout) {
      this.in = in;
      this.layout = layout;
      this.buffer = buffer(layout, layout.width());
    }

    @Override
    public <T> T readObject(ClassTag<T> type) {
      try {
        int header = headerBytes(layout);
        int wanted = layout.isSparse() ? header : buffer.capacity();
        int count = in.readNBytes(buffer.array(), 0, wanted);
        if (count == 0) {
          throw new EOFException("No more rows");
        }

        requireAll(count, wanted);
        if (layout.isSparse()) {
          readValues(header, buffer.getInt(Long.BYTES) * Float.BYTES);
        }
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }

      return cast(take(buffer.clear(), layout));
    }

    private void readValues(int header, int bytes) throws IOException {
      if (header + bytes > buffer.capacity()) {
        ByteBuffer larger = buffer(layout, bytes / Float.BYTES * 2);
        buffer = larger.put(0, buffer, 0, header);
      }

      requireAll(in.readNBytes(buffer.array(), header, bytes), bytes);
    }

    private static void requireAll(int read, int wanted) throws IOException {
      if (read < wanted) {
        throw new IOException("A row of a shuffle was cut off");
      }
    }

    @Override
    public <T> @Nullable T readValue(ClassTag<T> type) {
      return null;
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }
    }
  }
}
