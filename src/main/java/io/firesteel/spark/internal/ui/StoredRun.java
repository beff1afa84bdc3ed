package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.apache.spark.util.kvstore.KVIndex;

/** A run in the store of the History Server, which may be on disk. */
public final class StoredRun {

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
