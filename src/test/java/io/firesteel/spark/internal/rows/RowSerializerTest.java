package io.firesteel.spark.internal.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.RowLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class RowSerializerTest {

  private static final ClassTag<KeyedRow> ROW = ClassTag$.MODULE$.apply(KeyedRow.class);
  private static final ClassTag<Void> NOTHING = ClassTag$.MODULE$.apply(Void.class);
  private static final KeyedRow FIRST = new KeyedRow(Long.MIN_VALUE, new float[] {1.5f, -0f});
  private static final KeyedRow SECOND = new KeyedRow(7, new float[] {2, Float.MIN_VALUE});

  private final SerializerInstance serializer = new RowSerializer(RowLayout.of(1, 1)).newInstance();

  private byte[] written() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SerializationStream out = serializer.serializeStream(bytes);
    for (KeyedRow row : new KeyedRow[] {FIRST, SECOND}) {
      out.writeKey(row, ROW);
      out.writeValue(null, NOTHING);
    }

    out.flush();
    out.close();
    return bytes.toByteArray();
  }

  private static void assertSame(KeyedRow expected, KeyedRow row) {
    assertEquals(expected.key(), row.key());
    assertEquals(Arrays.toString(expected.values()), Arrays.toString(row.values()));
  }

  @Test
  void aRowIsItsKeyAndItsValuesAndNothingElse() {
    assertEquals(2 * (Long.BYTES + 2 * Float.BYTES), written().length);
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 0, 0, 0, -128, 0, 0, -64, 63, 0, 0, 0, -128},
        Arrays.copyOf(written(), 16));
  }

  @Test
  void rowsComeBackUntilTheStreamEnds() {
    DeserializationStream in = serializer.deserializeStream(new ByteArrayInputStream(written()));

    assertSame(FIRST, in.readKey(ROW));
    assertEquals(null, in.readValue(NOTHING));
    assertSame(SECOND, in.readKey(ROW));
    assertEquals(
        "No more rows", assertThrows(EOFException.class, () -> in.readKey(ROW)).getMessage());
    in.close();
  }

  @Test
  void aRowThatWasCutOffIsAnError() {
    DeserializationStream in =
        serializer.deserializeStream(new ByteArrayInputStream(written(), 0, 15));

    assertEquals(
        "A row of a shuffle was cut off",
        assertThrows(IOException.class, () -> in.readKey(ROW)).getMessage());
  }

  @Test
  void rowsMayBeMovedWithinAStream() {
    assertTrue(new RowSerializer(RowLayout.of(1, 1)).supportsRelocationOfSerializedObjects());
    byte[] swapped = new byte[32];
    System.arraycopy(written(), 16, swapped, 0, 16);
    System.arraycopy(written(), 0, swapped, 16, 16);
    DeserializationStream in = serializer.deserializeStream(new ByteArrayInputStream(swapped));

    assertSame(SECOND, in.readKey(ROW));
    assertSame(FIRST, in.readKey(ROW));
  }

  @Test
  void singleRowsGoThroughBuffers() {
    assertSame(SECOND, serializer.deserialize(serializer.serialize(SECOND, ROW), ROW));
    assertSame(
        FIRST,
        serializer.deserialize(serializer.serialize(FIRST, ROW), getClass().getClassLoader(), ROW));
  }

  @Test
  void rowsWithEntriesSayHowLongTheyAre() {
    SerializerInstance sparse = new RowSerializer(RowLayout.ofSparse(0, 9, 1)).newInstance();
    KeyedRow none = new KeyedRow(1, new float[] {4});
    KeyedRow some =
        new KeyedRow(2, new float[] {1, -0f, 3, 2, 5, Float.intBitsToFloat(1), 0, 0, 0});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SerializationStream out = sparse.serializeStream(bytes);
    for (KeyedRow row : new KeyedRow[] {none, some, none, some}) {
      out.writeKey(row, ROW);
    }

    out.flush();
    assertEquals(4 * (Long.BYTES + Integer.BYTES) + 20 * Float.BYTES, bytes.size());
    DeserializationStream in =
        sparse.deserializeStream(new ByteArrayInputStream(bytes.toByteArray()));
    for (KeyedRow row : new KeyedRow[] {none, some, none, some}) {
      assertSame(row, in.readKey(ROW));
    }

    assertThrows(EOFException.class, () -> in.readKey(ROW));
    assertSame(some, sparse.deserialize(sparse.serialize(some, ROW), ROW));
    DeserializationStream cut =
        sparse.deserializeStream(new ByteArrayInputStream(bytes.toByteArray(), 0, 40));
    assertSame(none, cut.readKey(ROW));
    assertEquals(
        "A row of a shuffle was cut off",
        assertThrows(IOException.class, () -> cut.readKey(ROW)).getMessage());
  }
}
