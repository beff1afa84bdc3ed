package io.firesteel.testing;

import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The bundled digits in memory: 1 797 images of 64 pixels from 0 to 16, and their class. */
public final class Digits {

  private Digits() {}

  /** Returns all rows in the file's order, pixels divided by 16. */
  public static LocalData all() {
    return rows(0, 1797);
  }

  /** Returns the rows from {@code first} to before {@code end}. */
  public static LocalData rows(int first, int end) {
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of("conf/data/digits.csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    float[][] pixels = new float[end - first][64];
    float[] classes = new float[end - first];
    for (int row = first; row < end; row++) {
      String[] cells = lines.get(row + 1).split(",");
      for (int i = 0; i < 64; i++) {
        pixels[row - first][i] = Float.parseFloat(cells[i]) / 16;
      }

      classes[row - first] = Float.parseFloat(cells[64]);
    }

    return LocalData.of(pixels, classes);
  }
}
