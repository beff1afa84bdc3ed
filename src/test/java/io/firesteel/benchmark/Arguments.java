package io.firesteel.benchmark;

import java.util.HashMap;
import java.util.Map;

/** Arguments of the form {@code --name value}. */
final class Arguments {

  private final Map<String, String> values = new HashMap<>();

  Arguments(String... arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            "Expected '--name value'. Received: " + String.join(" ", arguments));
      }

      values.put(arguments[i].substring(2), arguments[i + 1]);
    }
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  int integer(String name, int otherwise) {
    return Integer.parseInt(text(name, String.valueOf(otherwise)));
  }
}
