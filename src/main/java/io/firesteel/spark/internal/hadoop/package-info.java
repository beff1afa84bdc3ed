/**
 * Files and checkpoint folders on the Hadoop file systems: what is there, how a folder is
 * published, and who may write. No public API; users open a {@code HadoopCheckpointStore}.
 */
@NullMarked
package io.firesteel.spark.internal.hadoop;

import org.jspecify.annotations.NullMarked;
