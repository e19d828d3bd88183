import NIOCore
import NIOHTTP1

/// Keeps a request's target as it came where it is no path: what follows takes an absolute address's path and drops its
/// host, which is the one that counts (RFC 9112, 3.2.2).
final class TargetForm: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The field that holds it; one that a client sends under this name is dropped.
    static let field = "Atlas-Request-Target"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        head.headers.remove(name: Self.field)
        if !head.uri.hasPrefix("/") { head.headers.add(name: Self.field, value: head.uri) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
