package io.firesteel.spark;

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
 * Writes the rows of a shuffle: the key in 8 bytes, then the values in 4 bytes each, little-endian,
 * and nothing else. All rows have the same width.
 */
final class RowSerializer extends Serializer implements java.io.Serializable {

  private static final long serialVersionUID = 1L;

  private final int width;

  RowSerializer(int width) {
    this.width = width;
  }

  @Override
  public SerializerInstance newInstance() {
    return new Instance(width);
  }

  @Override
  public boolean supportsRelocationOfSerializedObjects() {
    return true;
  }

  private static ByteBuffer buffer(int width) {
    int bytes = Math.addExact(Long.BYTES, Math.multiplyExact(width, Float.BYTES));
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer buffer, KeyedRow row) {
    buffer.clear().putLong(row.key());
    buffer.asFloatBuffer().put(row.values());
  }

  private static KeyedRow take(ByteBuffer buffer, int width) {
    long key = buffer.getLong();
    float[] values = new float[width];
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
    private final int width;

    private Instance(int width) {
      this.width = width;
    }

    @Override
    public SerializationStream serializeStream(OutputStream out) {
      return new Writer(out, width);
    }

    @Override
    public DeserializationStream deserializeStream(InputStream in) {
      return new Reader(in, width);
    }

    @Override
    public <T> ByteBuffer serialize(T row, ClassTag<T> type) {
      ByteBuffer buffer = buffer(width);
      put(buffer, (KeyedRow) row);
      return buffer.clear();
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> type) {
      return cast(take(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN), width));
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> type) {
      return deserialize(bytes, type);
    }
  }

  /** Writes the keys of pairs; their values are nothing. */
  private static final class Writer extends SerializationStream {
    private final OutputStream out;
    private final ByteBuffer buffer;

    private Writer(OutputStream out, int width) {
      this.out = out;
      this.buffer = buffer(width);
    }

    @Override
    public <T> SerializationStream writeObject(T row, ClassTag<T> type) {
      put(buffer, (KeyedRow) row);
      try {
        out.write(buffer.array());
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
    private final ByteBuffer buffer;
    private final int width;

    private Reader(InputStream in, int width) {
      this.in = in;
      this.buffer = buffer(width);
      this.width = width;
    }

    @Override
    public <T> T readObject(ClassTag<T> type) {
      try {
        int count = in.readNBytes(buffer.array(), 0, buffer.capacity());
        if (count == 0) {
          throw new EOFException("No more rows");
        }

        if (count < buffer.capacity()) {
          throw new IOException("A row of a shuffle was cut off");
        }
      } catch (IOException e) {
        throw RowSerializer.<RuntimeException>thrown(e);
      }

      return cast(take(buffer.clear(), width));
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
