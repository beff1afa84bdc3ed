package io.firesteel.spark.internal.seam;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.spark.SparkConf;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.rpc.netty.NettyRpcEndpointRef;
import org.apache.spark.rpc.netty.NettyRpcEnv;
import org.apache.spark.rpc.netty.RemoteNettyRpcCallContext;
import org.apache.spark.rpc.netty.RequestMessage;
import org.apache.spark.util.RpcUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;

/**
 * Writes frames as Spark's RPC writes byte arrays, to the same bytes, where they are. Java's
 * serialization, which Spark uses, copies them in pieces of 1 KB to an array that doubles each time
 * it is full, which takes several times as long; what it writes are a header that is always the
 * same, the length and the bytes.
 *
 * <p>What it relies on beside {@link SparkInternals}: {@code NettyRpcEnv.serialize} and {@code
 * ask}, {@code RequestMessage.serialize}, and where a call's context keeps its callback. Where
 * something of it is not there or writes something else, Spark writes the messages.
 */
final class RpcMessages {

  private static final Logger LOG = LoggerFactory.getLogger(RpcMessages.class);

  private final NettyRpcEnv env;
  private final Field callback;

  /** What Java's serialization writes before the bytes, but for their number. */
  private final byte[] header;

  private RpcMessages(NettyRpcEnv env) throws NoSuchFieldException {
    this.env = env;
    this.callback = RemoteNettyRpcCallContext.class.getDeclaredField("callback");
    this.callback.setAccessible(true);
    this.header = header(env.serialize(new byte[0]));
  }

  /** Returns what writes messages of an environment, or null if Spark must do so. */
  static @Nullable RpcMessages of(RpcEnv env) {
    try {
      RpcMessages messages = new RpcMessages((NettyRpcEnv) env);
      byte[] bytes = {1, -2, 3};
      return messages.answer(FrameBytes.copyOf(bytes)).equals(messages.env.serialize(bytes))
          ? messages
          : null;
    } catch (LinkageError | RuntimeException | NoSuchFieldException e) {
      LOG.debug("Spark writes all messages", e);
      return null;
    }
  }

  private static byte[] header(ByteBuffer empty) {
    byte[] all = new byte[empty.remaining()];
    empty.duplicate().get(all);
    return Arrays.copyOf(all, all.length - Integer.BYTES);
  }

  /** Returns an answer as it goes over the wire. */
  ByteBuffer answer(FrameBytes frame) {
    return frame.behind(header);
  }

  /** Returns what answers a call. */
  SparkInternals.Reply reply(RpcCallContext call) {
    try {
      if (call instanceof RemoteNettyRpcCallContext
          && callback.get(call) instanceof RpcResponseCallback remote) {
        return frame -> remote.onSuccess(answer(frame));
      }
    } catch (IllegalAccessException e) {
      LOG.debug("Spark writes an answer", e);
    }

    return frame -> call.reply(frame.copy());
  }

  /** Returns what asks an endpoint by byte arrays, or null if Spark must do so. */
  @Nullable Asker asker(RpcEndpointRef endpoint, SparkConf conf) {
    try {
      Asker asker = new Asker((NettyRpcEndpointRef) endpoint, RpcUtils.askRpcTimeout(conf));
      byte[] bytes = {4, -5, 6};
      return asker.request(FrameBytes.copyOf(bytes)).serialize(env).equals(asker.plain(bytes))
          ? asker
          : null;
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("Spark writes all requests", e);
      return null;
    }
  }

  /** Asks one endpoint. */
  final class Asker {
    private final NettyRpcEndpointRef endpoint;
    private final RpcTimeout timeout;
    private final byte[] header;

    private Asker(NettyRpcEndpointRef endpoint, RpcTimeout timeout) {
      this.endpoint = endpoint;
      this.timeout = timeout;
      this.header = header(plain(new byte[0]));
    }

    private @Nullable RpcAddress sender() {
      return env.address();
    }

    private ByteBuffer plain(byte[] bytes) {
      return new RequestMessage(sender(), endpoint, bytes).serialize(env);
    }

    private Request request(FrameBytes frame) {
      return new Request(sender(), endpoint, frame, header);
    }

    Future<Object> ask(FrameBytes frame) {
      return env.ask(request(frame), timeout, SparkInternals.ANY);
    }
  }

  private static final class Request extends RequestMessage {
    private final FrameBytes frame;
    private final byte[] header;

    private Request(
        @Nullable RpcAddress sender,
        NettyRpcEndpointRef endpoint,
        FrameBytes frame,
        byte[] header) {
      super(sender, endpoint, frame);
      this.frame = frame;
      this.header = header;
    }

    @Override
    public ByteBuffer serialize(NettyRpcEnv any) {
      return frame.behind(header);
    }
  }
}
