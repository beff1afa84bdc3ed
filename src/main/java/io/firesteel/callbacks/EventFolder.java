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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event files of one of TensorBoard's folders: that which is being written, made with its first
 * value, and those of the same run before it was interrupted.
 */
final class EventFolder {

  private static final Logger LOG = LoggerFactory.getLogger(EventFolder.class);

  private record Part(String name, long length) {}

  private final String folder;
  private final Clock clock;
  private final List<Part> earlier = new ArrayList<>();

  /** What was not flushed yet, whether the stream has it or not. */
  private final List<byte[]> pending = new ArrayList<>();

  private final String firstName;
  private final LateOutput output;
  private String name;
  private int handedOver;
  private int broken;
  private @Nullable OutputStream out;
  private long length;

  EventFolder(String folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    Instant now = clock.instant();
    this.firstName =
        "events.out.tfevents.%010d.firesteel.%09d.%d.v2"
            .formatted(now.getEpochSecond(), now.getNano(), ProcessHandle.current().pid());
    this.name = firstName;
    this.output = new LateOutput("TensorBoard can't write " + path(name));
  }

  /** Adds a value. */
  void add(String tag, long step, double value) {
    pending.add(EventRecord.scalar(seconds(), step, tag, value));
    output.write(() -> write(false));
  }

  /** Lets readers see what was added. */
  void flush() {
    if (!pending.isEmpty()) {
      output.write(() -> write(true));
    }
  }

  /**
   * Writes what was added. After a failure that is everything since the last flush, into another
   * file, for nobody can append to one whose writing failed; what of it the first one has is there
   * twice.
   */
  private void write(boolean flush) throws IOException {
    try {
      OutputStream stream = out == null ? create() : out;
      for (; handedOver < pending.size(); handedOver++) {
        stream.write(pending.get(handedOver));
      }

      if (flush) {
        stream.flush();
        length += pending.stream().mapToLong(event -> event.length).sum();
        pending.clear();
        handedOver = 0;
      }
    } catch (IOException e) {
      abandon(e);
      throw e;
    }
  }

  private OutputStream create() throws IOException {
    OutputStream created = FileIO.of(folder).create(path(name));
    out = created;
    byte[] version = EventRecord.version(seconds());
    created.write(version);
    length = version.length;
    return created;
  }

  private void abandon(IOException failure) {
    OutputStream failed = out;
    out = null;
    if (length > 0) {
      earlier.add(new Part(name, length));
    }

    length = 0;
    handedOver = 0;
    broken++;
    name = firstName + "." + broken;
    try {
      if (failed != null) {
        failed.close();
      }
    } catch (IOException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Ends the file that is being written. A failed close is a failure of its last flush. */
  void close() {
    output.close(() -> write(true));
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

  /** A file that can't be cut at the moment has steps twice, which is no reason not to go on. */
  private void cut(Part part) {
    try {
      cutOff(part);
    } catch (IOException e) {
      LOG.warn(
          "{} can't be cut to what was written up to the checkpoint: {}",
          path(part.name()),
          e.getMessage());
    }
  }

  private void cutOff(Part part) throws IOException {
    String path = path(part.name());
    FileIO files = FileIO.of(path);
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
