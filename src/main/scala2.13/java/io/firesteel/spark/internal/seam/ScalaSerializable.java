package io.firesteel.spark.internal.seam;

/** What Spark, in Scala 2.13, asks of an object that it is to send to executors. */
public interface ScalaSerializable extends java.io.Serializable {}
