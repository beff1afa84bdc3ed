package io.firesteel.spark.internal.ui;

import java.util.ArrayList;
import java.util.List;

/**
 * A scale from values to places, linear or logarithmic, with round ticks.
 *
 * @param min the value at the beginning
 * @param max the value at the end
 * @param isLog whether equal distances are equal ratios
 * @param from the place of the beginning
 * @param to the place of the end
 */
record Axis(double min, double max, boolean isLog, double from, double to) {

  private static final double WIDE = 50;
  private static final int MOST_TICKS = 5;

  /** A linear scale over values, which need not differ. */
  static Axis linear(double least, double most, double from, double to) {
    double margin = most > least ? (most - least) * 0.04 : Math.max(Math.abs(most) * 0.1, 1e-12);
    double low = least >= 0 && least - margin < 0 ? Math.max(0, least - margin) : least - margin;
    return new Axis(low, most + margin, false, from, to);
  }

  /** A scale over values: logarithmic if they are positive and of different orders. */
  static Axis fitting(double least, double most, double from, double to) {
    return least > 0 && most / least >= WIDE
        ? new Axis(least / 1.15, most * 1.15, true, from, to)
        : linear(least, most, from, to);
  }

  /** Returns the place of a value. */
  double at(double value) {
    double share =
        isLog
            ? (StrictMath.log(value) - StrictMath.log(min))
                / (StrictMath.log(max) - StrictMath.log(min))
            : (value - min) / (max - min);
    return from + share * (to - from);
  }

  /** Returns round values within the scale. */
  List<Double> ticks() {
    return isLog ? logTicks() : linearTicks();
  }

  private List<Double> linearTicks() {
    double step = roundStep((max - min) / MOST_TICKS);
    List<Double> ticks = new ArrayList<>();
    for (double i = Math.ceil(min / step); i * step <= max && ticks.size() < 20; i++) {
      ticks.add(Math.abs(i * step) < step * 1e-9 ? 0 : i * step);
    }

    return ticks;
  }

  /** About the next one of 1, 2, 5 times a power of ten. */
  private static double roundStep(double least) {
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * 0.8) {
        return factor * power;
      }
    }

    return 10 * power;
  }

  private List<Double> logTicks() {
    int low = (int) Math.floor(StrictMath.log10(min));
    int high = (int) Math.ceil(StrictMath.log10(max));
    double decades = StrictMath.log10(max) - StrictMath.log10(min);
    int every = Math.max(1, (int) Math.round(decades / MOST_TICKS));
    double[] factors = decades < 2.5 ? new double[] {1, 2, 5} : new double[] {1};
    List<Double> ticks = new ArrayList<>();
    for (int power = low; power <= high; power += every) {
      for (double factor : factors) {
        double tick = factor * StrictMath.pow(10, power);
        if (tick >= min && tick <= max) {
          ticks.add(tick);
        }
      }
    }

    return ticks;
  }
}
