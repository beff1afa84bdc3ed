package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.tensor.ChunkPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The frames with the variables of a round, each of which is made once, by the first thread that
 * sends it; those of the next round too, while this one is still open and its own are still sent.
 *
 * <p>They are written where those of the round before were, or of the one before that: the sums of
 * these are all there, so those that counted had got their variables. Who still gets some takes
 * them for those of the round that its first frame names, and its sums come too late.
 */
final class VariableFrames {

  private Frames current = new Frames(0, Map.of());
  private @Nullable Frames next;
  private Map<Key, FrameBytes> older = Map.of();

  /** One of several parts of all variables. */
  private record Key(int part, int parts) {}

  private record Frames(long round, Map<Key, FrameBytes> frames, Map<Key, FrameBytes> earlier) {

    private Frames(long round, Map<Key, FrameBytes> earlier) {
      this(round, new ConcurrentHashMap<>(), earlier);
    }

    private FrameBytes get(Command command, Key key) {
      return frames.computeIfAbsent(
          key, any -> encode(command, key.part(), key.parts(), earlier.get(key)));
    }

    private boolean matches(Command command) {
      List<Map.Entry<Key, FrameBytes>> all = List.copyOf(frames.entrySet());
      boolean[] differs = new boolean[all.size()];
      ChunkPool.shared()
          .run(
              differs.length,
              i -> {
                Key key = all.get(i).getKey();
                differs[i] =
                    !Command.Frame.matches(
                        command, key.part(), key.parts(), all.get(i).getValue().writer());
              });
      for (boolean one : differs) {
        if (one) {
          return false;
        }
      }

      return true;
    }
  }

  /** Returns a frame with values of the variables of a command's round, and any header. */
  FrameBytes of(Command command, int part, int parts) {
    return round(command.round()).get(command, new Key(part, parts));
  }

  private synchronized Frames round(long round) {
    if (current.round() == round) {
      return current;
    }

    Map<Key, FrameBytes> free = older.isEmpty() ? current.frames() : older;
    begin(new Frames(round, free));
    return current;
  }

  private void begin(Frames frames) {
    older = frames.earlier() == current.frames() ? Map.of() : current.frames();
    current = frames;
    next = null;
  }

  /** Returns a frame with values of the variables that the next round will begin with. */
  FrameBytes early(Command command, int part, int parts) {
    return nextRound(command.round()).get(command, new Key(part, parts));
  }

  private synchronized Frames nextRound(long round) {
    Frames known = next;
    if (known == null || known.round() != round) {
      known = new Frames(round, older);
      next = known;
    }

    return known;
  }

  /**
   * Begins a round.
   *
   * @return whether all that was made early for it has the bits of its variables; if not, it is
   *     forgotten
   */
  synchronized boolean begin(Command command) {
    Frames early = next;
    boolean matches = early == null || (early.round() == command.round() && early.matches(command));
    if (early != null && matches) {
      begin(early);
    }

    next = null;
    return matches;
  }

  /** Forgets what was made early. */
  synchronized void forget() {
    next = null;
  }

  /** Makes a frame, where an earlier one of its size was if there is one. */
  static FrameBytes encode(Command command, int part, int parts, @Nullable FrameBytes earlier) {
    int length = Command.Frame.bytes(command, part, parts);
    FrameBytes frame =
        earlier != null && earlier.length() == length ? earlier : FrameBytes.of(length);
    Command.Frame.write(command, part, parts, frame.writer());
    return frame;
  }
}
