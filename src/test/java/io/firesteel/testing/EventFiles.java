package io.firesteel.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Reads TensorBoard's event files, and checks their frames. */
public final class EventFiles {

  private EventFiles() {}

  /** Returns the event files of a folder in the order of their names, nothing if it isn't there. */
  public static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().contains("tfevents")).sorted().toList();
    }
  }

  /** Returns the scalars of a folder as {@code step tag value}, in order. */
  public static List<String> scalars(Path folder) throws IOException {
    List<String> scalars = new ArrayList<>();
    for (Path file : files(folder)) {
      scalars.addAll(scalars(Files.readAllBytes(file)));
    }

    return scalars;
  }

  /** Returns the scalars of a file's content. */
  public static List<String> scalars(byte[] content) {
    List<String> scalars = new ArrayList<>();
    ByteBuffer in = littleEndian(content);
    boolean first = true;
    while (in.hasRemaining()) {
      Map<Integer, Object> event = message(littleEndian(record(in)));
      if (first) {
        assertEquals("brain.Event:2", text(event.get(3)));
        first = false;
      } else {
        Map<Integer, Object> summary = message((ByteBuffer) event.get(5));
        Map<Integer, Object> value = message((ByteBuffer) summary.get(1));
        Map<Integer, Object> tensor = message((ByteBuffer) value.get(8));
        scalars.add(
            "%s %s %s"
                .formatted(
                    event.getOrDefault(2, 0L),
                    text(value.get(1)),
                    ((ByteBuffer) tensor.get(4)).getFloat()));
      }
    }

    return scalars;
  }

  /** Returns bytes in hexadecimal digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] record(ByteBuffer in) {
    byte[] length = new byte[Long.BYTES];
    in.get(length);
    assertEquals(maskedCrc(length), in.getInt());
    byte[] data = new byte[Math.toIntExact(littleEndian(length).getLong())];
    in.get(data);
    assertEquals(maskedCrc(data), in.getInt());
    return data;
  }

  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  private static Map<Integer, Object> message(ByteBuffer in) {
    Map<Integer, Object> fields = new HashMap<>();
    while (in.hasRemaining()) {
      int tag = Math.toIntExact(varint(in));
      Object value =
          switch (tag & 7) {
            case 0 -> varint(in);
            case 1 -> in.getDouble();
            case 2 -> slice(in, Math.toIntExact(varint(in)));
            default -> throw new AssertionError("wire type " + (tag & 7));
          };
      fields.put(tag >>> 3, value);
    }

    return fields;
  }

  private static ByteBuffer slice(ByteBuffer in, int length) {
    ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return slice;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static String text(Object field) {
    return StandardCharsets.UTF_8.decode((ByteBuffer) field).toString();
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
