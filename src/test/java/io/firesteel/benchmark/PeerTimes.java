package io.firesteel.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code src/test/python/optimizer_benchmark.py} measured of others: lines of {@code peer,
 * optimizer, size, threads, ns a parameter}, separated by tabs, and lines after {@code #} about
 * what was measured or left out.
 */
final class PeerTimes {

  static final List<String> NAMES = List.of("torch", "optax");

  private final Map<List<String>, Double> times = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  private PeerTimes() {}

  /** Nothing of others. */
  static PeerTimes none() {
    PeerTimes none = new PeerTimes();
    none.notes.add("PyTorch and Optax were not measured (--python PYTHON measures them).");
    return none;
  }

  /** Reads what the script has written. */
  static PeerTimes read(Path file) throws IOException {
    PeerTimes peers = new PeerTimes();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("#")) {
        peers.notes.add(line.substring(1).strip());
      } else {
        List<String> cells = List.of(line.split("\t"));
        peers.times.put(cells.subList(0, 4), Double.valueOf(cells.get(4)));
      }
    }

    return peers;
  }

  /** What was measured. */
  String about() {
    return String.join(" ", notes);
  }

  /** The time of a peer, NaN if there is none. */
  double nanosAParameter(String peer, String optimizer, int size, int threads) {
    return times.getOrDefault(List.of(peer, optimizer, "" + size, "" + threads), Double.NaN);
  }
}
