package io.firesteel.callbacks;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path with fields in the style of Python's {@code format}, such as {@code {val_loss:.2f}}. */
final class FilePattern {

  private static final Pattern FIELD =
      Pattern.compile("\\{(\\w+)(?::(0?\\d*)(\\.\\d+)?([dfe]?))?}");

  private final String pattern;

  FilePattern(String pattern) {
    this.pattern = pattern;
    String rest = FIELD.matcher(pattern).replaceAll("");
    if (rest.contains("{") || rest.contains("}")) {
      throw new IllegalArgumentException(
          "ModelCheckpoint: the fields of 'filepath' are {name}, {name:02d}, {name:.2f} or"
              + " {name:.2e}. Received: "
              + pattern);
    }
  }

  /**
   * Returns a file with a digit in the place of each field, whose folder is there or can be made.
   */
  String example() {
    return FIELD.matcher(pattern).replaceAll("0");
  }

  /**
   * Refuses fields that will be missing, before the first step.
   *
   * @param perBatch whether files are written within epochs, where there is no validation
   */
  void check(boolean perBatch, TrainingParams params) {
    Matcher field = FIELD.matcher(pattern);
    while (field.find()) {
      String name = field.group(1);
      boolean ofValidation = name.startsWith("val_");
      if (ofValidation && (perBatch || params.validationFreq() == 0)) {
        throw refused(name, perBatch ? "within an epoch" : "without validation data");
      }

      if (ofValidation && params.validationFreq() > 1) {
        throw refused(name, "in each epoch with a validation_freq of " + params.validationFreq());
      }

      if (name.equals("batch") && !perBatch) {
        throw refused(name, "at the end of an epoch; set save_freq to a number of batches");
      }
    }
  }

  private IllegalArgumentException refused(String name, String where) {
    return new IllegalArgumentException(
        "ModelCheckpoint: 'filepath' has the field {%s}, which is not available %s. Received: %s"
            .formatted(name, where, pattern));
  }

  String format(int epoch, @Nullable Integer batch, Map<String, Double> logs) {
    Matcher field = FIELD.matcher(pattern);
    StringBuilder path = new StringBuilder();
    while (field.find()) {
      Object value =
          switch (field.group(1)) {
            case "epoch" -> Integer.valueOf(epoch);
            case "batch" -> batch == null ? missing("batch", logs) : batch;
            default ->
                logs.containsKey(field.group(1))
                    ? logs.get(field.group(1))
                    : missing(field.group(1), logs);
          };
      field.appendReplacement(path, Matcher.quoteReplacement(text(field, value)));
    }

    return field.appendTail(path).toString();
  }

  private static String text(Matcher field, Object value) {
    String width = field.group(2) == null ? "" : field.group(2);
    String precision = field.group(3) == null ? "" : field.group(3);
    String kind = field.group(4) == null ? "" : field.group(4);
    if (value instanceof Integer) {
      return String.format(Locale.ROOT, "%" + width + "d", value);
    }

    boolean plain = width.isEmpty() && precision.isEmpty() && kind.isEmpty();
    return plain
        ? String.valueOf(value)
        : String.format(
            Locale.ROOT, "%" + width + precision + (kind.equals("e") ? "e" : "f"), value);
  }

  private Object missing(String name, Map<String, Double> logs) {
    throw new IllegalArgumentException(
        "ModelCheckpoint: 'filepath' has the field {%s}, which is not available. Available: epoch, %s. Received: %s"
            .formatted(name, String.join(", ", logs.keySet()), pattern));
  }

  @Override
  public String toString() {
    return pattern;
  }
}
