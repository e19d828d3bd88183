import Hummingbird
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Watches the requests of one connection: closes one that drips, or that takes its answer too slowly, and tells the
/// questions when the client has gone.
///
/// Only its event loop calls it.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A client that has closed its side may still read what is answered at once.
    private static let graceOfHalfClosed = TimeAmount.seconds(1)
    /// How often slow readers are looked at, and the bytes that they must have taken by then.
    private static let readingPause = TimeAmount.seconds(30)
    private static let leastRead = 64 * 1024
    /// Bytes of a request's line and fields, those of one reading left aside.
    private static let headLimit = 64 * 1024

    private let connections: Connections
    private let requestTime: TimeAmount
    private var connection: Connection?
    /// Requests whose head has come, whose end has come, and whose answer has gone.
    private var begun = 0
    private var ended = 0
    private var answered = 0
    /// Bytes that have come since the last head or end.
    private var headBytes = 0
    /// Whether the current answer has begun to be written.
    private var isAnswering = false
    private var deadline: Scheduled<Void>?
    private var slowness: Scheduled<Void>?

    init(_ connections: Connections, requestSeconds: Int) {
        self.connections = connections
        requestTime = .seconds(Int64(requestSeconds))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection = connections.open(context.channel)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(FirstBytes(self), position: .first)
            try pipeline.addHandler(
                TargetForm(), position: .before(pipeline.handler(type: HTTP1ToHTTPServerCodec.self)))
        } catch {
            // A connection that cannot be watched is none.
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        deadline?.cancel()
        slowness?.cancel()
        deadline = nil
        slowness = nil
        if let connection { connections.close(connection) }
    }

    /// Bytes have come: those of a request whose time begins now, if none is being read.
    ///
    /// - Returns: whether they should be read
    func bytesArrived(_ count: Int, context: ChannelHandlerContext) -> Bool {
        // Whole heads among the last bytes have been taken out by now. The parser limits fields, not the request's line.
        if begun == ended, headBytes > Self.headLimit {
            refuse("431 Request Header Fields Too Large", context)
            return false
        }
        headBytes += count
        startTime(context: context)
        return true
    }

    private func startTime(context: ChannelHandlerContext) {
        guard deadline == nil else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: requestTime) {
            let (watch, context) = bound.value
            watch.timeIsOver(context)
        }
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        deadline = nil
        let isBeingRead = begun > ended
        guard answered >= (isBeingRead ? begun - 1 : begun) else {
            // The server itself is at earlier requests, and may not have taken the rest of this one yet.
            return startTime(context: context)
        }
        refuse("408 Request Timeout", context)
    }

    /// Closes the connection, with a word where no answer is being written.
    ///
    /// It is written behind the encoder's back: the head may not have come whole, and nothing else is said any more.
    private func refuse(_ status: String, _ context: ChannelHandlerContext) {
        if !isAnswering, answered >= begun - 1,
            let first = try? context.pipeline.syncOperations.context(handlerType: FirstBytes.self)
        {
            let text = "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            first.writeAndFlush(NIOAny(context.channel.allocator.buffer(string: text)), promise: nil)
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            begun += 1
            headBytes = 0
        case .body: break
        case .end:
            headBytes = 0
            ended += 1
            deadline?.cancel()
            deadline = nil
        }
        connection?.setOpenRequests(begun - answered)
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed, let connection {
            // A client that has gone, or one that asks no more and still reads: the two look alike.
            context.eventLoop.scheduleTask(in: Self.graceOfHalfClosed) { connection.leave() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: isAnswering = true
        case .body: break
        case .end:
            isAnswering = false
            answered += 1
            connection?.setOpenRequests(begun - answered)
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            slowness?.cancel()
            slowness = nil
        } else if slowness == nil {
            watchReading(context, left: unwritten(context))
        }
        context.fireChannelWritabilityChanged()
    }

    private func watchReading(_ context: ChannelHandlerContext, left: Int) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        slowness = context.eventLoop.scheduleTask(in: Self.readingPause) {
            let (watch, context) = bound.value
            let now = watch.unwritten(context)
            if now > left - Self.leastRead { return context.close(promise: nil) }
            watch.watchReading(context, left: now)
        }
    }

    private func unwritten(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

/// Stands before everything else on a connection, and says when bytes come.
private final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let watch: ConnectionWatch

    init(_ watch: ConnectionWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if watch.bytesArrived(unwrapInboundIn(data).readableBytes, context: context) { context.fireChannelRead(data) }
    }
}
