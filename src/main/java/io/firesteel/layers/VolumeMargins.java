package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Volumes with places at their sides more or less.
 *
 * @param <L> the layer's own class
 */
abstract class VolumeMargins<L extends VolumeMargins<L>> extends VolumeGather<L> {

  private static final String ALLOWED =
      "an integer >= 0, one for each axis, or a pair (before, behind) for each axis";

  private final String argument;
  private final int[] margins;
  private final int sign;

  /**
   * Creates the layer.
   *
   * @param argument the name of the margins
   * @param sign 1 if they are added, -1 if they are cut off
   * @param margins before and behind each axis
   */
  VolumeMargins(String argument, int sign, int[] margins, DataFormat format, LayerOptions options) {
    super(format, options);
    this.argument = argument;
    this.sign = sign;
    this.margins = margins.clone();
    boolean ok = list(margins).stream().allMatch(margin -> margin >= 0);
    Argument.require(getClass().getSimpleName(), argument, pairs(), ok, "integers >= 0");
  }

  final int[] margins() {
    return margins.clone();
  }

  /** Reads an integer, a list of one for each axis, or a list of a pair for each axis. */
  static int[] read(ConfigReader reader, String key, int absent) {
    Object given = reader.any(key) == null ? (Object) (long) absent : reader.any(key);
    List<?> axes = given instanceof List<?> list ? list : List.of(given, given, given);
    int[] margins = new int[6];
    for (int axis = 0; axis < 3; axis++) {
      Object of = axes.size() == 3 ? axes.get(axis) : null;
      List<?> pair = of instanceof List<?> list ? list : of == null ? List.of() : List.of(of, of);
      for (int side = 0; side < 2; side++) {
        if (pair.size() != 2
            || !(pair.get(side) instanceof Long margin)
            || margin < 0
            || margin > Integer.MAX_VALUE) {
          throw reader.invalid(key, ALLOWED);
        }

        margins[2 * axis + side] = margin.intValue();
      }
    }

    return margins;
  }

  /** Returns the numbers of three pairs. */
  static int[] pairs(String layer, String argument, int[]... axes) {
    int[] margins = new int[6];
    for (int axis = 0; axis < axes.length; axis++) {
      Argument.require(
          layer, argument, list(axes[axis]), axes[axis].length == 2, "pairs (before, behind)");
      System.arraycopy(axes[axis], 0, margins, 2 * axis, 2);
    }

    return margins;
  }

  private List<List<Integer>> pairs() {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int axis = 0; axis < 3; axis++) {
      pairs.add(List.of(margins[2 * axis], margins[2 * axis + 1]));
    }

    return pairs;
  }

  @Override
  final int extent(int axis, int input) {
    return input + sign * (margins[2 * axis] + margins[2 * axis + 1]);
  }

  @Override
  final int source(int axis, int place) {
    return place - sign * margins[2 * axis];
  }

  @Override
  final String argument() {
    return argument + "=" + pairs();
  }

  @Override
  public final Config getConfig() {
    return baseConfig().put(argument, pairs()).put("data_format", format().toString()).build();
  }
}
