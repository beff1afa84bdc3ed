package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the argument {@code axis} of losses, in which 0 are the rows of a batch. */
final class LossAxes {

  static final List<Integer> LAST = List.of(-1);

  private static final String OF_A_ROW = "an axis of a row: 1 or more, or counted from the end";

  private LossAxes() {}

  /** Returns the one axis that is given, the last one if there is none. */
  static List<Integer> one(ConfigReader arguments) {
    long axis = arguments.integer("axis", -1);
    Argument.require(arguments.owner(), "axis", axis, isOfARow(axis), OF_A_ROW);
    return List.of((int) axis);
  }

  /**
   * Returns the axes that are given, a number or a list.
   *
   * @param allowed what is allowed
   * @throws IllegalArgumentException if there are none, or the rows are among them
   */
  static List<Integer> several(ConfigReader arguments, String allowed) {
    Object given = arguments.any("axis");
    List<Integer> axes = new ArrayList<>();
    for (Object axis : given instanceof List<?> list ? list : listOf(given)) {
      boolean ok = axis instanceof Long number && isOfARow(number);
      Argument.check(arguments.owner(), "axis", given, ok, allowed);
      axes.add(((Long) axis).intValue());
    }

    Argument.check(arguments.owner(), "axis", given, !axes.isEmpty(), allowed);
    return List.copyOf(axes);
  }

  private static List<?> listOf(@Nullable Object given) {
    return given == null ? List.of() : List.of(given);
  }

  private static boolean isOfARow(long axis) {
    return axis != 0 && Math.abs(axis) < Integer.MAX_VALUE;
  }
}
