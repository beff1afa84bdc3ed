package io.firesteel.internal.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A local file that little-endian float32 values are written to through one buffer. */
final class FloatFile implements AutoCloseable {

  static final int BUFFER_BYTES = 1 << 18;

  private final Path path;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable FileChannel file;
  private long size;

  /** Creates a file, which must not exist yet, with its first value. */
  FloatFile(Path path) {
    this.path = path;
  }

  /** Returns the number of values that were written. */
  long size() {
    return size;
  }

  /** Writes some values. */
  void write(float[] values, int from, int count) {
    try {
      for (int first = from; first < from + count; ) {
        if (buffer.remaining() < Float.BYTES) {
          flush();
        }

        int fitting = Math.min(from + count - first, buffer.remaining() / Float.BYTES);
        buffer.asFloatBuffer().put(values, first, fitting);
        buffer.position(buffer.position() + fitting * Float.BYTES);
        first += fitting;
      }
    } catch (IOException e) {
      throw failed(e);
    }

    size += count;
  }

  /** Writes zeros until there are so many values. */
  void pad(long newSize) {
    float[] zeros = new float[(int) Math.min(newSize - size, BUFFER_BYTES)];
    while (size < newSize) {
      write(zeros, 0, (int) Math.min(newSize - size, zeros.length));
    }
  }

  /** Writes so many values, which are read as bytes. */
  void copy(InputStream in, long count) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    for (long left = count * Float.BYTES; left > 0; ) {
      int read = in.readNBytes(bytes, 0, (int) Math.min(left, bytes.length));
      if (read == 0) {
        throw new EOFException("%d bytes of %s are missing".formatted(left, path));
      }

      flush();
      buffer.put(bytes, 0, read);
      left -= read;
    }

    size += count;
  }

  /** Maps the values in segments of at most so many. */
  ByteBuffer[] map(long segmentValues) {
    try {
      flush();
      ByteBuffer[] segments = new ByteBuffer[(int) ((size + segmentValues - 1) / segmentValues)];
      for (int i = 0; i < segments.length; i++) {
        long first = i * segmentValues;
        long count = Math.min(size - first, segmentValues);
        segments[i] =
            file()
                .map(FileChannel.MapMode.READ_ONLY, first * Float.BYTES, count * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
      }

      return segments;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file().write(buffer);
    }

    buffer.clear();
  }

  private FileChannel file() throws IOException {
    if (file == null) {
      file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    }

    return Objects.requireNonNull(file);
  }

  private UncheckedIOException failed(IOException cause) {
    return new UncheckedIOException("Could not write the rows of a shard to " + path, cause);
  }
}
