/**
 * What a run leaves on disk and finds again: the Keras archive ({@link
 * io.firesteel.checkpoint.KerasArchive}), the files of a checkpoint ({@link
 * io.firesteel.checkpoint.CheckpointFiles}), the contract of an atomic {@link
 * io.firesteel.checkpoint.CheckpointStore}, and single files by path ({@link
 * io.firesteel.checkpoint.FileIO}). Knows no Hadoop; a store brings its own file system.
 */
@NullMarked
package io.firesteel.checkpoint;

import org.jspecify.annotations.NullMarked;
