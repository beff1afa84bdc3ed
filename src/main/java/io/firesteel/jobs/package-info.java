/**
 * The main classes for spark-submit: {@link io.firesteel.jobs.Train}, {@link
 * io.firesteel.jobs.Evaluate}, {@link io.firesteel.jobs.Predict} and {@link
 * io.firesteel.jobs.Inspect}. A job is one JSON file ({@code Job}), read and checked before Spark
 * starts.
 *
 * <p>Nothing imports this package. Whatever a field of a job file does is done by the classes that
 * a program would use, so there is nothing here that needs a job file.
 */
@NullMarked
package io.firesteel.jobs;

import org.jspecify.annotations.NullMarked;
