package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.ConfigReader;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the channels of an image stand: behind height and width, or before them. */
enum DataFormat {
  CHANNELS_LAST,
  CHANNELS_FIRST;

  static DataFormat of(String layer, @Nullable String format) {
    if (format == null) {
      return CHANNELS_LAST;
    }

    for (DataFormat known : values()) {
      if (known.toString().equals(format)) {
        return known;
      }
    }

    throw Argument.invalid(layer, "data_format", format, "one of channels_last, channels_first");
  }

  static DataFormat read(String layer, ConfigReader reader) {
    return of(layer, reader.nullableString("data_format"));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
