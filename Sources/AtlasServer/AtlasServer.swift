import AtlasInterface
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Serves an atlas over HTTP: the pages, and below `/api/v1/` the interface that they ask.
///
///     let server = AtlasServer(AtlasService(reader), options: ServerOptions(port: 0))
///     try await server.run { address in print(address) }
public struct AtlasServer: Sendable {
    /// Seconds that open requests have to end after the server was asked to stop.
    private static let stoppingSeconds = 10
    /// Bytes of a request's line and headers.
    private static let headerLimit = 64 * 1024

    private let service: AtlasService
    private let options: ServerOptions

    /// Will serve `service`.
    public init(_ service: AtlasService, options: ServerOptions = ServerOptions()) {
        precondition(options.isLoopback || options.token != nil, "a server that others can reach needs a token")
        self.service = service
        self.options = options
    }

    /// Listens until the task is cancelled or one of `signals` arrives; open requests are answered first.
    ///
    /// - Parameters:
    ///   - signals: what asks the server to stop
    ///   - listening: called with the server's address once it can be asked
    /// - Throws: what the system says where it cannot listen.
    public func run(
        stoppingOn signals: [UnixSignal] = [.sigint, .sigterm],
        listening: @escaping @Sendable (_ address: String, _ port: Int) -> Void
    ) async throws {
        let host = options.host
        var logger = Logger(label: "atlas")
        logger.logLevel = .critical
        let connections = Connections(limit: options.connections)
        let requestSeconds = options.requestSeconds
        let application = Application(
            responder: AtlasResponder(service, options: options, connections: connections),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionWatch(connections, requestSeconds: requestSeconds)],
                    idleTimeout: .seconds(Int64(options.idleSeconds)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headerLimit, maxHeaderListSize: Self.headerLimit,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                listening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)/", port)
            },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(Self.stoppingSeconds)
        defer { service.jobs?.stop() }
        try await ServiceGroup(configuration: configuration).run()
    }
}
