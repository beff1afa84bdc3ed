package io.firesteel.callbacks;

import io.firesteel.internal.files.FileIO;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the loss and the metrics of every epoch into a CSV file, on any file system at hand.
 *
 * <p>The columns are {@code epoch}, from 0, and the names of the first epoch in alphabetical order;
 * if there is none of a validation, each name once more with {@code val_}. What an epoch does not
 * have is NA. With {@code append} the lines go after those that the file had before the run,
 * without a header if there were any.
 *
 * <p>The file is replaced as a whole at the end of each epoch. A run that resumes has each epoch
 * once, whatever the interrupted one had written after its last checkpoint. While a file system
 * that was there before is away, training goes on, and the lines are written later.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/csv_logger.py. Differs from Keras: lines end with a
 * line feed alone; there is no file before the first epoch has ended.
 */
public final class CSVLogger extends Callback {

  private final String filename;
  private final String separator;
  private final boolean append;

  private LateOutput output;
  private byte[] before = {};
  private final List<String> keys = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  private CSVLogger(Builder builder) {
    this.filename = builder.filename;
    this.separator = builder.separator;
    this.append = builder.append;
    this.output = output(filename);
    Argument.notBlank("CSVLogger", "filename", filename);
    Argument.require(
        "CSVLogger",
        "separator",
        "'" + separator + "'",
        separator.length() == 1 && !"\"\r\n".contains(separator),
        "one character, no quote and no line break");
  }

  /** Returns a builder with Keras's defaults: commas, and a new file. */
  public static Builder builder(String filename) {
    return new Builder(filename);
  }

  /** Rebuilds the callback from its config. */
  public static CSVLogger fromConfig(Config config) {
    ConfigReader reader = config.reader("CSVLogger");
    Builder builder = builder(reader.string("filename"));
    builder.separator(reader.string("separator", builder.separator));
    builder.append(reader.bool("append", false));
    reader.finish();
    return builder.build();
  }

  @Override
  public void checkOutputs() {
    Outputs.check("CSVLogger", "filename", filename, filename);
  }

  private static LateOutput output(String filename) {
    return new LateOutput("CSVLogger can't write " + filename);
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    output = output(filename);
    keys.clear();
    lines.clear();
    before = append ? content() : new byte[0];
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    if (keys.isEmpty()) {
      chooseKeys(logs);
    }

    List<String> cells = new ArrayList<>(List.of(Integer.toString(epoch)));
    keys.forEach(key -> cells.add(text(logs.get(key))));
    lines.add(String.join(separator, cells));
    output.write(this::write);
  }

  /** Returns a number as Python writes it; {@code NA} if there is none. */
  private static String text(@Nullable Double value) {
    if (value == null) {
      return "NA";
    }

    if (value.isNaN()) {
      return "nan";
    }

    return value.isInfinite() ? (value > 0 ? "inf" : "-inf") : repr(value);
  }

  /** Returns the fewest digits that make the number; Java 17 has one more of some. */
  private static BigDecimal shortest(double value) {
    int digits = 1;
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    while (rounded.doubleValue() != value) {
      rounded = new BigDecimal(value).round(new MathContext(++digits));
    }

    return rounded.stripTrailingZeros();
  }

  /**
   * Returns a finite number as Python's {@code repr}, with an exponent of at least two digits below
   * 1e-4 and from 1e16 on.
   */
  private static String repr(double value) {
    BigDecimal exact = shortest(value);
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    if (exact.signum() == 0 || (exponent >= -4 && exponent < 16)) {
      String plain = exact.toPlainString();
      return exact.signum() == 0
          ? (1 / value < 0 ? "-0.0" : "0.0")
          : plain.contains(".") ? plain : plain + ".0";
    }

    String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = value < 0 ? "-" : "";
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
    return sign + digits.charAt(0) + rest + "e" + power + Math.abs(exponent);
  }

  @Override
  public void onTrainClose() {
    output.close(this::write);
  }

  private void chooseKeys(Map<String, Double> logs) {
    keys.addAll(new TreeSet<>(logs.keySet()));
    if (keys.stream().noneMatch(key -> key.startsWith("val_"))) {
      List.copyOf(keys).forEach(key -> keys.add("val_" + key));
    }

    if (before.length == 0) {
      List<String> header = new ArrayList<>(List.of("epoch"));
      keys.forEach(key -> header.add(quoted(key)));
      lines.add(String.join(separator, header));
    }
  }

  private String quoted(String name) {
    return name.contains(separator) || name.contains("\"")
        ? '"' + name.replace("\"", "\"\"") + '"'
        : name;
  }

  private void write() throws IOException {
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    FileIO.of(filename)
        .write(
            filename,
            out -> {
              out.write(before);
              out.write(text);
            });
  }

  private byte[] content() {
    FileIO files = FileIO.of(filename);
    try {
      if (!files.exists(filename)) {
        return new byte[0];
      }

      try (InputStream in = files.open(filename)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("CSVLogger can't read " + filename, e);
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("filename", filename)
        .put("separator", separator)
        .put("append", append)
        .build();
  }

  @Override
  public Config contract() {
    return getConfig().without("filename");
  }

  @Override
  public Config state() {
    return Config.builder()
        .put("bytes_before", before.length)
        .put("keys", List.copyOf(keys))
        .put("lines", List.copyOf(lines))
        .build();
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("CSVLogger");
    int length = Math.toIntExact(reader.integer("bytes_before"));
    keys.clear();
    keys.addAll(reader.strings("keys"));
    lines.clear();
    lines.addAll(reader.strings("lines"));
    reader.finish();
    before = Arrays.copyOf(before, Math.min(length, before.length));
    if (!lines.isEmpty()) {
      output.write(this::write);
    }
  }

  /** Collects the arguments. */
  public static final class Builder {
    private final String filename;
    private String separator = ",";
    private boolean append;

    private Builder(String filename) {
      this.filename = filename;
    }

    /** Sets the character between two cells; a comma unless set. */
    public Builder separator(String value) {
      this.separator = value;
      return this;
    }

    /** Sets whether lines go after those of an existing file; false unless set. */
    public Builder append(boolean value) {
      this.append = value;
      return this;
    }

    /**
     * Returns the callback.
     *
     * @throws IllegalArgumentException if the separator is not one character
     */
    public CSVLogger build() {
      return new CSVLogger(this);
    }
  }
}
