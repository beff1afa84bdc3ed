package io.firesteel.internal.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatBytesTest {

  @TempDir Path folder;

  /** Around the size of the buffer. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16383, 16384, 16385, 40000})
  void whatIsWrittenIsReadAtItsPosition(int size) throws IOException {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i * 0.1f;
    }

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[3]);
    FloatBytes.write(out, values);
    float[] read = new float[size];
    try (FileChannel file =
        FileChannel.open(Files.write(folder.resolve("file"), out.toByteArray()))) {
      FloatBytes.read(file, 3, ByteOrder.LITTLE_ENDIAN, 4, read);
    }

    assertEquals(3 + 4 * size, out.size());
    assertArrayEquals(values, read);
  }

  @Test
  void theOrderOfTheBytesIsRespected() throws IOException {
    float[] read = new float[1];
    try (FileChannel file =
        FileChannel.open(
            Files.write(folder.resolve("file"), new byte[] {0x3F, (byte) 0x80, 0, 0}))) {
      FloatBytes.read(file, 0, ByteOrder.BIG_ENDIAN, 4, read);
    }

    assertEquals(1f, read[0]);
  }

  @Test
  void integersAreCutToTheirSize() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FloatBytes.write(out, -2, 4);
    FloatBytes.write(out, 1, 8);

    assertArrayEquals(new byte[] {-2, -1, -1, -1, 1, 0, 0, 0, 0, 0, 0, 0}, out.toByteArray());
  }

  @Test
  void aFileThatEndsBeforeIsReported() throws IOException {
    try (FileChannel file = FileChannel.open(Files.write(folder.resolve("file"), new byte[7]))) {
      assertEquals(
          "The file ends at 7",
          assertThrows(
                  EOFException.class,
                  () -> FloatBytes.read(file, 0, ByteOrder.LITTLE_ENDIAN, 4, new float[2]))
              .getMessage());
    }
  }
}
