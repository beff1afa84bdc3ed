/**
 * Single files by path on any file system ({@link io.firesteel.internal.files.FileIO}). Knows no
 * Hadoop; its provider brings that.
 */
@NullMarked
package io.firesteel.internal.files;

import org.jspecify.annotations.NullMarked;
