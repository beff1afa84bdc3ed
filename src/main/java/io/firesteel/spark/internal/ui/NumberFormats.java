package io.firesteel.spark.internal.ui;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How numbers are written on the page. */
final class NumberFormats {

  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] THOUSANDS = {"", "k", "M", "G", "T"};

  private NumberFormats() {}

  /** A number with four digits that count. */
  static String number(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value) || size == 0) {
      return Double.isNaN(value) ? "NaN" : size == 0 ? "0" : value > 0 ? "∞" : "-∞";
    }

    if (size < 1e-3 || size >= 1e6) {
      String[] parts = String.format(Locale.ROOT, "%.3e", value).split("e", 2);
      return shorten(parts[0]) + "e" + Integer.parseInt(parts[1]);
    }

    int decimals =
        size >= 1000
            ? 0
            : size >= 100
                ? 1
                : size >= 10 ? 2 : size >= 1 ? 3 : size >= 0.1 ? 4 : size >= 0.01 ? 5 : 6;
    return shorten(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  /** A number on an axis: as many digits as are needed to tell it from its neighbours. */
  static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 1000 || (size > 0 && size < 1e-4)) {
      return size >= 1000 ? compact(value) : number(value);
    }

    BigDecimal rounded = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    return rounded.toPlainString();
  }

  private static String shorten(String decimal) {
    return decimal.contains(".") ? decimal.replaceAll("\\.?0+$", "") : decimal;
  }

  /** How long ago something was, in whole seconds. */
  static String ago(long time) {
    double seconds = Math.rint((System.currentTimeMillis() - time) / 1e3);
    return seconds < 1 ? "just now" : duration(seconds) + " ago";
  }

  /** A whole number in groups of three. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A large number with three digits that count, and k, M or G. */
  static String compact(double value) {
    if (!Double.isFinite(value) || Math.abs(value) < 1000) {
      return Math.abs(value) < 100 ? number(value) : number(Math.rint(value));
    }

    double rest = value;
    int power = 0;
    while (Math.abs(rest) >= 999.5 && power < THOUSANDS.length - 1) {
      rest /= 1000;
      power++;
    }

    int decimals = Math.abs(rest) >= 100 ? 0 : Math.abs(rest) >= 10 ? 1 : 2;
    return shorten(String.format(Locale.ROOT, "%." + decimals + "f", rest)) + THOUSANDS[power];
  }

  /** A time span. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "-";
    }

    if (seconds < 0.9995) {
      return number(Math.rint(seconds * 1e5) / 100) + " ms";
    }

    long whole = Math.round(seconds);
    if (whole < 60) {
      return seconds < 9.95 ? String.format(Locale.ROOT, "%.1f s", seconds) : whole + " s";
    }

    if (whole < 3600) {
      return "%d min %02d s".formatted(whole / 60, whole % 60);
    }

    return whole < 172_800
        ? "%d h %02d min".formatted(whole / 3600, whole % 3600 / 60)
        : "%d d %02d h".formatted(whole / 86_400, whole % 86_400 / 3600);
  }

  /** A number of bytes, - if it is unknown. */
  static String bytes(long bytes) {
    if (bytes < 0) {
      return "-";
    }

    double rest = bytes;
    int power = 0;
    while (rest >= 1024 && power < SIZES.length - 1) {
      rest /= 1024;
      power++;
    }

    return power == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, rest < 10 ? "%.1f %s" : "%.0f %s", rest, SIZES[power]);
  }
}
