package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.RunView.RunStore;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.util.kvstore.KVIndex;
import org.apache.spark.util.kvstore.KVStore;
import org.apache.spark.util.kvstore.KVStoreIterator;

/** The runs of an application that is over, in the store of the History Server. */
final class StoredRuns implements RunStore {

  private final KVStore store;

  StoredRuns(KVStore store) {
    this.store = store;
  }

  /** Writes runs into a store. */
  static void write(RunStore runs, KVStore store) {
    List<RunView.Head> heads = runs.heads();
    for (int i = 0; i < heads.size(); i++) {
      RunView.Head head = heads.get(i);
      RunView view = runs.run(head.run()).orElseThrow();
      try {
        store.write(new StoredRun(head.run(), i, RunJson.write(head), RunJson.write(view)));
      } catch (Exception e) {
        throw new IllegalStateException("A run can't be stored", e);
      }
    }
  }

  @Override
  public List<RunView.Head> heads() {
    List<RunView.Head> heads = new ArrayList<>();
    try (KVStoreIterator<StoredRun> stored =
        store.view(StoredRun.class).index("order").closeableIterator()) {
      while (stored.hasNext()) {
        heads.add(RunJson.read(stored.next().head, RunView.Head.class));
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The runs can't be read", e);
    }

    return heads;
  }

  @Override
  public Optional<RunView> run(String id) {
    try {
      return Optional.of(RunJson.read(store.read(StoredRun.class, id).view, RunView.class));
    } catch (NoSuchElementException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The run can't be read", e);
    }
  }

  /** A run in the store of the History Server, which may be on disk. */
  public static final class StoredRun {

    /** The id of the run. */
    @KVIndex @JsonProperty public final String id;

    /** Its place among the runs, from 0. */
    @KVIndex("order")
    @JsonProperty
    public final int order;

    /** What stands in the table of runs, as JSON. */
    @JsonProperty public final String head;

    /** The run, as JSON. */
    @JsonProperty public final String view;

    /** Creates a stored run. */
    @JsonCreator
    public StoredRun(
        @JsonProperty("id") String id,
        @JsonProperty("order") int order,
        @JsonProperty("head") String head,
        @JsonProperty("view") String view) {
      this.id = id;
      this.order = order;
      this.head = head;
      this.view = view;
    }
  }
}
