package io.firesteel.spark.internal.resident;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The seats of a resident job, one a task. */
final class Seats {

  private final Seat[] seats;

  /** Makes empty seats for that many tasks. */
  Seats(int tasks) {
    seats = new Seat[tasks];
    for (int i = 0; i < tasks; i++) {
      seats[i] = new Seat();
    }
  }

  int count() {
    return seats.length;
  }

  Seat of(int task) {
    return seats[task];
  }

  /** Notes that no sums of the round are there yet. */
  void beginRound() {
    for (Seat seat : seats) {
      seat.delivered = false;
    }
  }

  /** Takes everybody who is parked. */
  List<ReplyTo> takeParked() {
    List<ReplyTo> taken = new ArrayList<>();
    for (Seat seat : seats) {
      taken.addAll(seat.takeParked());
    }

    return taken;
  }

  /** Takes those who are parked and whose sums of the round are missing. */
  void takeUnserved(BiConsumer<Seat.Attempt, ReplyTo> taker) {
    for (Seat seat : seats) {
      if (!seat.delivered) {
        for (Seat.Attempt attempt : seat.attempts()) {
          ReplyTo parked = attempt.parked;
          if (parked != null) {
            taker.accept(attempt, parked);
            attempt.parked = null;
          }
        }
      }
    }
  }

  /** Takes those of other processes who have been parked for that long. */
  List<ReplyTo> takeRemoteParked(long nanos) {
    List<ReplyTo> taken = new ArrayList<>();
    long now = System.nanoTime();
    for (Seat seat : seats) {
      for (Seat.Attempt attempt : seat.attempts()) {
        ReplyTo parked = attempt.parked;
        if (parked != null && !parked.isLocal() && now - attempt.parkedAt >= nanos) {
          taken.add(parked);
          attempt.parked = null;
        }
      }
    }

    return taken;
  }

  /** Returns how many tasks have at least one attempt. */
  int taken() {
    int count = 0;
    for (Seat seat : seats) {
      count += seat.isEmpty() ? 0 : 1;
    }

    return count;
  }

  /** Returns the tasks whose sums are missing, with the places where they run. */
  String missing() {
    List<String> missing = new ArrayList<>();
    for (int task = 0; task < seats.length; task++) {
      if (!seats[task].delivered) {
        missing.add("task %d of %d (%s)".formatted(task, seats.length, seats[task].places()));
      }
    }

    return String.join(", ", missing);
  }
}
