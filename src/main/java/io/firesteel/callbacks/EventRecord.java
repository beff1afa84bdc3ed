package io.firesteel.callbacks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The records of TensorBoard's event files: protocol buffers of {@code tensorflow.Event}, framed as
 * TFRecords.
 *
 * <pre>
 * length (8 bytes, little-endian)   masked CRC-32C of the length (4)   data   masked CRC-32C of the data (4)
 * </pre>
 *
 * <p>Scalars are tensors of rank 0 with the metadata of the plugin {@code scalars}, as TensorFlow 2
 * writes them.
 */
final class EventRecord {

  private static final int CRC_DELTA = 0xa282ead8;
  private static final byte[] SCALARS =
      new Message().bytes(1, new Message().text(1, "scalars").toBytes()).toBytes();

  private EventRecord() {}

  /** Returns the first record of a file. */
  static byte[] version(double wallTime) {
    return framed(new Message().number(1, wallTime).text(3, "brain.Event:2").toBytes());
  }

  /** Returns the record of one value. */
  static byte[] scalar(double wallTime, long step, String tag, double value) {
    byte[] number = littleEndian(Float.BYTES).putFloat((float) value).array();
    byte[] tensor = new Message().integer(1, 1).bytes(2, new byte[0]).bytes(4, number).toBytes();
    Message summaryValue = new Message().text(1, tag).bytes(8, tensor).bytes(9, SCALARS);
    byte[] summary = new Message().bytes(1, summaryValue.toBytes()).toBytes();
    return framed(new Message().number(1, wallTime).integer(2, step).bytes(5, summary).toBytes());
  }

  private static byte[] framed(byte[] data) {
    byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
    return littleEndian(length.length + data.length + 2 * Integer.BYTES)
        .put(length)
        .putInt(maskedCrc(length))
        .put(data)
        .putInt(maskedCrc(data))
        .array();
  }

  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_DELTA;
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A protocol buffer in the making. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message integer(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message number(int field, double value) {
      varint((long) field << 3 | 1);
      out.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] toBytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }

      out.write((int) rest);
    }
  }
}
