package io.firesteel.callbacks;

import io.firesteel.internal.files.FileIO;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event files of one of TensorBoard's folders: that which is being written, made with its first
 * value, and those of the same run before it was interrupted.
 */
final class EventFolder {

  private record Part(String name, long length) {}

  private final String folder;
  private final Clock clock;
  private final List<Part> earlier = new ArrayList<>();
  private final String name;
  private @Nullable OutputStream out;
  private long length;

  EventFolder(String folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    Instant now = clock.instant();
    this.name =
        "events.out.tfevents.%010d.firesteel.%09d.%d.v2"
            .formatted(now.getEpochSecond(), now.getNano(), ProcessHandle.current().pid());
  }

  /** Adds a value. */
  void add(String tag, long step, double value) {
    try {
      if (out == null) {
        out = FileIO.of(folder).create(path(name));
        append(out, EventRecord.version(seconds()));
      }

      append(out, EventRecord.scalar(seconds(), step, tag, value));
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** Lets readers see what was added. */
  void flush() {
    try {
      if (out != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** Ends the file that is being written. A failed close is a failure of its last flush. */
  void close() {
    OutputStream closing = out;
    out = null;
    try {
      if (closing != null) {
        closing.close();
      }
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** Returns the files and how much of each belongs to the run so far. */
  List<Config> state() {
    flush();
    List<Part> parts = new ArrayList<>(earlier);
    parts.add(new Part(name, length));
    return parts.stream()
        .map(part -> Config.builder().put("name", part.name()).put("length", part.length()).build())
        .toList();
  }

  /** Takes back a state: what the files have beyond it was written for steps to be done again. */
  void restore(List<?> state) {
    for (Object entry : state) {
      ConfigReader reader = ((Config) entry).reader("TensorBoard");
      Part part = new Part(reader.string("name"), reader.integer("length"));
      reader.finish();
      earlier.add(part);
      cut(part);
    }
  }

  private void cut(Part part) {
    String path = path(part.name());
    FileIO files = FileIO.of(path);
    try {
      if (!files.exists(path)) {
        return;
      }

      byte[] kept;
      boolean longer;
      try (InputStream in = files.open(path)) {
        kept = in.readNBytes(Math.toIntExact(part.length()));
        longer = in.read() >= 0;
      }

      if (longer) {
        files.write(path, stream -> stream.write(kept));
      }
    } catch (IOException e) {
      throw failure(part.name(), e);
    }
  }

  private void append(OutputStream stream, byte[] event) throws IOException {
    stream.write(event);
    length += event.length;
  }

  private double seconds() {
    return clock.millis() / 1e3;
  }

  private String path(String file) {
    return folder + "/" + file;
  }

  private UncheckedIOException failure(String file, IOException cause) {
    return new UncheckedIOException("TensorBoard can't write " + path(file), cause);
  }
}
