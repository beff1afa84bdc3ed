package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that are volumes: frames, each an image. Layers of volumes work by those of images. */
final class Volumes {

  private static final String ALLOWED = "one or three integers >= ";

  private Volumes() {}

  /**
   * Returns the number of frames of a row.
   *
   * @throws IllegalArgumentException if it has not four dimensions
   */
  static int frames(String layer, Shape row, DataFormat format) {
    return row.dim(axis(layer, row, format));
  }

  /** Returns the first axis of a volume within a row. */
  private static int axis(String layer, Shape row, DataFormat format) {
    boolean last = format == DataFormat.CHANNELS_LAST;
    if (row.rank() != 4) {
      throw new IllegalArgumentException(
          "%s needs rows of four dimensions (%s). Received the shape: %s"
              .formatted(
                  layer,
                  last ? "depth, height, width, channels" : "channels, depth, height, width",
                  row));
    }

    return last ? 0 : 1;
  }

  static int channels(Shape row, DataFormat format) {
    return row.dim(format == DataFormat.CHANNELS_LAST ? 3 : 0);
  }

  /** Returns depth, height and width of a row. */
  static int[] extents(String layer, Shape row, DataFormat format) {
    int first = axis(layer, row, format);
    return Arrays.copyOfRange(row.dims(), first, first + 3);
  }

  /** Returns the shape of a row of those extents. */
  static Shape of(int[] extents, int channels, DataFormat format) {
    return format == DataFormat.CHANNELS_LAST
        ? Shape.of(extents[0], extents[1], extents[2], channels)
        : Shape.of(channels, extents[0], extents[1], extents[2]);
  }

  /** Returns the shape of a frame with other channels. */
  static Shape image(Shape row, int channels, DataFormat format) {
    return format == DataFormat.CHANNELS_LAST
        ? Shape.of(row.dim(1), row.dim(2), channels)
        : Shape.of(channels, row.dim(2), row.dim(3));
  }

  /** Returns the shape of a volume of so many frames. */
  static Shape ofImage(Shape image, int frames, DataFormat format) {
    return format == DataFormat.CHANNELS_LAST
        ? Shape.of(frames, image.dim(0), image.dim(1), image.dim(2))
        : Shape.of(image.dim(0), frames, image.dim(1), image.dim(2));
  }

  /** Checks three numbers along depth, height and width. */
  static int[] sizes(String layer, String key, int least, int... sizes) {
    List<Integer> given = Arrays.stream(sizes).boxed().toList();
    boolean ok = sizes.length == 3 && given.stream().allMatch(size -> size >= least);
    Argument.require(layer, key, given, ok, ALLOWED + least);
    return sizes.clone();
  }

  /** Reads one integer, which counts for all axes, or three; null if there are none. */
  static int @Nullable [] readOrNull(ConfigReader reader, String key, int least) {
    Object given = reader.any(key);
    if (given == null) {
      return null;
    }

    List<?> axes = given instanceof List<?> list ? list : List.of(given, given, given);
    int[] sizes = new int[3];
    for (int i = 0; i < 3; i++) {
      if (axes.size() != 3
          || !(axes.get(i) instanceof Long size)
          || size < least
          || size > Integer.MAX_VALUE) {
        throw reader.invalid(key, ALLOWED + least);
      }

      sizes[i] = size.intValue();
    }

    return sizes;
  }

  /** Reads one integer, which counts for all axes, or three. */
  static int[] read(ConfigReader reader, String key, int absent) {
    int[] sizes = readOrNull(reader, key, 1);
    return sizes == null ? new int[] {absent, absent, absent} : sizes;
  }

  /** Returns a config with the numbers along the depth before those along height and width. */
  static Config ofImage(Config image, Config depth) {
    Config config = image;
    for (String key : depth.keys()) {
      List<Object> all = new ArrayList<>(List.of(depth.get(key)));
      all.addAll((List<?>) image.get(key));
      config = config.with(key, all);
    }

    return config;
  }

  /** Returns the kernel of volumes for one of images whose channels are those of some frames. */
  static WeightSpec ofImage(WeightSpec kernel, int depth) {
    Shape s = kernel.shape();
    return new WeightSpec(
        kernel.name(),
        Shape.of(depth, s.dim(0), s.dim(1), s.dim(2) / depth, s.dim(3)),
        kernel.initializer(),
        kernel.regularizer(),
        kernel.constraint(),
        kernel.trainable());
  }

  /** Moves the kernel's first axis behind height and width, or back, in blocks of values. */
  static void moveDepth(float[] from, float[] to, int depth, int places, int block, boolean back) {
    for (int z = 0; z < depth; z++) {
      for (int place = 0; place < places; place++) {
        int outer = (z * places + place) * block;
        int inner = (place * depth + z) * block;
        System.arraycopy(from, back ? inner : outer, to, back ? outer : inner, block);
      }
    }
  }
}
